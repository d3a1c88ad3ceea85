"""Checks notifications: only those that the software sends, with its rule on turning them off."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.catalogue import NOTIFICATIONS
from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import extend, objects, texts
from chalicelib.notices.compiler.special import asking


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields unknown notifications, and those that may be turned off although always sent."""
    chosen = asking(document)
    for pointer, value in objects(document, "notifications/*"):
        name = value.get("id")
        if not isinstance(name, str):
            continue
        if name not in NOTIFICATIONS:
            detail = "is a notification that the software does not send; remove it."
            yield Finding(extend(pointer, "id"), detail)
        elif value.get("optional") is True and not NOTIFICATIONS[name]:
            detail = "has to be false: the software always sends this notification."
            yield Finding(extend(pointer, "optional"), detail)
        if (
            value.get("optional", NOTIFICATIONS.get(name)) is False
            and texts(value, "purpose") & chosen
        ):
            detail = "rests on consent, so whoever says no would not get what is always sent."
            yield Finding(extend(pointer, "purpose"), detail)

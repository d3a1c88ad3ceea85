"""Notifications: the document declares those that the software sends, all of them and no others."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.catalogue import NOTIFICATIONS
from chalicelib.errors import Finding
from chalicelib.notices.compiler.reading import extend, objects, texts


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Notifications that are missing or unknown, or optional though the software always sends."""
    if isinstance(document.get("notifications"), list):
        for missing in sorted(NOTIFICATIONS.keys() - texts(document, "notifications/*/id")):
            detail = f"does not declare {missing}, which the software sends. Add it."
            yield Finding("/notifications", detail)
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

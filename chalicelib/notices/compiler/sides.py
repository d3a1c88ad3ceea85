"""Derives who receives data for a purpose from the side that says it.

A purpose names its recipients, or a recipient its purposes: the side that leaves it out is filled
from the other. A document may be wrong anywhere; what has another form is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.notices.compiler.reader import listed, objects


def purposes_of(recipient: object) -> list[tuple[str, Mapping[str, object]]]:
    """Lists the purposes that a recipient names, each with the data that it gets for it alone."""
    named = recipient.get("purposes") if isinstance(recipient, Mapping) else None
    found: list[tuple[str, Mapping[str, object]]] = []
    for one in named if isinstance(named, list) else ():
        name = one.get("id") if isinstance(one, dict) else one
        found.append((name if isinstance(name, str) else "", one if isinstance(one, dict) else {}))
    return found


def linked(document: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the purposes and recipients of a document, as far as they are lists, both filled."""
    purposes, recipients = document.get("purposes"), document.get("recipients")
    if not isinstance(purposes, list) or not isinstance(recipients, list):
        return {}
    served: dict[str, list[str]] = {}
    for _, purpose in objects(document, "purposes/*"):
        for name in listed(purpose, "recipients"):
            served.setdefault(name, []).append(str(purpose.get("id")))
    given: dict[str, list[str]] = {}
    for _, recipient in objects(document, "recipients/*"):
        for name, _ in purposes_of(recipient):
            given.setdefault(name, []).append(str(recipient.get("id")))
    return {
        "purposes": [_filled(one, "recipients", given, empty=True) for one in purposes],
        "recipients": [_filled(one, "purposes", served) for one in recipients],
    }


def _filled(
    written: object, member: str, found: Mapping[str, list[str]], *, empty: bool = False
) -> object:
    """Returns an element with its list, where it leaves it out or, with `empty`, empty."""
    if not isinstance(written, dict):
        return written
    stated = written.get(member)
    if member in written and not (empty and stated == []):
        return written
    return {**written, member: list(found.get(str(written.get("id")), ()))}

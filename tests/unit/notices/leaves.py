"""Every leaf of a document, and another value for each."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

_OTHERS = {
    "text_date": "1999-12-31",
    "automated": "solely",
    "role": "other_users",
    "from": "issued",
    "then": "review",
    "zone": "Europe/Paris",
}
"""Members whose value is one of a few -> one that the documents of the tests do not have there."""

Place = tuple[str | int, ...]


def leaves(value: Any, place: Place = ()) -> Iterator[Place]:
    """The places of all values that hold no others; those that name the version left out."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if place or name not in ("version", "effective_at"):
                yield from leaves(inner, (*place, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*place, index))
    else:
        yield place


def changed(document: dict[str, Any], place: Place) -> dict[str, Any]:
    """The document with another value at one place, all else shared."""
    *way, last = place
    root = copy.copy(document)
    holder: Any = root
    for step in way:
        holder[step] = copy.copy(holder[step])
        holder = holder[step]
    holder[last] = _other(holder[last], place)
    return root


def _other(value: Any, place: Place) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if (place[-1] == "kind" and "basis" in place) or place[-2:] == ("basis_change", "from"):
        return "contract" if value != "contract" else "consent"
    if place[-2:] == ("lasts", "from"):
        return "last_interest" if value != "last_interest" else "decision"
    if place[-2:] == ("when_restricted", "kind"):
        return "claims"
    if place[-2:] == ("not_told", "kind"):
        return "law"
    other = _OTHERS.get(str(place[-1]), f"{value}_")
    return f"{other}_" if other == value else other

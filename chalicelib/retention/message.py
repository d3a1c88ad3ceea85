"""The queue message by which the schedule hands a batch of due records over: keys alone. Pure.

A key holds ids and keyed hashes, and never an address or a name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

SIZE: Final = 25
"""Most places of a batch."""

Places: TypeAlias = Sequence[tuple[str, str]]
"""Partitions and sort keys of records."""


class NotABatch(ValueError):
    """A message that claims to be a batch and is not as this software writes it."""


def written(places: Places) -> str:
    """Returns the text of the message that hands a batch over."""
    return json.dumps({"places": [list(one) for one in places]}, separators=(",", ":"))


def read(text: str) -> Places | None:
    """Returns the places in a message's text; None for a message of another form.

    Raises NotABatch for a batch that is not as this software writes it.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or "places" not in found:
        return None
    places = found["places"]
    if not isinstance(places, list) or not 0 < len(places) <= SIZE or len(found) > 1:
        raise NotABatch
    if not all(_is_place(one) for one in places):
        raise NotABatch
    return [(one[0], one[1]) for one in places]


def _is_place(found: Any) -> bool:
    if not isinstance(found, list) or len(found) != len(("pk", "sk")):
        return False
    return all(isinstance(part, str) and part for part in found)

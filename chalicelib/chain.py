"""Chains of records, each of which holds the hash of the one before. Pure.

A record that is changed, added or taken away later shows, unless all after it are written anew, and
the head too, whose hash others may have noted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

_WHOLE: Final = 2**53
"""The bound below which every whole number is one of JSON's too (RFC 7493, section 2.2)."""

GENESIS: Final = "0" * 64
"""The hash of the record before, as the first record of a chain names it."""


@dataclass(frozen=True, slots=True)
class Link:
    """The number and hash of a record; `NOTHING` is that of the record before the first."""

    seq: int
    hash: str


NOTHING: Final = Link(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: its last record, when that was made, and the last one pruned."""

    last: Link = NOTHING
    at: datetime | None = None
    pruned: Link = NOTHING


class Chained(Protocol):
    """A record of a chain: its number, the hash of the one before, and its own.

    `stored` is the hash that was written with it; None for a record that is being made.
    """

    @property
    def seq(self) -> int:
        """The number, from 1."""

    @property
    def previous(self) -> str:
        """The hash of the record before."""

    @property
    def hash(self) -> str:
        """The hash of what the record says."""

    @property
    def stored(self) -> str | None:
        """The hash that was written with it."""


def digest(value: Mapping[str, Any]) -> str:
    """Returns the SHA-256, in hex, over a value's canonical JSON (RFC 8785)."""
    return hashlib.sha256(canonical(dict(value))).hexdigest()


def canonical(value: Any) -> bytes:
    """Returns a value's canonical JSON (RFC 8785).

    Python's own encoder, in C, writes the same bytes of a value in ASCII with whole numbers, which
    nearly every record is: the rules for the order of names and for fractions do not matter there.
    """
    if _is_plain(value):
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()
    import rfc8785

    return rfc8785.dumps(value)


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii()
    if isinstance(value, dict):
        named = all(isinstance(name, str) and name.isascii() for name in value)
        return named and all(map(_is_plain, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return value is None or (isinstance(value, int) and abs(value) < _WHOLE)


def first_break(records: Iterable[Chained], before: Link) -> tuple[int | None, Link]:
    """Returns the number of the first record that is not as it was written, and the last sound one.

    `records` follow `before`, oldest first. A record is at fault if it is missing, if its contents
    do not have the hash that was stored with it, or if it does not follow the one before.
    """
    for record in records:
        number = before.seq + 1
        if record.seq != number:
            return min(record.seq, number), before
        if record.previous != before.hash or record.hash != record.stored:
            return number, before
        before = Link(record.seq, record.hash)
    return None, before


def first_fault(records: Iterable[Chained], head: Head) -> int | None:
    """Returns the number of the first record that is not as it was written; None for a whole chain.

    `records` are all that were not pruned, oldest first, and have to end at the head.
    """
    fault, last = first_break(records, head.pruned)
    if fault is not None:
        return fault
    if last.seq != head.last.seq:
        return min(last.seq, head.last.seq) + 1
    return None if last.hash == head.last.hash else last.seq

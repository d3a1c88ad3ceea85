"""The head of a chain in the table: what the heads of all chains have in common.

A head is an item with the number and hash of the chain's last record (`seq`, `hash`), when that was
made (`at`), and the same of the last record that was pruned (`pruned_seq`, `pruned_hash`). It waits
in the lane for the end of the oldest record, so that a chain of any length has one date.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from chalicelib.chain import Head, Link
from chalicelib.storage import keys

HeadKind: TypeAlias = Any
"""An entity with the fields of a head."""


def head_of(item: Any | None) -> Head:
    """Returns the head that an item stores; that of an empty chain for None."""
    if item is None:
        return Head()
    pruned = Link(int(item.pruned_seq), item.pruned_hash)
    return Head(Link(int(item.seq), item.hash), item.at, pruned)


def ends_in(kind: HeadKind, last: Link, at: datetime) -> list[Any]:
    """Returns the changes by which the chain ends in a record that was made `at` a time."""
    return [kind.seq.set(last.seq), kind.hash.set(last.hash), kind.at.set(at)]


def begins_after(kind: HeadKind, last: Link) -> list[Any]:
    """Returns the changes by which all records up to one are pruned."""
    return [kind.pruned_seq.set(last.seq), kind.pruned_hash.set(last.hash)]


def waits(
    kind: HeadKind, lane: str, spread: str, event: str, since: datetime, ends: datetime
) -> list[Any]:
    """Returns the changes by which the head waits for the end of a record made at `since`."""
    return [
        kind.lane.set(keys.lane(lane, spread)),
        kind.due_at.set(ends),
        kind.due_event.set(event),
        kind.due_since.set(since),
    ]


def waits_no_more(kind: HeadKind) -> list[Any]:
    """Returns the changes by which the head leaves the lane, for want of records."""
    left = (kind.lane, kind.due_at, kind.due_event, kind.due_since)
    return [attribute.remove() for attribute in left]


def unmoved(kind: HeadKind, known: Any) -> Any:
    """Condition: since the head was read, no record was added and none was pruned."""
    return (kind.seq == known.seq) & (kind.pruned_seq == known.pruned_seq)

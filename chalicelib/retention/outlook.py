"""An outlook: how many records come to the end of their period soon, by rule. It names nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.notices.model import UndeclaredRetention
from chalicelib.retention.evidence.model import NO_RULE
from chalicelib.retention.evidence.store import KIND as TALLY
from chalicelib.retention.records import LANE
from chalicelib.storage import due, keys
from chalicelib.storage.due import Due, Entry

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice

AHEAD: Final = timedelta(days=30)
"""The time that an outlook covers."""

MOST: Final = 100
"""Most records of a shard that are counted, so that an outlook costs the same whatever is due."""


@dataclass(frozen=True, slots=True)
class Coming:
    """The records of a rule, by its id, that come to their end: how many, and the first date."""

    rule: str
    count: int
    first: datetime


@dataclass(frozen=True, slots=True)
class Outlook:
    """The rules whose records come to their end until a moment, by their first date.

    `more` tells whether there are records that were not counted.
    """

    until: datetime
    rules: tuple[Coming, ...]
    more: bool


def outlook(notice: Notice, now: datetime) -> Outlook:
    """Returns the outlook from a moment on, with what is due by then and still waits.

    It counts by the dates in the index, and decides nothing about a record. One Query for each of
    the sixteen shards of the lane, of MOST entries each.
    """
    until = now + AHEAD
    pages = [due.page(shard, until, None, MOST) for shard in keys.shards(LANE)]
    entries = (entry for found, _ in pages for entry in found)
    more = any(len(found) == MOST and after is not None for found, after in pages)
    return Outlook(until, tuple(coming(entries, notice)), more)


def coming(entries: Iterable[Entry], notice: Notice) -> list[Coming]:
    """Returns the entries of the index by the rule in force of each, the soonest first.

    Entries that cannot be read, and the counts of retention's own work, are left out.
    """
    found: dict[str, Coming] = {}
    for entry in entries:
        if not isinstance(entry, Due) or entry.kind == TALLY:
            continue
        rule = _rule(entry, notice)
        before = found.get(rule, Coming(rule, 0, entry.due_at))
        found[rule] = Coming(rule, before.count + 1, min(before.first, entry.due_at))
    return sorted(found.values(), key=lambda one: (one.first, one.rule))


def _rule(entry: Due, notice: Notice) -> str:
    try:
        return notice.rule(entry.kind, entry.event).id
    except UndeclaredRetention:
        return NO_RULE

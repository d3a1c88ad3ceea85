"""A step about a due record, decided and not done: a batch carries it out, a dry run counts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.erasure.service.removal import Evidence
from chalicelib.holds import service as holds
from chalicelib.holds.model import NOTHING_HELD, Held
from chalicelib.jobs.store import JobItem
from chalicelib.kinds.registry import Registry
from chalicelib.notices.model import Notice
from chalicelib.retention.model import Outcome
from chalicelib.retention.records import LANE, Found, Seen
from chalicelib.storage import due, keys
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import burial

Add = Callable[[Transaction, str], None]
"""Adds writes to a transaction, under a label that tells whose condition failed."""


@dataclass(frozen=True, slots=True)
class Check:
    """A condition on an item that a step does not write: several steps may share it."""

    place: tuple[str, str]
    add: Add

    @property
    def label(self) -> str:
        """The label under which it fails."""
        return f"check {self.place[0]} {self.place[1]}"


@dataclass(frozen=True, slots=True)
class Step:
    """The decision about a due record: `outcome` by `rule`, for `count` records.

    `add` adds its writes, so many as `writes`, to the transaction of its batch, under the
    conditions `checks`. `alone` does it with transactions of its own instead, each of which adds
    what it is given; it answers False where the record was left alone, and is looked at after
    `otherwise`. `parts` goes before the record, once that is `marked`. `jobs` are sent after the
    commit. `late` is how long ago the period ended of a record that ends. `foresee` answers what
    `alone` would come to, without doing it; without it that is `outcome`, for `count` records.
    """

    seen: Found
    rule: str
    outcome: Outcome
    add: Add | None = None
    alone: Callable[[Evidence], bool] | None = None
    parts: Callable[[], None] | None = None
    marked: bool = False
    checks: Sequence[Check] = ()
    count: int = 1
    keys: int = 0
    writes: int = 1
    late: timedelta | None = None
    otherwise: timedelta = burial.WATCHED
    jobs: Sequence[JobItem] = ()
    foresee: Callable[[], tuple[Outcome, int]] | None = None

    @property
    def place(self) -> tuple[str, str]:
        """Partition and sort key of the record."""
        return self.seen.entry.pk, self.seen.entry.sk

    @property
    def label(self) -> str:
        """The label under which a condition on the record fails."""
        return f"{self.seen.entry.pk} {self.seen.entry.sk}"


@dataclass(frozen=True, slots=True)
class About:
    """The facts that the decisions of a batch share; the holds of a subject are read once."""

    notice: Notice
    kinds: Registry
    now: datetime
    read: dict[str, Held] = field(default_factory=dict)

    def held(self, seen: Seen) -> Held:
        """Returns the holds on the records of a subject: one Query where it may have some."""
        known = seen.known
        if known is not None and not known.held:
            return NOTHING_HELD
        if seen.subject not in self.read:
            self.read[seen.subject] = holds.held(seen.subject, self.now)
        return self.read[seen.subject]


def postponed(
    seen: Seen, rule: str, outcome: Outcome, until: datetime, checks: Sequence[Check] = ()
) -> Step:
    """Returns that a record has a later date, at which it is looked at again."""
    lane = keys.shard_in(LANE, seen.lane)

    def add(write: Transaction, label: str) -> None:
        due.add_move(write, seen.entry, until, label, lane)

    return Step(seen, rule, outcome, add, checks=checks)

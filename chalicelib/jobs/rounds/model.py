"""The progress of a round, as pure rules.

A round walks the due index, where every subject has an item, shard after shard. A pass is one walk
through all shards. The index changes during a pass, so a pass can miss a subject whose date moved
or who came behind its cursor: a round makes as many passes as its plan asks for.

A round may be spread into parts, one a shard, which run side by side: no subject ever changes its
shard, so each part makes its passes by itself.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.storage.keys import LANES

BETWEEN_PASSES = timedelta(minutes=15)
"""Time between two passes: longer than the time for which functions cache what they read."""

AFTER_TROUBLE = timedelta(hours=1)
"""Time between two passes when the first of them left something undone."""

LEFT = "left"
"""Tally of items that a pass could not do; another pass tries them again."""

MISSED = "missed"
"""Tally of items that the previous pass could not do."""

UNCERTAIN = "uncertain"
"""Count of items whose outcome is unknown; they are not retried.

Entries of the index that cannot be read count here too, since another pass could not read them
either."""

MOST_PASSES = 48
"""A round that still leaves something undone after so many passes is given up."""


class Status(StrEnum):
    """The status of a round."""

    RUNNING = "running"
    COMPLETE = "complete"
    GIVEN_UP = "given_up"
    STOPPED = "stopped"
    """The subject matter of the round no longer exists; no further page is done."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round: the action, the version that it is `about`, and its progress.

    `target` tells rounds of one action apart, such as by a document's digest. `step` counts pages:
    a worker does the page of one step only. `cursor` is where the next page begins in the shard.
    `totals` are counts over all passes, `latest` the counts of this pass. `part` is the only shard
    that a part of a round walks, None for a whole round; `parts` is the number of parts that a
    whole round was spread into, 0 for one that walks the shards itself.
    """

    about: str
    action: str
    target: str
    step: int
    pass_number: int
    shard: int
    cursor: str | None
    totals: Mapping[str, int]
    latest: Mapping[str, int]
    status: Status
    started_at: datetime
    finished_at: datetime | None = None
    part: int | None = None
    parts: int = 0

    @property
    def first(self) -> int:
        """The shard with which a pass begins."""
        return 0 if self.part is None else self.part

    @property
    def last(self) -> int:
        """The shard with which a pass ends."""
        return LANES - 1 if self.part is None else self.part


@dataclass(frozen=True, slots=True)
class Visited:
    """The counts of a page: `totals` are kept for good, `latest` for this pass."""

    totals: Mapping[str, int]
    latest: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Deferred:
    """The result of a page that was not completed and is done again after `wait`.

    `totals` counts the items that were done all the same; they are not done again.
    """

    wait: timedelta
    totals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Next:
    """The round after a page, and the time to wait before its next page."""

    round: Round
    wait: timedelta


def with_unread(visited: Visited | Deferred, unread: int) -> Visited | Deferred:
    """Adds the number of unreadable, skipped entries to the result of a page.

    A page that is done again is returned as it is: its next run counts them.
    """
    if isinstance(visited, Deferred) or not unread:
        return visited
    return replace(visited, latest=_sum(visited.latest, {UNCERTAIN: unread}))


def begun(about: str, action: str, target: str, now: datetime) -> Round:
    """Returns a round before its first page."""
    return Round(about, action, target, 0, 1, 0, None, {}, {}, Status.RUNNING, now)


def parts_of(whole: Round, now: datetime) -> list[Round]:
    """Returns the parts of a round, one a shard, each before its first page."""
    fresh = begun(whole.about, whole.action, whole.target, now)
    return [replace(fresh, part=shard, shard=shard) for shard in range(LANES)]


def together(whole: Round, parts: Sequence[Round]) -> Round:
    """Returns a round that was spread into parts as one: their counts are added up.

    It runs as long as one of them does, and its pass is the earliest of a running part. A round
    that was stopped stays so.
    """
    running = [one for one in parts if one.status is Status.RUNNING]
    ended = [one.finished_at for one in parts if one.finished_at is not None]
    passes = [one.pass_number for one in parts]
    together = replace(
        whole,
        step=whole.step + sum(one.step for one in parts),
        pass_number=min(one.pass_number for one in running) if running else max(passes, default=1),
        totals=_added(one.totals for one in parts),
        latest=_added(one.latest for one in parts),
    )
    if whole.status is not Status.RUNNING or running or len(parts) < whole.parts:
        return together
    given_up = any(one.status is Status.GIVEN_UP for one in parts)
    status = Status.GIVEN_UP if given_up else Status.COMPLETE
    return replace(together, status=status, finished_at=max(ended, default=None))


def advance(
    stands: Round, cursor: str | None, visited: Visited | Deferred, passes: int, now: datetime
) -> Next:
    """Returns the round after a page: later in the shard, in the next shard or pass, or ended.

    `cursor` is where the shard continues, None at its end; `passes` is the least number of passes.
    """
    stepped = replace(stands, step=stands.step + 1)
    stepped = replace(stepped, totals=_sum(stands.totals, visited.totals))
    if isinstance(visited, Deferred):
        return Next(stepped, visited.wait)
    counted = replace(stepped, latest=_sum(stands.latest, visited.latest), cursor=cursor)
    if cursor is not None:
        return Next(counted, timedelta(0))
    if stands.shard < stands.last:
        return Next(replace(counted, shard=stands.shard + 1), timedelta(0))
    return _after_pass(counted, passes, now)


def _after_pass(stands: Round, passes: int, now: datetime) -> Next:
    left = stands.latest.get(LEFT, 0)
    if stands.pass_number >= passes and not left:
        return Next(replace(stands, status=Status.COMPLETE, finished_at=now), timedelta(0))
    if stands.pass_number >= MOST_PASSES:
        return Next(replace(stands, status=Status.GIVEN_UP, finished_at=now), timedelta(0))
    missed = {MISSED: left} if left else {}
    again = replace(stands, pass_number=stands.pass_number + 1, latest=missed)
    again = replace(again, shard=stands.first)
    return Next(again, AFTER_TROUBLE if left else BETWEEN_PASSES)


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    return dict(sorted(found.items()))


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}

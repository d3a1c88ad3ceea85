"""How a round goes on: pure.

A round walks the due index, where every subject has an item, shard after shard. A pass is one walk
through all of them. The index is read while it changes, so one pass can miss somebody whose date
moved, or who came when the pass was past: a round makes as many passes as its plan asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.storage.keys import LANES

BETWEEN_PASSES = timedelta(minutes=15)
"""How long after a pass the next begins: longer than functions trust what they read before it."""

AFTER_TROUBLE = timedelta(hours=1)
"""How long after a pass that left something undone the next begins."""

LEFT = "left"
"""The tally of what a pass could not do: it is made good by another pass."""

MISSED = "missed"
"""The tally of what the pass before this one could not do."""

UNCERTAIN = "uncertain"
"""The tally of what nobody knows whether it was done, and which is not tried again.

So is what the index holds and cannot be read: another pass would not read it either."""

MOST_PASSES = 48
"""After so many passes a round that still leaves something undone gives up, loudly."""


class Status(StrEnum):
    """Where a round stands."""

    RUNNING = "running"
    COMPLETE = "complete"
    GIVEN_UP = "given_up"
    STOPPED = "stopped"
    """What it was about is no more: nobody goes on with it."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round: what it does (`action`) about which version (`about`), and how far it has come.

    `target` tells apart what was asked for, such as a document's digest. `step` counts pages:
    whoever does a page does it for one step only. `cursor` is where the next page begins in the
    shard. `totals` are counts over all passes, `latest` those of this pass.
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


@dataclass(frozen=True, slots=True)
class Visited:
    """What a page did, in numbers: `totals` for good, `latest` about this pass."""

    totals: Mapping[str, int]
    latest: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Deferred:
    """That a page could not be done to its end: it is done again after `wait`.

    `totals` counts what was done all the same, and will not be done again.
    """

    wait: timedelta
    totals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Next:
    """The round after a page, and how long to wait before its next one."""

    round: Round
    wait: timedelta


def with_unread(visited: Visited | Deferred, unread: int) -> Visited | Deferred:
    """The result of a page, with so many of its entries that could not be read, and passed over.

    A page that is done again counts them then.
    """
    if isinstance(visited, Deferred) or not unread:
        return visited
    return replace(visited, latest=_sum(visited.latest, {UNCERTAIN: unread}))


def begun(about: str, action: str, target: str, now: datetime) -> Round:
    """A round before its first page."""
    return Round(about, action, target, 0, 1, 0, None, {}, {}, Status.RUNNING, now)


def advance(
    stands: Round, cursor: str | None, visited: Visited | Deferred, passes: int, now: datetime
) -> Next:
    """The round after a page: on in the shard, in the next shard, in another pass, or complete.

    `cursor` is where the shard goes on, None at its end; `passes` how many there are at least.
    """
    stepped = replace(stands, step=stands.step + 1)
    stepped = replace(stepped, totals=_sum(stands.totals, visited.totals))
    if isinstance(visited, Deferred):
        return Next(stepped, visited.wait)
    counted = replace(stepped, latest=_sum(stands.latest, visited.latest), cursor=cursor)
    if cursor is not None:
        return Next(counted, timedelta(0))
    if stands.shard + 1 < LANES:
        return Next(replace(counted, shard=stands.shard + 1), timedelta(0))
    return _after_pass(counted, passes, now)


def _after_pass(stands: Round, passes: int, now: datetime) -> Next:
    left = stands.latest.get(LEFT, 0)
    if stands.pass_number >= passes and not left:
        return Next(replace(stands, status=Status.COMPLETE, finished_at=now), timedelta(0))
    if stands.pass_number >= MOST_PASSES:
        return Next(replace(stands, status=Status.GIVEN_UP, finished_at=now), timedelta(0))
    missed = {MISSED: left} if left else {}
    again = replace(stands, pass_number=stands.pass_number + 1, shard=0, latest=missed)
    return Next(again, AFTER_TROUBLE if left else BETWEEN_PASSES)


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}

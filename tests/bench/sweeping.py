"""What a sweep costs: a run of the schedule, and the batches that it hands over.

Both are one row, since neither is of use without the other. The next run closes their tallies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from chalicelib import clock, ids
from chalicelib.notices import service as notices
from chalicelib.retention import message, sweep
from chalicelib.retention.message import Places
from chalicelib.retention.model import STUCK_HOUR
from chalicelib.storage import keys
from chalicelib.webhooks.store import DeliveryItem
from functions.schedules.relay import GivenUp
from tests.bench import unused
from tests.bench.crowd import put
from tests.bench.operation import Operation
from tests.bench.world import Run, World, done, new_address

DUE = 10
"""Accounts that are due in a sweep with something to do."""

MANY = 1_000
"""Records that are due in a sweep of many."""

NOTHING = "sweep, nothing due"
ACCOUNTS = f"sweep, {DUE} accounts erased"
GONE = f"sweep, {MANY:,} records erased"
RENEWED = f"sweep, {MANY:,} records renewed"
CLOSED = f"sweep, nothing due, {MANY:,} counted"

PENDING = timedelta(days=8)
"""After how long an account that was never verified is due; the notice says seven days."""

_KIND, _EVENT = DeliveryItem.KIND, "created"


def whole(world: World) -> Run:
    """A run of the schedule, and after it each batch that it handed over, by the worker."""
    run = world.schedule("retention")

    def swept() -> Any:
        handed: list[Places] = []
        send = sweep.hand_over

        def sent(batches: Sequence[Places]) -> Sequence[int]:
            handed.extend(batches)
            return send(batches)

        with patch.object(sweep, "hand_over", sent):
            answer = run()
        for places in handed:
            done(world.queue("erasure", message.written(places))())
        return answer

    return swept


def settle(world: World) -> None:
    """Sweeps until nothing is due, some days later, and not at the hour of what was set aside."""
    unused.forget(world)
    world.move_clock(PENDING)
    while clock.now().hour in (STUCK_HOUR - 1, STUCK_HOUR):
        world.move_clock(timedelta(hours=1))
    run = whole(world)
    while finds_something(run):
        pass


def finds_something(run: Run) -> bool:
    """Tells whether a run of a schedule had anything to do."""
    try:
        return any(done(run()).values())
    except GivenUp:  # of jobs that nobody did before the clock moved
        return True


def _nothing(world: World) -> Run:
    settle(world)
    return whole(world)


def _accounts(world: World) -> Run:
    settle(world)
    # Whatever earlier measurements left that ends no later than the accounts goes before them.
    settle(world)
    world.move_clock(-PENDING)
    for _ in range(DUE):
        world.registered(new_address())
    world.move_clock(PENDING)
    return whole(world)


def _records(since: Callable[[datetime], datetime]) -> Callable[[World], Run]:
    """Prepares so many records of nobody, over all shards, whose periods began at an instant."""

    def prepare(world: World) -> Run:
        settle(world)
        now = clock.now()
        put(world.recorder.tables, _deliveries(MANY, since(now), now - timedelta(hours=1)))
        return whole(world)

    return prepare


def _deliveries(count: int, since: datetime, due_at: datetime) -> Iterator[DeliveryItem]:
    for number in range(count):
        name = ids.new_id()
        item = DeliveryItem(
            pk=keys.recipient("somebody"),
            sk=keys.record(DeliveryItem.CLASS, _KIND, f"delivered#{name}"),
            kind=_KIND,
            recipient="somebody",
            type="subject.erased",
            subject=ids.new_id(),
            status="delivered",
            attempts=1,
            created_at=since,
            updated_at=since,
        )
        item.schedule("rule", due_at, _EVENT, since)
        item.lane = keys.shards("rule")[number % keys.LANES]
        yield item


def _over(now: datetime) -> datetime:
    """A beginning whose period is over."""
    return now - 2 * (notices.current().rule(_KIND, _EVENT).ends(now) - now)


def _counted(world: World) -> Run:
    """The run after one that handed many over: it closes their tallies."""
    _records(_over)(world)()
    return world.schedule("retention")


OPERATIONS = (
    Operation(NOTHING, "retention", _nothing),
    Operation(ACCOUNTS, "retention", _accounts, heavy=True),
    Operation(GONE, "retention", _records(_over), heavy=True),
    Operation(RENEWED, "retention", _records(lambda now: now), heavy=True),
    Operation(CLOSED, "retention", _counted, heavy=True),
)
"""The operations of a sweep, in the order in which one meets them."""

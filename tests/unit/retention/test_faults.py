"""What goes wrong around a sweep: nothing goes early, all goes soon after, each is counted once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from pynamodb.exceptions import TransactWriteError

from chalicelib.notices.model import Period
from chalicelib.requests.store import ExportItem
from chalicelib.retention.evidence.store import TallyItem
from chalicelib.retention.model import Outcome
from chalicelib.subjects.model import Life
from chalicelib.webhooks.store import DeliveryItem
from tests.unit.core.samples import NOW, VISITOR
from tests.unit.retention.sweeping import taken
from tests.unit.retention.world import DAY, HOUR, World, person
from tests.unit.storage.memory import Write

Places = list[tuple[str, str]]
_THROTTLED: Any = {"Error": {"Code": "ThrottlingException"}}
THROTTLED = TransactWriteError("no", ClientError(_THROTTLED, "TransactWriteItems"))
NO_ANSWER = ReadTimeoutError(endpoint_url="https://dynamodb.example")
ERRORS = (TransactWriteError, ReadTimeoutError)


@pytest.fixture
def places(world: World) -> Places:
    """Seventeen records that go and one that stays: of nobody, with parts, and of persons."""
    return [
        *world.deliveries(10, 3),
        *world.exports(5, 4),
        world.somebody(person(90)),
        world.somebody(person(91)),
        world.somebody(VISITOR, Life.ACTIVE, "last_decision", last_activity_at=NOW),
    ]


def is_done(world: World) -> bool:
    """Whether all that was due is gone, with its keys, and was counted once."""
    did = taken()
    assert (did.count(Outcome.ERASED), did.count(Outcome.KEPT)) == (17, 1)
    assert sum(line.keys for line in did.lines.values()) == 4
    return not world.left(DeliveryItem) and not world.left(ExportItem) and world.keys_left() == 2


class Broken:
    """DynamoDB's transactions, some of which fail before or after they are written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.before: Iterator[bool] = iter(())
        self.after: Iterator[bool] = iter(())
        plain = Write.commit

        def commit(write: Write) -> None:
            if next(self.before, False):
                raise THROTTLED
            plain(write)
            if next(self.after, False):
                raise NO_ANSWER

        monkeypatch.setattr(Write, "commit", commit)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Broken:
    return Broken(monkeypatch)


def come_again(world: World, places: Places, times: int = 40) -> None:
    """The message comes until it is done with, and later the next runs find what is left."""
    for _ in range(times):
        with suppress(*ERRORS):
            world.message(places)
            break
    for hour in range(1, 5):
        world.now = NOW + hour * HOUR
        with suppress(*ERRORS):
            world.message(places)


@pytest.mark.parametrize("step", range(12))
def test_a_lost_answer_counts_nothing_twice_and_loses_nothing(
    world: World, broken: Broken, places: Places, step: int
) -> None:
    broken.after = (number == step for number in range(100))
    come_again(world, places)
    did = {name: taken_of(world, name) for name in (Outcome.ERASED, Outcome.KEPT)}
    assert did == {Outcome.ERASED: 17, Outcome.KEPT: 1}
    assert world.left(DeliveryItem) == world.left(ExportItem) == []


def taken_of(world: World, outcome: Outcome) -> int:
    """How many records of all tallies came to an outcome; the tallies stay."""
    from chalicelib.retention.evidence import store

    return sum(store.tally_of(item).count(outcome) for item in world.left(TallyItem))


@pytest.mark.parametrize("throttled", [1, 3, 10, 30])
def test_a_throttled_table_puts_off_and_loses_nothing(
    world: World, broken: Broken, places: Places, throttled: int
) -> None:
    broken.before = (number < throttled for number in range(1_000))
    come_again(world, places)
    did = world.left(TallyItem)
    assert not [item for item in did if "failed" in item.counts], "it is no record's fault"
    assert is_done(world)


def test_a_table_that_refuses_one_write_in_three(
    world: World, broken: Broken, places: Places
) -> None:
    broken.before = (number % 3 == 0 for number in range(10_000))
    come_again(world, places)
    assert is_done(world)


def test_the_clock_a_day_back_ends_nothing_early(world: World, places: Places) -> None:
    world.now = NOW - DAY
    assert not world.work(places)
    assert not any(world.sweep().told().values())
    world.now = NOW
    world.sweep_all()
    assert is_done(world)


def test_the_clock_two_years_on_ends_what_is_over_then(world: World, places: Places) -> None:
    world.now = NOW + timedelta(days=731)
    did = world.sweep().did
    assert did.count(Outcome.ERASED) == len(places)
    assert world.keys_left() == 0


@pytest.mark.parametrize("days", [1, 60])
def test_a_version_between_the_schedule_and_the_worker_decides(
    world: World, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """What was handed over by one version is decided upon by the next."""
    (place,) = world.exports(1, 3, since=NOW - 20 * DAY)
    rule = replace(world.notice.rule("export", "created"), period=Period(days=days))
    world.notice = replace(world.notice, retention={**world.notice.retention, rule.id: rule})
    outcome = Outcome.ERASED if days == 1 else Outcome.KEPT
    assert world.work([place]).count(outcome) == 1
    assert len(world.left(ExportItem)) == (days == 60)


def test_yesterdays_table_is_swept_once_more(world: World, places: Places) -> None:
    before = dict(world.tables.items)
    world.message(places)
    world.tables.items.clear()
    world.tables.items |= before  # and with it what was counted since
    world.sweep_all()
    assert is_done(world)
    assert not any(world.sweep().told().values())


def test_whoever_comes_between_any_two_calls_everything_is_done_once(
    world: World, places: Places
) -> None:
    before, step = dict(world.tables.items), 0
    happened = True
    while happened:
        world.tables.items.clear()
        world.tables.items |= before
        act: Callable[[], Any] = world.sweep_all if step % 2 else lambda: world.message(places)
        steps = world.interrupt(step, act)
        world.message(places)
        happened = steps.happened
        world.message(places)
        assert is_done(world), step
        step += 1
    assert step > 12

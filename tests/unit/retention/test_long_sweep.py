"""How a sweep goes through very much, and through what it cannot handle, on tables in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock, instants, logs
from chalicelib.copies import store as bodies
from chalicelib.errors import NotFound
from chalicelib.requests.service import exports as copies
from chalicelib.requests.store import ExportItem, RequestItem, request_place
from chalicelib.retention import service
from chalicelib.retention.model import OLDEST_DUE
from chalicelib.retention.service import Swept
from chalicelib.sessions.model import Opened, Session, SignedIn
from chalicelib.storage import due, keys
from chalicelib.storage.lateness import Lateness
from chalicelib.storage.turns import FIRST_PAUSE
from chalicelib.webhooks.store import DeliveryItem
from functions.kinds import registry
from tests.unit.core.samples import NOW, shipped, standing
from tests.unit.storage.tables import Tables

HOUR = timedelta(hours=1)
AGES = timedelta(days=5_000)
"""For so long ago everything is due."""


class World:
    """What is due, and the clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self.tables = Tables()
        self.tables.play(monkeypatch)
        self.failing = True
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(bodies, "delete_object", self.delete_object)
        monkeypatch.setattr(bodies, "exports_of", lambda *_: [("exports/s/r.w.zip", self.now)])
        monkeypatch.setenv("RISERBO_STAGE", "dev")

    def deliveries(self, count: int, shard: int, age: timedelta = HOUR) -> None:
        """So many records that go with one call each, in one shard, the oldest first."""
        for number in range(count):
            item = DeliveryItem(
                pk=keys.recipient(f"r{shard}"),
                sk=keys.record("core", "delivery", f"delivered#msg_{number:05d}"),
                kind="delivery",
                recipient=f"r{shard}",
                type="subject.erased",
                subject="s",
                status="delivered",
                attempts=1,
                created_at=NOW - AGES,
                updated_at=NOW - AGES,
            )
            self._put(item, shard, age - timedelta(milliseconds=number))

    def exports(self, count: int, shard: int, age: timedelta = 2 * HOUR) -> None:
        """So many records that cannot be handled, in one shard."""
        for number in range(count):
            item = ExportItem(
                pk=keys.subject(f"s{number}"),
                sk=keys.record("evidence", "export", f"r{number}"),
                kind="export",
                request=f"r{number}",
                object="o",
                created_at=NOW - AGES,
                issued=[],
                size=1,
            )
            self._put(item, shard, age)

    def delete_object(self, key: str) -> None:
        """What cannot be done, as long as it fails."""
        if self.failing:
            raise OSError("ada@example.org")

    def left(self, kind: type[Any]) -> list[Any]:
        """What is still there."""
        return self.tables.all(kind)

    def sweep(self, remaining: Callable[[], timedelta] = lambda: 5 * timedelta(minutes=1)) -> Swept:
        """A sweep; it has all the time it needs unless another clock is given."""
        return service.sweep(shipped(), registry(), remaining)

    def _put(self, item: Any, shard: int, age: timedelta) -> None:
        item.schedule("rule", NOW - age, "created", NOW - AGES)
        item.lane = keys.shards("rule")[shard]
        self.tables.put(item)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def steps_of(count: int) -> Callable[[], timedelta]:
    """A clock by which the time to work is over after so many looks at it, the first apart."""

    def looks() -> Iterator[timedelta]:
        yield 5 * HOUR
        for _ in range(count):
            yield 4 * HOUR
        while True:
            yield HOUR

    looked = looks()
    return lambda: next(looked)


def test_a_sweep_works_until_nothing_is_due(world: World) -> None:
    world.deliveries(130, 3)
    world.deliveries(20, 5)
    swept = world.sweep()
    assert swept.told() == {
        "done": 150,
        "erased": 150,
        "postponed": 0,
        "reviews": 0,
        "failed": 0,
        "left": 0,
        "lag_seconds": 0,
    }
    assert world.left(DeliveryItem) == []
    # Three pages of one shard, and one of each other.
    assert world.tables.steps.names.count("walk") == 18


def test_nothing_due_costs_one_query_a_shard(world: World) -> None:
    assert not any(world.sweep().told().values())
    assert world.tables.steps.names == ["walk"] * keys.LANES


def test_what_is_not_due_yet_waits(world: World) -> None:
    world.deliveries(3, 0, -HOUR)
    assert world.sweep().done == 0
    assert len(world.left(DeliveryItem)) == 3


def test_shards_take_turns(world: World) -> None:
    world.deliveries(500, 0)
    world.deliveries(10, 15)
    world.sweep(steps_of(2 * keys.LANES + 16))
    gone = 510 - len(world.left(DeliveryItem))
    assert [item for item in world.left(DeliveryItem) if item.recipient == "r15"] == []
    assert gone < 60


def test_when_the_time_is_over_it_says_what_is_left(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.deliveries(120, 3)
    world.deliveries(10, 7, 3 * HOUR)
    swept = world.sweep(steps_of(keys.LANES))
    assert (swept.done, swept.left) == (2, 128)
    # The oldest that is left is the second of those that were due three hours ago.
    assert swept.told()["lag_seconds"] == 3 * 3600 - 1
    assert len(world.left(DeliveryItem)) == 128
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["event"], line["count"], line["remaining"]) == ("retention.swept", 2, 128)
    assert line[OLDEST_DUE] == 3 * 3600 - 1
    (counted,) = line["_aws"]["CloudWatchMetrics"]
    assert counted["Namespace"] == logs.NAMESPACE
    assert counted["Metrics"] == [{"Name": OLDEST_DUE, "Unit": "Seconds"}]


def test_with_no_time_at_all_everything_is_left(world: World) -> None:
    world.deliveries(60, 3)
    swept = world.sweep(lambda: timedelta(0))
    assert (swept.done, swept.left) == (0, 60)


def test_what_cannot_be_handled_keeps_nothing_waiting(world: World) -> None:
    world.exports(60, 3)
    world.deliveries(1, 3)
    swept = world.sweep()
    assert (swept.done, swept.failed, swept.left) == (1, 60, 0)
    assert world.left(DeliveryItem) == []
    assert swept.told()["lag_seconds"] == 2 * 3600
    late = Lateness(NOW + FIRST_PAUSE, NOW - 2 * HOUR, 1)
    for item in world.left(ExportItem):
        assert (item.due_at, item.late, item.ends_at) == (late.until, late, late.first)


def test_it_is_tried_again_more_and_more_seldom_and_then_goes(world: World) -> None:
    world.exports(1, 3)
    tried = []
    for hour in range(60):
        world.now = NOW + hour * HOUR
        swept = world.sweep()
        if swept.failed:
            tried.append(hour)
            assert swept.told()["lag_seconds"] == (hour + 2) * 3600
    assert tried == [0, 1, 3, 7, 14, 26, 38, 50]
    (item,) = world.left(ExportItem)
    assert (item.late.tries, item.ends_at) == (8, NOW - 2 * HOUR)
    world.failing = False
    world.now = item.due_at
    assert world.sweep().erased == 1
    assert world.left(ExportItem) == []


def test_an_entry_that_cannot_be_read_is_set_back_too(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.exports(2, 3)
    one, other = sorted(world.tables.items)
    del world.tables.items[one]["due_since"]
    world.tables.items[other]["due_at"] = {"S": "2026"}
    world.deliveries(1, 3)
    swept = world.sweep()
    assert (swept.done, swept.failed) == (1, 2)
    assert {raw["due_at"]["S"] for raw in world.tables.items.values()} == {
        instants.instant(NOW + FIRST_PAUSE)
    }
    assert "NotReadable" in capsys.readouterr().out


def test_two_sweeps_at_once_set_back_once(world: World) -> None:
    world.exports(1, 3)
    # Another sweep comes before this one has asked how often it was tried.
    world.tables.steps.meanwhile["get"] = [world.sweep]
    swept = world.sweep()
    assert (swept.failed, swept.done) == (0, 0)
    (item,) = world.left(ExportItem)
    assert item.late == Lateness(NOW + FIRST_PAUSE, NOW - 2 * HOUR, 1)


def test_two_sweeps_at_once_erase_once(world: World) -> None:
    world.deliveries(4, 3)
    others = list[Swept]()
    world.tables.steps.meanwhile["delete"] = [lambda: others.append(world.sweep())]
    assert world.sweep().erased + others[0].erased == 4
    assert world.left(DeliveryItem) == []


def test_what_somebody_gave_another_date_meanwhile_keeps_it(world: World) -> None:
    world.exports(1, 3)
    (key,) = world.tables.items
    moved = {"S": instants.instant(NOW + 30 * HOUR)}

    def moves() -> None:
        world.tables.items[key] = {**world.tables.items[key], "due_at": moved}

    world.tables.steps.meanwhile["update"] = [moves]
    assert world.sweep().failed == 0
    assert world.tables.items[key]["due_at"] == moved
    assert "late" not in world.tables.items[key]


def test_one_whose_place_cannot_be_changed_stays_and_keeps_nothing_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(item: due.Entry, late: Lateness) -> bool:
        raise OSError("ada@example.org")

    monkeypatch.setattr(due, "set_back", broken)
    world.exports(60, 3)
    world.deliveries(1, 3)
    swept = world.sweep()
    assert (swept.done, swept.failed) == (1, 60)
    assert len(world.left(ExportItem)) == 60
    out = capsys.readouterr().out
    assert "retention.not_set_back" in out
    assert "ada" not in out


def test_a_copy_that_cannot_be_removed_is_no_longer_given_out(world: World) -> None:
    world.exports(1, 3)
    (export,) = world.left(ExportItem)
    subject = keys.subject_of(export.pk)
    pk, sk = request_place(subject, export.request)
    request = RequestItem(
        pk=pk,
        sk=sk,
        kind="request",
        right="copy",
        status="completed",
        received_at=NOW - AGES,
        channel="website",
        locale="en",
        history=[],
    )
    world.tables.put(request)
    world.sweep()
    assert world.left(ExportItem)[0].due_at > world.now
    session = Session(subject, "h", NOW, NOW + HOUR, 0, Opened())
    signed_in = SignedIn(session, standing(subject))
    with pytest.raises(NotFound, match="no longer kept"):
        copies.issue_export(signed_in, export.request, shipped())

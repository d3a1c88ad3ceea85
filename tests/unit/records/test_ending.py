"""The end of a record: its moment is told once, and it can be ended at once unless it is held."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.errors import BadRequest, Conflict, Forbidden, NotFound
from chalicelib.holds import model as holds
from chalicelib.holds import service as holding
from chalicelib.records import service
from chalicelib.records.model import Handed, Named
from chalicelib.records.store import RecordItem
from chalicelib.subjects.store import StandingItem
from chalicelib.vault import last
from tests.unit.core.samples import NOW
from tests.unit.records.world import (
    ADA,
    CALL,
    DAY,
    DEVICE,
    EACH,
    EXTERNAL,
    NETWORK,
    RECORDING,
    TRANSACTION,
    World,
)
from tests.unit.storage.tables import Killed

MOVES = [
    (CALL, "closed", {"years": 2}),
    (EXTERNAL, "ended", {}),
    (EXTERNAL, "contract_ended", {}),
    (TRANSACTION, "contract_ended", {"years": 10}),
]


def later(years: int = 0) -> object:
    return NOW.replace(year=NOW.year + years)


@pytest.mark.parametrize(("handed", "event", "after"), MOVES)
def test_the_moment_that_is_told_begins_the_end(
    world: World, handed: Handed, event: str, after: dict[str, int]
) -> None:
    named, _ = world.keep(handed)
    ends_at = world.move(named, event, NOW)
    assert ends_at == later(**after)
    item = world.record(named)
    assert item is not None
    assert (item.event, item.event_at) == (event, NOW)
    assert (item.due_event, item.due_since, item.due_at) == (event, NOW, ends_at)
    assert str(item.lane).startswith("rule#")


def test_it_is_told_once(world: World) -> None:
    named, _ = world.keep(EXTERNAL)
    first = world.move(named, "ended", NOW - DAY)
    before = dict(world.tables.items)
    assert world.move(named, "ended", NOW - DAY) == first
    for event, at in (("ended", NOW), ("contract_ended", NOW - DAY)):
        with pytest.raises(Conflict) as refusal:
            world.move(named, event, at)
        assert refusal.value.type == "move-not-allowed"
    assert world.tables.items == before


def test_of_two_at_once_one_counts(world: World) -> None:
    named, _ = world.keep(EXTERNAL)
    world.tables.steps.meanwhile["commit"] = [lambda: world.move(named, "contract_ended", NOW)]
    with pytest.raises(Conflict):
        world.move(named, "ended", NOW - DAY)
    item = world.record(named)
    assert item is not None
    assert item.event == "contract_ended"


@pytest.mark.parametrize(
    ("handed", "event"),
    [
        (CALL, "ended"),
        (CALL, "contract_ended"),
        (RECORDING, "closed"),
        (DEVICE, "ended"),
        (EXTERNAL, "closed"),
        (TRANSACTION, "closed"),
        (TRANSACTION, "ended"),
    ],
)
def test_an_event_of_another_kind_moves_nothing(world: World, handed: Handed, event: str) -> None:
    named, _ = world.keep(handed)
    before = dict(world.tables.items)
    with pytest.raises(BadRequest) as refusal:
        world.move(named, event)
    assert [one.pointer for one in refusal.value.findings] == ["/event"]
    assert world.tables.items == before


def test_it_costs_one_read_and_one_transaction(world: World) -> None:
    named, _ = world.keep(CALL)
    world.tables.steps.names.clear()
    world.move(named, "closed")
    assert world.tables.steps.names == ["batch", "commit"]


@pytest.mark.parametrize("number", range(2))
def test_killed_before_any_call_it_is_told_again(world: World, number: int) -> None:
    named, _ = world.keep(CALL)
    world.tables.steps.kill_before(number)
    with pytest.raises(Killed):
        world.move(named, "closed", NOW)
    world.tables.steps.revive()
    item = world.record(named)
    assert item is not None
    assert item.event is None
    assert item.due_at is None
    world.move(named, "closed", NOW)


@pytest.mark.parametrize(
    "named", [None, Named("call", f"support.{'a' * 26}"), Named("device", f"x.{'a' * 26}")]
)
def test_what_is_not_there_neither_moves_nor_ends(world: World, named: Named | None) -> None:
    told = (ADA, "ended", NOW)
    with pytest.raises(NotFound):
        service.move(world.system, named, told, NETWORK, world.known)
    with pytest.raises(NotFound):
        service.end(world.system, named, ADA, NETWORK)
    with pytest.raises(Forbidden):
        service.move(world.key, named, told, NETWORK, world.known)
    with pytest.raises(Forbidden):
        service.end(world.key, named, ADA, NETWORK)


@pytest.mark.parametrize("handed", EACH, ids=lambda one: one.kind)
def test_the_last_of_a_class_takes_its_key_along(world: World, handed: Handed) -> None:
    first, second = world.keep(handed)[0], world.keep(handed)[0]
    with_record = world.classes()
    world.end(first)
    assert world.classes() == with_record
    assert world.opened(second)
    world.end(second)
    assert world.records() == []
    assert world.classes() == {"account", "evidence"}
    with pytest.raises(NotFound):
        world.end(second)


@pytest.mark.parametrize("handed", EACH, ids=lambda one: one.kind)
def test_killed_before_any_call_key_and_record_go_together(world: World, handed: Handed) -> None:
    named, _ = world.keep(handed)
    deaths = 0
    for number in range(20):
        world.tables.steps.kill_before(number)
        try:
            world.end(named)
        except Killed:
            deaths += 1
            world.tables.steps.revive()
            world.whole()
            continue
        world.tables.steps.revive()
        break
    assert deaths >= 2
    assert world.record(named) is None
    world.whole()


def test_keys_of_what_went_with_many_go_after_it_and_no_others(world: World) -> None:
    kept = [world.keep(one)[0] for one in EACH]
    item = world.record(kept[0])
    assert item is not None
    for retention_class in ("account", "core", "evidence", "marketing", "support", "transaction"):
        assert not last.settle(item.pk, retention_class)
    world.tables.items = {
        place: raw
        for place, raw in world.tables.items.items()
        if raw["kind"]["S"] not in ("call", "recording")
    }
    assert last.settle(item.pk, "support")
    assert not last.settle(item.pk, "support")
    assert world.classes() == {"account", "core", "evidence", "transaction"}
    world.whole()


class TestHeld:
    def test_a_held_record_stays_as_long_as_it_is_held(self, world: World) -> None:
        named, _ = world.keep(TRANSACTION)
        hold(world)
        before = dict(world.tables.items)
        with pytest.raises(Conflict) as refusal:
            world.end(named)
        assert refusal.value.type == "held"
        assert world.tables.items == before

    def test_one_that_is_placed_at_this_moment_wins(self, world: World) -> None:
        named, _ = world.keep(TRANSACTION)
        world.tables.steps.meanwhile["commit"] = [lambda: hold(world)]
        with pytest.raises(Conflict) as refusal:
            world.end(named)
        assert refusal.value.type == "held"
        assert world.record(named) is not None
        world.whole()

    def test_what_is_restricted_is_not_erased(self, world: World) -> None:
        named, _ = world.keep(CALL)
        flagged(world, "restricted")
        with pytest.raises(Conflict) as refusal:
            world.end(named)
        assert refusal.value.type == "held"


def hold(world: World) -> None:
    """Everything of the class of transactions is held from now on."""
    from chalicelib.holds import store

    one = holds.Hold(
        id="h" * 26,
        subject=ADA,
        ground=holds.Ground.CLAIMS,
        placed_at=NOW,
        until=NOW + 30 * DAY,
        by="d" * 26,
        classes=frozenset({"transaction"}),
    )
    world.tables.put(store.hold_item(one))
    flagged(world, "held")
    assert holding.held(ADA, NOW)


def flagged(world: World, name: str) -> None:
    pk, sk = StandingItem(pk=f"S#{ADA}", sk="core#standing#").pk, "core#standing#"
    item = world.tables.one(StandingItem, pk, sk)
    setattr(item, name, 1)
    world.tables.put(item)


def test_a_record_that_is_over_goes_with_the_run_of_retention(world: World) -> None:
    kept = [world.keep(one)[0] for one in EACH]
    world.keep(CALL)
    for named in kept:
        if named.kind not in ("recording", "device"):
            world.move(
                named, {"call": "closed", "external": "ended"}.get(named.kind, "contract_ended")
            )
    left = {"call", "recording", "device", "external", "transaction"}
    for days, gone in ((1, {"external"}), (91, {"recording"}), (190, {"device"}), (732, {"call"})):
        world.now = NOW + timedelta(days=days)
        world.sweep()
        left -= gone
        assert {one.kind for one in kept if world.record(one) is not None} == left
        world.whole()
    world.now = NOW.replace(year=NOW.year + 10) - timedelta(days=5)
    world.sweep()
    assert "transaction" in {one.kind for one in world.records()}
    world.now = NOW.replace(year=NOW.year + 10) + timedelta(days=1)
    world.sweep()
    assert not isinstance(world.record(kept[-1]), RecordItem)


def over(world: World) -> Named:
    """A call whose time is over, and a transaction that stays."""
    named, _ = world.keep(CALL)
    world.move(named, "closed", NOW)
    world.keep(TRANSACTION)
    world.now = NOW + timedelta(days=800)
    return named


def test_a_run_that_is_killed_before_any_call_leaves_no_key_alone(world: World) -> None:
    named, deaths = over(world), 0
    for number in range(200):
        world.tables.steps.kill_before(number)
        try:
            world.sweep()
        except Killed:
            deaths += 1
            world.tables.steps.revive()
            world.whole()
            continue
        world.tables.steps.revive()
        break
    assert deaths > 16
    world.sweep()
    assert world.record(named) is None
    assert world.classes() == {"account", "evidence", "transaction"}


def test_a_record_that_comes_during_a_run_keeps_its_key(world: World) -> None:
    named = over(world)
    world.tables.steps.names.clear()
    came = list[Named | None]()
    counted = type(world.tables.steps).__call__

    class Interrupted(type(world.tables.steps)):  # type: ignore[misc]
        def __call__(self, name: str) -> None:
            if name == "update" and not came:  # the key is about to be marked
                came.append(None)
                came.append(world.keep(CALL)[0])
            counted(self, name)

    world.tables.steps.__class__ = Interrupted
    world.sweep()
    assert world.record(named) is None
    assert isinstance(came[1], Named)
    assert world.opened(came[1])
    world.whole()

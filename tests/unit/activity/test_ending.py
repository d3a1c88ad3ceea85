"""Activity ends to the day, is told event by event, and is taken along as far as it is declared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.activity.kinds import ACTIVITY
from chalicelib.activity.store import ActivityItem
from chalicelib.catalogue import STORED
from chalicelib.copies import port
from chalicelib.holds import store as holds
from chalicelib.holds.model import Ground, Hold
from chalicelib.kinds.model import Reader, Record
from chalicelib.storage import keys
from chalicelib.subjects.store import StandingItem, standing_place
from chalicelib.vault import service as vault
from functions.kinds import registry
from tests.unit.activity.world import ADA, BROWSER, HOUR, SITE, World, event
from tests.unit.core.samples import NOW
from tests.unit.storage.tables import Killed

MIDNIGHT = datetime(2026, 11, 20, 23, tzinfo=UTC)
"""In the zone of the notice."""
AFTER = datetime(2027, 11, 20, 23, tzinfo=UTC)
"""Twelve months later."""


def told(world: World, item: ActivityItem) -> list[Record]:
    key = world.key_of(keys.subject_of(item.pk))
    assert key is not None
    fields = {"purpose": item.purpose, **vault.open_item(item, vault.open_key(key))}
    record = Record(item.KIND, keys.record_id(item.sk), fields, item.ends_at)
    return list(ACTIVITY.told(record, Reader(ADA, world.notice, "en", world.now)))


@pytest.mark.parametrize("who", [ADA, BROWSER])
def test_each_day_goes_when_its_own_time_is_over(world: World, who: str) -> None:
    world.tell(who, event(MIDNIGHT - HOUR), event(MIDNIGHT), event(MIDNIGHT + HOUR))
    world.now = AFTER - HOUR - timedelta(seconds=1)
    world.sweep()
    assert len(world.stored(who)) == 2
    world.now = AFTER - HOUR
    world.sweep()
    assert [one.occurred_at for one in world.stored(who)] == [MIDNIGHT]
    assert world.key_of(who) is not None
    world.now = AFTER
    world.sweep()
    assert world.stored(who) == []
    assert world.key_of(who) is None
    world.sweep()


def test_a_run_that_is_killed_before_any_call_leaves_no_key_alone(world: World) -> None:
    world.tell(BROWSER, event(MIDNIGHT - HOUR), event(MIDNIGHT))
    world.now, deaths = AFTER + HOUR, 0
    for number in range(200):
        world.tables.steps.kill_before(number)
        try:
            world.sweep()
        except Killed:
            deaths += 1
            world.tables.steps.revive()
            assert (world.key_of(BROWSER) is not None) == bool(world.stored())
            continue
        world.tables.steps.revive()
        break
    assert deaths > 3
    world.sweep()
    assert world.stored() == []
    assert world.key_of(BROWSER) is None


def test_is_told_event_by_event_with_its_end(world: World) -> None:
    world.tell(ADA, event(NOW - HOUR, search_terms="a parrot"), event(NOW, attachment_size=17))
    (item,) = world.stored(ADA)
    first, second = told(world, item)
    assert first.fields == {
        "purpose": SITE,
        "type": "search",
        "at": "2026-11-22T15:00:00.123Z",
        "search_terms": "a parrot",
    }
    assert second.fields["attachment_size"] == 17
    assert first.ends_at == second.ends_at == item.due_at


def test_the_registry_tells_it_so() -> None:
    assert registry().of("activity") is ACTIVITY


def test_what_is_declared_is_taken_along(world: World) -> None:
    world.tell(ADA, event(search_terms="a parrot"))
    (item,) = world.stored(ADA)
    (record,) = told(world, item)
    covered = port.covered(world.notice)
    assert "interaction" in covered
    taken = port.portable(record, world.notice, covered, STORED)
    assert taken is not None
    assert taken.fields == {"search_terms": "a parrot"}


def test_a_record_of_which_only_the_place_is_known_tells_nothing(world: World) -> None:
    reader = Reader(ADA, world.notice, "en", world.now)
    assert list(ACTIVITY.told(Record("activity", "interaction.x", {}), reader)) == []


@pytest.mark.parametrize("who", [ADA, BROWSER])
def test_what_is_held_outlives_its_end_and_its_key_too(world: World, who: str) -> None:
    world.tell(who, event())
    item = world.tables.one(StandingItem, *standing_place(who))
    item.held = 1
    until = AFTER + timedelta(days=60)
    classes = frozenset({ActivityItem.CLASS})
    held = Hold("h" * 26, who, Ground.CLAIMS, NOW, until, "d" * 26, classes=classes)
    world.tables.put(holds.hold_item(held), item)
    world.now = AFTER + timedelta(days=10)
    world.sweep()
    (stays,) = world.stored(who)
    assert world.opened(stays)
    world.now = until
    for _ in range(3):
        world.sweep()
        world.now += timedelta(days=1)
    assert world.stored(who) == []
    assert world.key_of(who) is None

"""When a version keeps something for less time, what lies there already goes earlier, too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.catalogue import STORED
from chalicelib.jobs.rounds.model import Status
from chalicelib.notices import service as notices
from chalicelib.notices.compiler import compile_notice
from chalicelib.publications.service.activation import activate
from chalicelib.requests.store import ExportItem, export_place
from chalicelib.retention.new_dates import RESCHEDULE, reschedule, shortened
from chalicelib.storage import due, keys
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import StandingItem
from tests.examples import examples
from tests.unit.core.samples import NOW
from tests.unit.notices.changes_edits import all_of, at
from tests.unit.publications.world import AHEAD, FIRST, SECOND, World, later_version, subject_of

DAY = timedelta(days=1)
SHORTER = at("retention", "standing_end", period={"years": 2})
LONGER = at("retention", "standing_end", period={"years": 4})
AGO = NOW - timedelta(days=365)


def end_of(subject: str, world: World) -> datetime:
    _, pk, sk = place_of(subject)
    found = world.tables.one(StandingItem, pk, sk)
    assert isinstance(found.due_at, datetime)
    return found.due_at


def place_of(subject: str) -> Any:
    return subjects.standing_at(subject)


def take_effect(world: World, *edits: Any) -> None:
    world.publish(later_version(*edits))
    world.work_off()
    world.now = NOW + AHEAD
    activate()


def export(world: World, number: int, made: datetime) -> ExportItem:
    """A copy that was made for somebody, and is kept for six months."""
    pk, sk = export_place(subject_of(number), "r" * 26)
    item = ExportItem(pk=pk, sk=sk, kind="export", request="r", object="o")
    item.created_at, item.issued, item.size = made, [], 1
    item.schedule("rule", made + 182 * DAY, "created", made)
    world.tables.put(item)
    return item


def test_the_dates_of_what_it_shortens_are_moved(world: World) -> None:
    people = [world.person(number, registered_at=AGO) for number in range(20)]
    copy = export(world, 1, NOW)
    take_effect(world, SHORTER)
    world.work_off()
    rule = notices.current().rule("standing", "last_activity")
    assert {end_of(one, world) for one in people} == {rule.ends(AGO)}
    assert world.tables.one(ExportItem, copy.pk, copy.sk).due_at == copy.due_at
    stands = world.round(action=RESCHEDULE)
    assert stands is not None
    assert (stands.status, stands.totals) == (Status.COMPLETE, {"moved": len(people)})


@pytest.mark.parametrize(
    "edits", [(LONGER,), (at("retention", "session_end", period={"days": 9}),)]
)
def test_everything_else_stays_where_it_is(world: World, edits: Any) -> None:
    people = [world.person(number, registered_at=AGO) for number in range(5)]
    before = [end_of(one, world) for one in people]
    take_effect(world, *edits)
    world.work_off()
    assert [end_of(one, world) for one in people] == before


def test_an_item_of_another_event_has_another_rule(world: World) -> None:
    active = world.person(1, registered_at=NOW)
    pending = world.person(2, life=Life.PENDING, registered_at=NOW)
    _, pk, sk = place_of(pending)
    item = world.tables.one(StandingItem, pk, sk)
    item.schedule("rule", NOW + 10 * DAY, "registered", NOW)
    world.tables.put(item)
    before = end_of(active, world)
    take_effect(world, at("retention", "standing_unverified", period={"days": 3}))
    world.work_off()
    assert end_of(pending, world) == NOW + 3 * DAY
    assert end_of(active, world) == before


def test_what_lies_earlier_already_is_not_put_off(world: World) -> None:
    subject = world.person(1, registered_at=NOW)
    _, pk, sk = place_of(subject)
    item = world.tables.one(StandingItem, pk, sk)
    item.schedule("rule", NOW + 30 * DAY, "last_activity", NOW)
    world.tables.put(item)
    take_effect(world, SHORTER)
    world.work_off()
    assert end_of(subject, world) == NOW + 30 * DAY


def test_a_date_that_was_moved_meanwhile_is_left_alone(world: World) -> None:
    subject = world.person(1, registered_at=AGO)
    take_effect(world, SHORTER)
    stands = world.round(action=RESCHEDULE)
    assert stands is not None
    shard = keys.lane("rule", keys.subject(subject))
    entries, _ = due.walk(shard, None, 100)
    _, pk, sk = place_of(subject)
    item = world.tables.one(StandingItem, pk, sk)
    later = world.now + timedelta(days=3 * 365)
    item.schedule("rule", later, "last_activity", world.now)
    world.tables.put(item)
    visited = reschedule(stands, due.readable(entries))
    assert end_of(subject, world) == later
    assert visited.totals == {"moved": 0}


def test_doing_a_page_again_moves_nothing_twice(world: World) -> None:
    subject = world.person(1, registered_at=AGO)
    take_effect(world, SHORTER)
    stands = world.round(action=RESCHEDULE)
    assert stands is not None
    shard = keys.lane("rule", keys.subject(subject))
    for moved in (1, 0):
        entries, _ = due.walk(shard, None, 100)
        assert reschedule(stands, due.readable(entries)).totals == {"moved": moved}


PERIODS = st.fixed_dictionaries(
    {}, optional={"days": st.integers(1, 40), "months": st.integers(1, 14)}
).filter(bool)


@settings(max_examples=examples(20))
@given(PERIODS, PERIODS)
def test_a_rule_counts_as_shorter_just_when_it_ends_earlier(
    before: dict[str, int], after: dict[str, int]
) -> None:
    def start(document: Any) -> None:
        at("retention", "request_end", period=before)(document)

    with pytest.MonkeyPatch.context() as patch:
        world = World(patch)
        world.publish(later_version(start, version=FIRST, effective_at=NOW - 30 * DAY))
        world.publish(later_version(at("retention", "request_end", period=after)))
        old, new = notices.version(FIRST), notices.version(SECOND)
        found = {rule.id for rule in shortened(old, new)}
        was, becomes = (one.rule("request", "closed") for one in (old, new))
        days = (new.effective_at + number * DAY for number in range(366))
        shorter = any(becomes.ends(day) < was.ends(day) for day in days)
        assert found == ({"request_end"} if shorter else set())


def test_a_month_is_shorter_than_thirty_days_in_february_alone() -> None:
    old, new = (
        compile_notice(later_version(at("retention", "export_end", period=period)), STORED)
        for period in ({"days": 30}, {"months": 1})
    )
    assert [rule.id for rule in shortened(old, new)] == ["export_end"]
    assert list(shortened(new, new)) == []


def test_several_rules_at_once(world: World) -> None:
    subject, copy = world.person(1, registered_at=AGO), export(world, 1, NOW)
    take_effect(world, all_of(SHORTER, at("retention", "export_end", period={"days": 60})))
    world.work_off()
    assert end_of(subject, world) < NOW + timedelta(days=400)
    assert world.tables.one(ExportItem, copy.pk, copy.sk).due_at == NOW + 60 * DAY

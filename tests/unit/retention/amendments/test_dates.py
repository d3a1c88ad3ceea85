"""A version changes rules: the records there are follow it, counted first and moved then."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.catalogue import STORED
from chalicelib.jobs.rounds.model import Status
from chalicelib.notices import service as notices
from chalicelib.notices.compiler import compile_notice
from chalicelib.publications.service import withdrawal
from chalicelib.publications.service.activation import NotAllTold, activate
from chalicelib.retention.amendments import store
from chalicelib.retention.amendments.model import Change, amended
from chalicelib.retention.amendments.model import Status as Applies
from chalicelib.retention.amendments.service import dates
from chalicelib.retention.amendments.service.dates import RESCHEDULE, follow
from chalicelib.storage import due, keys
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import StandingItem
from tests.examples import examples
from tests.unit.core.samples import NOW
from tests.unit.notices.changes_edits import all_of, at
from tests.unit.publications.pages import FIRST_SHARD
from tests.unit.publications.world import AHEAD, SECOND, later_version
from tests.unit.retention.amendments.changing import DAY, THIRD, Changing, exports
from tests.unit.storage.tables import Killed

SHORTER = at("retention", "standing_end", period={"years": 2})
LONGER = at("retention", "standing_end", period={"years": 4})
AGO = NOW - timedelta(days=365)


def moved(world: Changing, version: str = SECOND, rule: str = "standing_end") -> int:
    stands = world.round(version, RESCHEDULE)
    assert stands is not None
    assert stands.status is Status.COMPLETE
    return stands.totals.get(f"{rule}.moved", 0)


def dated(world: Changing, number: int, since: datetime) -> str:
    """Somebody whose date is exactly the one that the rule in force gives."""
    subject = world.person(number, registered_at=since)
    _, pk, sk = subjects.standing_at(subject)
    item: StandingItem = world.tables.one(StandingItem, pk, sk)
    rule = notices.current().rule("standing", "last_activity")
    item.schedule("rule", rule.ends(since), "last_activity", since)
    world.tables.put(item)
    return subject


class TestShorter:
    def test_the_dates_of_what_it_shortens_are_moved(self, world: Changing) -> None:
        people = [world.person(number, registered_at=AGO) for number in range(20)]
        copy = world.export(1, NOW)
        before = world.date(copy)
        world.comes(SHORTER)
        world.work_off()
        rule = notices.current().rule("standing", "last_activity")
        assert {world.end_of(one) for one in people} == {rule.ends(AGO)}
        assert world.date(copy) == before
        assert moved(world) == len(people)

    def test_an_item_of_another_event_has_another_rule(self, world: Changing) -> None:
        active = world.person(1, registered_at=NOW)
        pending = world.person(2, life=Life.PENDING, registered_at=NOW)
        _, pk, sk = subjects.standing_at(pending)
        item = world.tables.one(StandingItem, pk, sk)
        item.schedule("rule", NOW + 10 * DAY, "registered", NOW)
        world.tables.put(item)
        before = world.end_of(active)
        world.comes(at("retention", "standing_unverified", period={"days": 3}))
        world.work_off()
        assert world.end_of(pending) == NOW + 3 * DAY
        assert world.end_of(active) == before

    def test_what_lies_earlier_already_is_not_put_off(self, world: Changing) -> None:
        copy = world.export(1, NOW, due_at=NOW + 30 * DAY)
        world.comes(exports(days=60))
        world.work_off()
        assert world.date(copy) == NOW + 30 * DAY

    def test_a_date_that_was_moved_meanwhile_is_left_alone(self, world: Changing) -> None:
        copy = world.export(1, NOW)
        world.comes(exports(days=60))
        for _ in range(20):
            if not world.deliver():
                world.relay()
        entries, _ = due.walk(keys.lane("rule", copy.pk), None, 100)
        world.export(1, NOW, due_at=NOW + 900 * DAY)
        stands = world.round(action=RESCHEDULE)
        assert stands is not None
        follow(stands, due.readable(entries))
        assert world.date(copy) == NOW + 900 * DAY

    def test_several_rules_at_once(self, world: Changing) -> None:
        subject, copy = world.person(1, registered_at=AGO), world.export(1, NOW)
        world.comes(all_of(SHORTER, exports(days=60)))
        world.work_off()
        assert world.end_of(subject) < NOW + 400 * DAY
        assert world.date(copy) == NOW + 60 * DAY

    def test_a_rule_without_dates_in_the_index_begins_no_round(self, world: Changing) -> None:
        world.comes(at("retention", "session_end", period={"days": 9}))
        assert world.round(action=RESCHEDULE) is None
        assert store.get_amendments(SECOND) is None


class TestLonger:
    def test_what_has_the_date_of_the_rule_before_gets_the_later_one(self, world: Changing) -> None:
        people = [dated(world, number, AGO) for number in range(5)]
        world.comes(LONGER)
        world.work_off()
        rule = notices.current().rule("standing", "last_activity")
        assert {world.end_of(one) for one in people} == {rule.ends(AGO)}
        assert moved(world) == 5

    def test_any_other_date_is_a_look_that_stays(self, world: Changing) -> None:
        copy = world.export(1, NOW, due_at=NOW + 25 * DAY)
        world.comes(exports(months=12))
        world.work_off()
        assert world.date(copy) == NOW + 25 * DAY

    def test_it_is_obeyed_from_the_first_moment(self, world: Changing) -> None:
        rule = notices.current().rule("export", "created")
        copy = world.export(1, NOW - 60 * DAY)
        ends = rule.ends(NOW - 60 * DAY)
        world.comes(exports(months=12), after=ends - NOW, noted=False)
        assert world.sweep()["kept"] == 1
        assert world.there(copy)


class TestOtherChanges:
    def test_a_new_rule_is_met_by_what_had_none(self, world: Changing) -> None:
        """The software has a rule for each of its kinds: the older version is made without one."""
        document = later_version(version=THIRD)
        after = compile_notice(document, STORED)
        rules = {k: one for k, one in after.retention.items() if one.kind != "export"}
        found = amended(replace(after, retention=rules), after)
        one = found["export", "created"]
        assert one.changes == {Change.NEW}
        assert (one.is_guarded, one.befores) == (True, (None,))
        assert one.look(NOW, NOW + 9_000 * DAY) == one.after.ends(NOW)
        assert one.at_once(NOW - 9_000 * DAY, NOW)

    def test_a_review_that_becomes_an_erasure_brings_what_waits(self, world: Changing) -> None:
        world.comes(at("retention", "export_end", then="review"))
        world.work_off()
        copy = world.export(1, NOW - 900 * DAY)
        assert world.sweep() == {"waits": 1}
        world.comes(at("retention", "export_end", then="erase"), version=THIRD, after=20 * DAY)
        assert world.rule(THIRD).changes == {Change.THEN}
        assert (world.rule(THIRD).status, world.sweep()) == (Applies.COUNTING, {})
        world.work_off()
        assert world.rule(THIRD).at_once == 1
        assert world.sweep() == {"erased": 1}
        assert not world.there(copy)

    def test_an_erasure_that_becomes_a_review_waits_for_nothing(self, world: Changing) -> None:
        copy = world.export(1, NOW)
        before = world.date(copy)
        world.comes(at("retention", "export_end", then="review"))
        assert world.rule().status is Applies.APPLIES
        world.work_off()
        assert (world.date(copy), moved(world, rule="export_end")) == (before, 0)


class TestTwoDaysThenSixty:
    def test_of_seven_two_and_sixty_each_is_met_in_its_time(self, world: Changing) -> None:
        world.comes(exports(days=7))
        world.work_off()
        coming = world.now + 20 * DAY
        young, old = (world.export(n, coming - n * DAY) for n in (1, 5))
        world.comes(exports(days=2), version=THIRD, after=20 * DAY)
        world.work_off()
        assert [world.date(one) - one.created_at for one in (young, old)] == [2 * DAY] * 2
        assert world.sweep() == {"erased": 1}
        assert (world.there(young), world.there(old)) == (True, False)
        world.comes(exports(days=60), version="2027-06-01", after=20 * DAY)
        world.work_off()
        assert world.date(young) - young.created_at == 60 * DAY

    def test_a_version_in_the_middle_of_a_round(self, world: Changing) -> None:
        """The round of a version that is not in force any more moves nothing."""
        world.comes(exports(days=300))
        world.work_off()
        copied = [world.export(number, world.now - 2 * DAY) for number in range(40)]
        world.comes(exports(days=35), version=THIRD, after=20 * DAY)
        for _ in range(20):
            if not world.deliver():
                world.relay()
        effective = world.now + 20 * DAY
        document = later_version(exports(days=90), version="2027-06-01", effective_at=effective)
        world.publish(document)
        world.now = effective
        with suppress(NotAllTold):
            activate()
        world.work_off()
        assert {world.date(one) - one.created_at for one in copied} == {90 * DAY}
        assert world.done("2027-06-01")
        assert world.sweep() == {}

    def test_a_version_whose_rules_never_applied_is_passed_over(self, world: Changing) -> None:
        """Nobody counted for it; the next one with the same rule is counted against the first."""
        copy = world.export(1, world.now - 10 * DAY)
        world.comes(exports(days=2), noted=False)
        assert world.obeyed().rule("export", "created").period.months == 6
        assert world.sweep() == {}
        world.publish(
            later_version(exports(days=2), version=THIRD, effective_at=world.now + 40 * DAY)
        )
        world.now += 40 * DAY
        assert world.rule(THIRD).status is Applies.COUNTING
        assert world.obeyed().rule("export", "created").period.months == 6
        activate()
        world.work_off()
        assert world.rule(THIRD).at_once == 1
        assert world.sweep() == {"erased": 1}
        assert not world.there(copy)


def test_a_version_that_was_called_back_moves_nothing(world: Changing) -> None:
    copy = world.export(1, world.now)
    before = world.date(copy)
    world.publish(later_version(exports(days=2)))
    withdrawal.withdraw(SECOND, "o" * 26)
    world.now += AHEAD
    assert activate() == {"activated": 0}
    world.work_off()
    assert (world.date(copy), world.round(action=RESCHEDULE)) == (before, None)
    assert world.obeyed() is notices.current()


def test_one_that_an_earlier_release_published_gets_its_record(world: Changing) -> None:
    copy = world.export(1, world.now)
    world.publish(later_version(exports(days=60)))
    world.tables.items.pop((False, keys.notice(SECOND), keys.AMENDMENTS))
    world.work_off()
    world.now = NOW + AHEAD
    activate()
    world.work_off()
    assert world.date(copy) == copy.created_at + 60 * DAY


def test_no_more_than_a_hundred_a_second(world: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(time, "sleep", pauses.append)
    first = keys.shards("rule")[0]
    numbers = [n for n in range(300) if keys.lane("rule", world.export(n, NOW).pk) == first]
    world.comes(exports(days=60))
    stands = world.round(action=RESCHEDULE)
    assert stands is not None
    world.work_off()
    assert dates.A_SECOND == 100
    assert max(pauses) <= dates.PAGE / dates.A_SECOND
    assert sum(pauses) == pytest.approx(300 / dates.A_SECOND)
    assert numbers


@pytest.mark.parametrize("edit", [exports(days=60), exports(months=12)])
@pytest.mark.parametrize("walk", [1, 2])
def test_killed_before_every_call_of_a_page_nothing_is_counted_or_moved_twice(
    world: Changing, edit: Any, walk: int
) -> None:
    for number in FIRST_SHARD[:6]:
        world.export(number, NOW)
    world.comes(edit)
    world.walk_to(walk)
    start = dict(world.tables.items)
    world.restart()
    world.steps.names.clear()
    world.page()
    calls, ends, counted = len(world.steps.names), copies(world), world.counted()
    assert calls >= 5
    for number in range(calls):
        world.tables.items = dict(start)
        world.restart()
        world.steps.kill_before(number)
        with suppress(Killed):
            world.page()
        world.restart()
        world.page()
        assert (copies(world), world.counted()) == (ends, counted), number
        assert world.rule().status in (Applies.APPLIES, Applies.COUNTING)


def copies(world: Changing) -> dict[str, Any]:
    """The dates of all copies."""
    exported = (one for one in world.tables.items.items() if "#export#" in one[0][2])
    return {place[1]: raw["due_at"] for place, raw in exported}


PERIODS = st.fixed_dictionaries(
    {}, optional={"days": st.integers(1, 40), "months": st.integers(1, 14)}
).filter(bool)


@settings(max_examples=examples(20))
@given(PERIODS, PERIODS)
def test_a_rule_counts_as_shorter_just_when_it_ends_earlier(
    before: dict[str, int], after: dict[str, int]
) -> None:
    old, new = (
        compile_notice(later_version(at("retention", "request_end", period=period)), STORED)
        for period in (before, after)
    )
    found = amended(old, new).get(("request", "closed"))
    was, becomes = (one.rule("request", "closed") for one in (old, new))
    starts = [new.effective_at + number * DAY for number in range(366)]
    shorter = any(becomes.ends(day) < was.ends(day) for day in starts)
    longer = any(becomes.ends(day) > was.ends(day) for day in starts)
    changes = found.changes if found is not None else frozenset()
    assert (Change.SHORTER in changes, Change.LONGER in changes) == (shorter, longer)
    assert (found is not None and found.is_guarded) is (shorter and not longer)


def test_a_month_is_shorter_than_thirty_days_in_february_alone() -> None:
    old, new = (
        compile_notice(later_version(exports(**period)), STORED)
        for period in ({"days": 30}, {"months": 1})
    )
    (one,) = amended(old, new).values()
    assert one.changes == {Change.SHORTER, Change.LONGER}
    assert not one.is_guarded
    assert amended(new, new) == {}

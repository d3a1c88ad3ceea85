"""A rule that would erase very many at once waits for a yes, and the rule before is obeyed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from chalicelib.audit import service as audit
from chalicelib.audit.model import Filter
from chalicelib.errors import Conflict, NotFound
from chalicelib.notices import service as notices
from chalicelib.publications.service.progress import progress
from chalicelib.retention.amendments import model
from chalicelib.retention.amendments.model import Count, Status, needs_yes
from chalicelib.subjects import service as subjects
from chalicelib.subjects.store import StandingItem
from tests.unit.core.samples import NOW, shipped
from tests.unit.notices.changes_edits import at
from tests.unit.publications.world import SECOND
from tests.unit.retention.amendments.changing import DAY, OFFICER, THIRD, Changing, exports
from tests.unit.storage.tables import Killed

OLD, YOUNG = 8, 4


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than five at once are very many."""
    monkeypatch.setattr(model, "MOST_AT_ONCE", 5)


@pytest.mark.parametrize(
    ("count", "waits"),
    [
        (Count(records=1_001, at_once=1_001), True),
        (Count(records=1_000, at_once=1_000), False),
        (Count(records=10_010, at_once=1_001), False),
        (Count(records=10_009, at_once=1_001), True),
        (Count(records=10**7, at_once=10**6), False),
        (Count(), False),
    ],
)
def test_more_than_a_thousand_and_more_than_a_tenth(count: Count, waits: bool) -> None:
    assert needs_yes(count) is waits


def begun(world: Changing, **length: int) -> list[Any]:
    """Copies of some age; two days instead of half a year; all is counted."""
    coming = world.now + 20 * DAY
    copies = [world.export(n, coming - 30 * DAY) for n in range(OLD)]
    copies += [world.export(OLD + n, coming - DAY) for n in range(YOUNG)]
    world.comes(exports(**(length or {"days": 2})))
    return copies


def left(world: Changing, copies: list[Any]) -> int:
    return sum(world.there(one) for one in copies)


@pytest.mark.usefixtures("few")
class TestWaiting:
    def test_nothing_goes_before_somebody_says_yes_and_then_all_of_it(
        self, world: Changing
    ) -> None:
        copies = begun(world)
        before = [world.date(one) for one in copies]
        world.work_off()
        found = world.rule()
        assert (found.status, found.records, found.at_once) == (Status.WAITING, 12, OLD)
        assert [world.date(one) for one in copies] == before
        for _ in range(4):
            world.now += 30 * DAY
            world.sweep()
            assert left(world, copies) == 12
        world.confirm(OLD)
        world.work_off()
        world.sweep()
        assert left(world, copies) == 0

    def test_what_comes_due_by_the_rule_before_goes_meanwhile(self, world: Changing) -> None:
        copies = begun(world)
        world.work_off()
        world.now = max(world.date(one) for one in copies)
        world.sweep()
        assert left(world, copies) == 0

    def test_what_is_made_meanwhile_has_the_short_date_and_is_put_off(
        self, world: Changing
    ) -> None:
        begun(world)
        world.work_off()
        made = world.now
        late = world.export(99, made, due_at=made + 2 * DAY)
        world.now += 3 * DAY
        world.sweep()
        assert world.there(late)
        assert world.date(late) > made + 100 * DAY
        world.confirm(OLD)
        world.work_off()
        world.sweep()
        assert not world.there(late)

    def test_a_rule_that_erases_few_does_not_wait(self, world: Changing) -> None:
        copies = begun(world, days=60)
        world.work_off()
        assert world.rule().status is Status.APPLIES
        assert left(world, copies) == 12

    def test_whoever_finds_it_wrong_publishes_another(self, world: Changing) -> None:
        copies = begun(world)
        world.work_off()
        world.comes(exports(months=6), version=THIRD, after=20 * DAY)
        world.work_off()
        assert left(world, copies) == 12
        world.now += 10 * DAY
        world.sweep()
        assert left(world, copies) == 12
        with pytest.raises(Conflict) as refused:
            world.confirm(OLD)
        assert refused.value.type == "too-late"

    def test_the_same_mistake_again_waits_again(self, world: Changing) -> None:
        copies = begun(world)
        world.work_off()
        world.comes(exports(days=2), version=THIRD, after=20 * DAY)
        world.work_off()
        assert world.rule(THIRD).status is Status.WAITING
        world.sweep()
        assert left(world, copies) == 12
        world.confirm(12, THIRD)
        world.work_off()
        world.sweep()
        assert left(world, copies) == 0

    def test_of_an_account_its_last_activity_counts(self, world: Changing) -> None:
        """Whose date in the index is old and who was here lately does not go."""
        ago = world.now - 900 * DAY
        for number in range(OLD):
            subject = world.person(number, registered_at=ago)
            if number < 6:
                _, pk, sk = subjects.standing_at(subject)
                item = world.tables.one(StandingItem, pk, sk)
                item.last_activity_at = world.now
                world.tables.put(item)
        world.comes(at("retention", "standing_end", period={"years": 1}, then="erase"))
        world.work_off()
        found = world.rule(rule="standing_end")
        assert (found.records, found.at_once, found.status) == (OLD, 2, Status.APPLIES)


@pytest.mark.usefixtures("few")
class TestYes:
    def test_is_recorded_and_the_same_again_changes_nothing(self, world: Changing) -> None:
        begun(world)
        world.work_off()
        world.confirm(OLD)
        assert world.rule().confirmed_at == world.now
        before = dict(world.tables.items)
        world.confirm(OLD)
        assert world.tables.items == before
        entries = audit.listed(Filter(), None, 10, shipped()).entries
        assert [(one.action, one.by) for one in entries] == [("rule_confirmed", OFFICER)]

    def test_of_another_number_is_refused(self, world: Changing) -> None:
        begun(world)
        world.work_off()
        with pytest.raises(Conflict):
            world.confirm(OLD - 1)
        assert world.rule().status is Status.WAITING

    def test_before_the_records_are_counted_is_refused(self, world: Changing) -> None:
        begun(world)
        with pytest.raises(Conflict) as refused:
            world.confirm(OLD)
        assert refused.value.type == "not-ready"

    @pytest.mark.parametrize(("version", "rule"), [(SECOND, "request_end"), (THIRD, "export_end")])
    def test_of_no_such_rule_is_not_found(self, world: Changing, version: str, rule: str) -> None:
        begun(world)
        world.work_off()
        with pytest.raises(NotFound):
            world.confirm(OLD, version, rule)

    def test_where_none_is_needed_is_not_found(self, world: Changing) -> None:
        begun(world, days=60)
        world.work_off()
        with pytest.raises(NotFound):
            world.confirm(0)

    def test_two_at_once_begin_one_round(self, world: Changing) -> None:
        copies = begun(world)
        world.work_off()
        world.steps.meanwhile["commit"] = [lambda: world.confirm(OLD)]
        world.confirm(OLD)
        assert len(audit.listed(Filter(), None, 10, shipped()).entries) == 1
        world.work_off()
        world.sweep()
        assert left(world, copies) == YOUNG

    @pytest.mark.parametrize("step", range(9))
    def test_that_dies_at_any_call_is_whole_or_nothing(self, world: Changing, step: int) -> None:
        copies = begun(world)
        world.work_off()
        world.steps.kill_before(step)
        with suppress(Killed):
            world.confirm(OLD)
        world.restart()
        found = world.rule()
        assert (found.status is Status.APPLIES) is bool(world.jobs())
        world.confirm(OLD)
        world.work_off()
        world.sweep()
        assert left(world, copies) == YOUNG


@pytest.mark.usefixtures("few")
def test_killed_before_every_call_of_the_page_that_decides_it_waits(world: Changing) -> None:
    copies = begun(world)
    world.walk_to(2)
    start = dict(world.tables.items)
    world.restart()
    world.steps.names.clear()
    world.page()
    for number in range(len(world.steps.names)):
        world.tables.items = dict(start)
        world.restart()
        world.steps.kill_before(number)
        with suppress(Killed):
            world.page()
        world.restart()
        world.page()
        found = world.rule()
        assert (found.status, found.records, found.at_once) == (Status.WAITING, 12, OLD), number
        world.sweep()
        assert left(world, copies) == 12


@pytest.mark.usefixtures("few")
def test_the_progress_tells_what_is_moved_left_and_waits(world: Changing) -> None:
    begun(world)
    shown = progress(SECOND)
    assert shown is not None
    assert (shown["dates"]["status"], shown["dates"]["rules"][0]["status"]) == (
        "running",
        "counting",
    )
    world.work_off()
    shown = progress(SECOND)
    assert shown is not None
    told = shown["dates"]
    assert (told["status"], told["moved"], told["left"], told["waiting"]) == ("complete", 0, 0, OLD)
    assert told["rules"][0] == {
        "rule": "export_end",
        "kind": "export",
        "event": "created",
        "changes": ["shorter"],
        "status": "waiting",
        "records": 12,
        "moves": 12,
        "moved": 0,
        "at_once": OLD,
        "confirmed_at": None,
    }
    world.confirm(OLD)
    world.work_off()
    shown = progress(SECOND)
    assert shown is not None
    told = shown["dates"]
    assert (told["moved"], told["left"], told["waiting"]) == (12, 0, 0)
    assert progress(notices.current().version) is not None
    assert progress("2020-01-01") is None
    assert world.now > NOW

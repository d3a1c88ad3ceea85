"""The pages of a round as jobs: twice, late, at once and broken off, each counts once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.jobs.model import FIRST_CHECK, Task
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds.model import LEFT, MOST_PASSES, Deferred, Round, Status, Visited
from chalicelib.jobs.rounds.service import GivenUp, Plan
from chalicelib.jobs.rounds.store import RoundItem
from chalicelib.storage import keys
from chalicelib.storage.due import Due
from chalicelib.storage.keys import LANES
from chalicelib.storage.transaction import ConditionFailed
from tests.unit.core.samples import NOW, shipped
from tests.unit.publications.world import World
from tests.unit.storage.tables import Killed

ABOUT, ACTION, TARGET = "2027-01-01", "count", "digest"


class Visitor:
    """Notes whom it visits; answers as it was told to."""

    def __init__(self) -> None:
        self.visited: list[list[str]] = []
        self.answers: list[Visited | Deferred] = []
        self.meanwhile: Any = None

    def __call__(self, stands: Round, entries: Sequence[Due]) -> Visited | Deferred:
        self.visited.append([keys.subject_of(one.pk) for one in entries if one.kind == "standing"])
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return self.answers.pop(0) if self.answers else Visited({"seen": len(entries)}, {})

    @property
    def everybody(self) -> list[str]:
        return [subject for page in self.visited for subject in page]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def plans(world: World, visitor: Visitor) -> Mapping[str, Plan]:
    begin(world)
    return {ACTION: Plan(visitor, page=3, passes=1)}


def begin(world: World, target: str = TARGET) -> None:
    write: Any = world.tables.transaction(shipped())
    rounds.begin(write, ABOUT, ACTION, target, shipped(), world.now)
    write.commit()


def stands() -> Round:
    found = rounds.find(ABOUT, ACTION)
    assert found is not None
    return found


def task(world: World) -> Task:
    """The job that was asked for last."""
    job = max(world.jobs(), key=lambda job: int(job.target.split(" ")[3]))
    return Task(job.subject, job.action, job.target)


def work_off(world: World, plans: Mapping[str, Plan]) -> None:
    while stands().status is Status.RUNNING:
        rounds.do_page(task(world), plans, shipped())


def test_everybody_is_visited_in_pages(
    world: World, visitor: Visitor, plans: Mapping[str, Plan]
) -> None:
    people = {world.person(number) for number in range(60)}
    work_off(world, plans)
    assert sorted(visitor.everybody) == sorted(people)
    assert max(map(len, visitor.visited)) == 3
    found = stands()
    assert (found.status, found.finished_at, found.cursor) == (Status.COMPLETE, NOW, None)
    assert found.step == len(visitor.visited) > 20


def test_a_page_that_was_done_is_left_alone(
    world: World, visitor: Visitor, plans: Mapping[str, Plan]
) -> None:
    first = task(world)
    rounds.do_page(first, plans, shipped())
    before, sent = dict(world.tables.items), list(world.sqs.bodies)
    rounds.do_page(first, plans, shipped())
    assert len(visitor.visited) == 1
    assert (world.tables.items, world.sqs.bodies) == (before, sent)


def test_the_job_of_an_earlier_round_does_nothing(
    world: World, visitor: Visitor, plans: Mapping[str, Plan]
) -> None:
    first = task(world)
    rounds.do_page(first, plans, shipped())
    begin(world, "another digest")
    assert (stands().target, stands().step, stands().totals) == ("another digest", 0, {})
    rounds.do_page(first, plans, shipped())
    assert len(visitor.visited) == 1


def test_a_round_that_was_forgotten_does_nothing(
    world: World, visitor: Visitor, plans: Mapping[str, Plan]
) -> None:
    first = task(world)
    world.tables.items.clear()
    rounds.do_page(first, plans, shipped())
    assert visitor.visited == []


def test_of_two_workers_at_one_page_one_goes_on(
    world: World, visitor: Visitor, plans: Mapping[str, Plan]
) -> None:
    first = task(world)
    visitor.meanwhile = lambda: rounds.do_page(first, plans, shipped())
    rounds.do_page(first, plans, shipped())
    assert len(visitor.visited) == 2, "a page has to stand being visited twice"
    assert stands().step == 1
    assert sum(job.target.endswith(" 1") for job in world.jobs()) == 1
    assert len(world.sqs.bodies) == 1


def test_a_round_begun_anew_meanwhile_is_not_taken_a_step_further(
    world: World, visitor: Visitor, plans: Mapping[str, Plan]
) -> None:
    visitor.meanwhile = lambda: begin(world, "another digest")
    rounds.do_page(task(world), plans, shipped())
    assert (stands().target, stands().step) == ("another digest", 0)


def test_of_two_that_begin_at_once_one_does(world: World, plans: Mapping[str, Plan]) -> None:
    world.steps.meanwhile["commit"] = [lambda: begin(world, "first")]
    with pytest.raises(ConditionFailed) as failed:
        begin(world, "second")
    assert failed.value.labels == {"round"}
    assert stands().target == "first"


def test_wherever_a_worker_dies_the_page_is_done_again_and_the_chain_does_not_break(
    world: World, visitor: Visitor, plans: Mapping[str, Plan]
) -> None:
    people = {world.person(number) for number in range(20)}
    world.steps.names.clear()
    rounds.do_page(task(world), plans, shipped())
    calls = len(world.steps.names)
    assert calls == 4  # the round, the page, the step and its job, the message
    for number in range(calls):
        step = stands().step
        world.steps.kill_before(number)
        with pytest.raises(Killed):
            rounds.do_page(task(world), plans, shipped())
        world.restart()
        committed = stands().step - step
        assert committed == (number == 3)
        assert task(world).target.endswith(f" {stands().step}"), "the relay finds the next job"
    work_off(world, plans)
    assert set(visitor.everybody) == people


def test_a_deferred_page_waits_and_is_the_relays(
    world: World, visitor: Visitor, plans: Mapping[str, Plan]
) -> None:
    people = sorted(world.person(number) for number in range(30))
    visitor.answers = [Deferred(timedelta(hours=1), {"seen": 1})]
    rounds.do_page(task(world), plans, shipped())
    assert world.sqs.bodies == []
    job = max(world.jobs(), key=lambda job: job.target)
    assert job.due_at == NOW + timedelta(hours=1)
    assert stands().totals == {"seen": 1}
    work_off(world, plans)
    assert visitor.visited[0] == visitor.visited[1], "the same page again"
    assert sorted(visitor.everybody[len(visitor.visited[0]) :]) == people


def test_a_page_that_may_follow_at_once_is_sent_and_looked_after(
    world: World, plans: Mapping[str, Plan]
) -> None:
    rounds.do_page(task(world), plans, shipped())
    job = max(world.jobs(), key=lambda job: job.target)
    assert job.due_at == NOW + FIRST_CHECK
    assert len(world.sqs.bodies) == 1


def test_giving_up_is_loud_once(world: World, visitor: Visitor, plans: Mapping[str, Plan]) -> None:
    (item,) = world.tables.all(RoundItem)
    item.pass_number, item.shard = MOST_PASSES, LANES - 1
    world.tables.put(item)
    last = task(world)
    visitor.answers = [Visited({}, {LEFT: 1})]
    with pytest.raises(GivenUp):
        rounds.do_page(last, plans, shipped())
    assert stands().status is Status.GIVEN_UP
    rounds.do_page(last, plans, shipped())
    assert len(visitor.visited) == 1


def test_what_it_remembers_goes_with_time_and_its_cursor_with_its_end(
    world: World, plans: Mapping[str, Plan]
) -> None:
    for number in range(60):
        world.person(number)
    cursors = []
    while stands().status is Status.RUNNING:
        rounds.do_page(task(world), plans, shipped())
        cursors.append(stands().cursor)
    assert any(cursors), "some shard has more than one page"
    assert cursors[-1] is None
    (item,) = world.tables.all(RoundItem)
    assert item.due_at == shipped().rule("round", "created").ends(NOW)
    assert (item.due_event, item.due_since) == ("created", NOW)

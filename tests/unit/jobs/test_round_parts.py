"""A round in parts: all shards at once, each by itself, and together as one round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.jobs.rounds import model
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds.model import BETWEEN_PASSES, LEFT, Deferred, Round, Status, Visited
from chalicelib.jobs.rounds.service import Plan
from chalicelib.jobs.rounds.store import RoundItem
from chalicelib.jobs.store import JobItem
from chalicelib.storage import keys
from chalicelib.storage.due import Due
from chalicelib.storage.keys import LANES
from chalicelib.storage.transaction import Transaction
from tests.examples import examples
from tests.unit.core.samples import NOW, shipped
from tests.unit.publications.world import World
from tests.unit.storage.tables import Killed

ABOUT, ACTION, TARGET = "2027-01-01", "announce", "2026-01-01"


class Visitor:
    """Notes whom it visits, by pass and shard; answers as it was told to."""

    def __init__(self) -> None:
        self.visited: list[tuple[int, int, str]] = []
        self.answers: dict[int, Visited | Deferred] = {}

    def __call__(self, stands: Round, entries: Sequence[Due]) -> Visited | Deferred:
        found = [keys.subject_of(one.pk) for one in entries if one.kind == "standing"]
        assert stands.part == stands.shard
        self.visited += [(stands.pass_number, stands.shard, one) for one in found]
        return self.answers.pop(stands.shard, Visited({"seen": len(found)}, {"met": len(found)}))

    def met(self, number: int) -> list[str]:
        return sorted(one for passed, _, one in self.visited if passed == number)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def plans(world: World, visitor: Visitor) -> Mapping[str, Plan]:
    begin(world)
    return {ACTION: Plan(visitor, page=3, passes=2, parallel=True)}


def begin(world: World, target: str = TARGET) -> None:
    write: Any = world.tables.transaction(shipped())
    rounds.begin(write, ABOUT, ACTION, target, shipped(), world.now)
    write.commit()


def stands() -> Round:
    found = rounds.find(ABOUT, ACTION)
    assert found is not None
    return found


def work(job: JobItem, plans: Mapping[str, Plan]) -> None:
    """A worker does a job, which is gone after it."""
    rounds.do_page(Task(job.subject, job.action, job.target), plans, shipped())
    jobs.finish(job)


def spread(world: World, plans: Mapping[str, Plan]) -> list[JobItem]:
    """The jobs of the parts, by shard."""
    (first,) = world.jobs()
    work(first, plans)
    return sorted(world.jobs(), key=lambda job: int(job.target.split(" ")[4]))


def work_off(world: World, plans: Mapping[str, Plan]) -> None:
    while found := world.jobs():
        for job in found:
            work(job, plans)


def test_all_shards_begin_at_once_in_one_transaction(
    world: World, plans: Mapping[str, Plan]
) -> None:
    world.steps.names.clear()
    asked = spread(world, plans)
    assert world.steps.names[:4] == ["get", "commit", "sqs.batch", "sqs.batch"]
    assert [job.target for job in asked] == [
        f"{ABOUT} {ACTION} {TARGET} 0 {shard}" for shard in range(LANES)
    ]
    assert len(world.sqs.bodies) == LANES
    assert len(world.tables.all(RoundItem)) == LANES + 1


def test_everybody_is_visited_once_a_pass_each_in_their_shard(
    world: World, visitor: Visitor, plans: Mapping[str, Plan]
) -> None:
    people = sorted(world.person(number) for number in range(60))
    work_off(world, plans)
    assert visitor.met(1) == visitor.met(2) == people
    found = stands()
    assert (found.status, found.pass_number, found.finished_at) == (Status.COMPLETE, 2, NOW)
    assert (found.totals, found.latest) == ({"seen": 120}, {"met": 60})


def test_a_shard_does_not_wait_for_the_others(
    world: World, visitor: Visitor, plans: Mapping[str, Plan]
) -> None:
    for number in range(40):
        world.person(number)
    asked = spread(world, plans)
    visitor.answers = {0: Deferred(timedelta(hours=1))}
    work(asked[0], plans)
    for job in asked[1:]:
        work(job, plans)
    found = stands()
    assert (found.status, found.pass_number) == (Status.RUNNING, 1)
    assert len({shard for _, shard, _ in visitor.visited} - {0}) > LANES / 2
    waiting = [job for job in world.jobs() if job.target.endswith(" 1 0")]
    assert [job.due_at for job in waiting] == [NOW + timedelta(hours=1)]


def test_passes_of_a_shard_lie_apart(world: World, plans: Mapping[str, Plan]) -> None:
    asked = spread(world, plans)
    work(asked[5], plans)
    (again,) = [job for job in world.jobs() if job.target.endswith(" 1 5")]
    assert again.due_at == NOW + BETWEEN_PASSES


@pytest.mark.parametrize("number", range(4))
def test_wherever_the_worker_that_spreads_dies_no_shard_is_lost(
    world: World, visitor: Visitor, plans: Mapping[str, Plan], number: int
) -> None:
    people = sorted(world.person(number) for number in range(30))
    (first,) = world.jobs()
    world.steps.kill_before(number)
    with pytest.raises(Killed):
        work(first, plans)
    world.restart()
    work_off(world, plans)
    assert visitor.met(1) == people
    assert stands().status is Status.COMPLETE


def test_of_two_workers_that_spread_it_one_does(world: World, plans: Mapping[str, Plan]) -> None:
    (first,) = world.jobs()
    task = Task(first.subject, first.action, first.target)
    world.steps.meanwhile["commit"] = [lambda: rounds.do_page(task, plans, shipped())]
    rounds.do_page(task, plans, shipped())
    assert len(world.jobs()) == 1 + LANES
    assert len(world.sqs.bodies) == LANES


def test_a_round_that_was_stopped_stops_in_every_shard(
    world: World, visitor: Visitor, plans: Mapping[str, Plan]
) -> None:
    for number in range(30):
        world.person(number)
    asked = spread(world, plans)
    work(asked[0], plans)
    before = list(visitor.visited)
    write: Transaction = world.tables.transaction(shipped())  # type: ignore[assignment]
    rounds.stop(write, ABOUT, ACTION, NOW)
    write.commit()
    work_off(world, plans)
    assert visitor.visited == before
    assert stands().status is Status.STOPPED


def test_a_round_that_is_over_is_not_stopped(world: World, plans: Mapping[str, Plan]) -> None:
    work_off(world, plans)
    write: Transaction = world.tables.transaction(shipped())  # type: ignore[assignment]
    rounds.stop(write, ABOUT, ACTION, NOW)
    assert stands().status is Status.COMPLETE


def test_a_round_begun_anew_begins_with_fresh_parts(
    world: World, visitor: Visitor, plans: Mapping[str, Plan]
) -> None:
    people = sorted(world.person(number) for number in range(20))
    work_off(world, plans)
    begin(world)
    assert (stands().status, stands().totals) == (Status.RUNNING, {})
    visitor.visited.clear()
    work_off(world, plans)
    assert visitor.met(1) == people
    assert stands().totals == {"seen": 40}


def test_a_round_that_an_earlier_release_began_goes_on_as_one_chain(
    world: World, visitor: Visitor
) -> None:
    people = sorted(world.person(number) for number in range(20))
    begin(world)
    seen: list[str] = []

    def visit(_: Round, entries: Sequence[Due]) -> Visited:
        seen.extend(keys.subject_of(one.pk) for one in entries if one.kind == "standing")
        return Visited({}, {})

    (first,) = world.jobs()
    work(first, {ACTION: Plan(visit, page=3, passes=1)})
    work_off(world, {ACTION: Plan(visit, page=3, passes=1, parallel=True)})
    assert sorted(seen) == people
    assert len(world.tables.all(RoundItem)) == 1


COUNTS = st.dictionaries(st.sampled_from(["sent", LEFT, "met"]), st.integers(0, 5))
PARTS = st.lists(
    st.tuples(st.sampled_from([Status.RUNNING, Status.COMPLETE, Status.GIVEN_UP]), COUNTS),
    min_size=LANES,
    max_size=LANES,
)


@settings(max_examples=examples(100))
@given(PARTS)
def test_together_parts_say_what_one_round_would(
    given_parts: list[tuple[Status, dict[str, int]]],
) -> None:
    whole = replace(model.begun(ABOUT, ACTION, TARGET, NOW), step=1, parts=LANES)
    parts = [
        replace(
            one,
            status=status,
            totals=counts,
            latest=counts,
            finished_at=None if status is Status.RUNNING else NOW,
        )
        for one, (status, counts) in zip(model.parts_of(whole, NOW), given_parts, strict=True)
    ]
    found = model.together(whole, parts)
    statuses = {status for status, _ in given_parts}
    assert (found.status is Status.RUNNING) == (Status.RUNNING in statuses)
    assert (found.status is Status.COMPLETE) == (statuses == {Status.COMPLETE})
    assert (found.finished_at is None) == (found.status is Status.RUNNING)
    for name in ("sent", LEFT, "met"):
        assert found.totals.get(name, 0) == sum(counts.get(name, 0) for _, counts in given_parts)
    few = model.together(whole, parts[1:])
    assert few.status is Status.RUNNING, "a part that is not there yet is not done"

"""What a system gives after the answer is given to the person, in a copy that is made anew."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.jobs.model import LEASE, Task
from chalicelib.requests.service import fulfilment, messages, view
from chalicelib.requests.store import ExportItem, export_place
from chalicelib.subjects.model import Life
from functions.kinds import registry
from tests.unit.copies.samples import unpacked
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.storage.tables import Killed
from tests.unit.systems.world import ARCHIVE, DAY, PARTNER, RECORD, World

LATE = NOW + 10 * DAY


def completed(world: World) -> str:
    """A copy that was made without two systems."""
    request = world.ask("copy")
    world.now = LATE
    world.watch()
    fulfilment.fulfil_copy(Task(SUBJECT, "copy", request), world.notice, registry())
    assert world.request(request).status == "completed"
    return request


def give(world: World, request: str) -> None:
    """One of them answers after all."""
    world.give(request, PARTNER, "data", records=(RECORD,))


def supplement(world: World, request: str) -> list[str]:
    """The fulfilment function makes the copy anew; which mails are asked for."""
    task = Task(SUBJECT, "supplement", request)
    return [job.action for job in fulfilment.supplement(task, world.notice, registry())]


def given(world: World, request: str) -> dict[str, Any]:
    """What the copy that is on record holds of each system."""
    found = world.tables.one(ExportItem, *export_place(SUBJECT, request))
    assert [key for key in world.s3.objects if key.startswith("exports/")] == [found.object]
    body = world.s3.objects[found.object]
    assert found.size == len(body)
    return {one["system"]: one["items"] for one in unpacked(body).data["systems"]}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_what_comes_late_is_in_a_new_copy_and_the_person_is_told(world: World) -> None:
    request = completed(world)
    assert given(world, request) == {ARCHIVE: [], PARTNER: []}
    give(world, request)
    assert [job.action for job in world.of_queue("fulfilment")] == ["copy", "supplement"]
    assert supplement(world, request) == ["request_outcome"]
    assert given(world, request) == {ARCHIVE: [], PARTNER: [RECORD]}


def test_nothing_more_comes_of_an_answer_without_data(world: World) -> None:
    request = completed(world)
    world.give(request, PARTNER, "nothing")
    assert [job.action for job in world.of_queue("fulfilment")] == ["copy"]


def test_a_request_that_is_open_again_gives_it_with_its_answer(world: World) -> None:
    request = completed(world)
    give(world, request)
    messages.dispute(world.signed_in(), request, None, world.notice)
    assert supplement(world, request) == []
    assert world.events(request)[-1] == "dispute"


def test_nobody_gets_a_copy_of_somebody_who_is_being_erased(world: World) -> None:
    request = completed(world)
    give(world, request)
    world.stop(Life.ERASING)
    assert supplement(world, request) == []


def test_the_copy_that_is_on_record_is_there_all_the_time(world: World) -> None:
    """Until the new record is written, the earlier body lies where the earlier record says."""
    request = completed(world)
    give(world, request)
    before = world.tables.one(ExportItem, *export_place(SUBJECT, request))
    body, seen = world.s3.objects[before.object], list[bytes]()
    world.steps.meanwhile["commit"] = [lambda: seen.append(world.s3.objects[before.object])]
    supplement(world, request)
    assert seen == [body]
    after = world.tables.one(ExportItem, *export_place(SUBJECT, request))
    assert after.object != before.object
    assert given(world, request) == {ARCHIVE: [], PARTNER: [RECORD]}


def test_of_two_that_are_renewed_at_once_each_leaves_a_body_with_its_record(world: World) -> None:
    request = completed(world)
    give(world, request)
    world.steps.meanwhile["commit"] = [lambda: supplement(world, request)]
    supplement(world, request)
    assert given(world, request) == {ARCHIVE: [], PARTNER: [RECORD]}


def test_what_a_killed_worker_left_of_a_request_that_is_over_goes(world: World) -> None:
    request = world.ask("port")
    item = world.item(request)
    item.waits_until = item.waiting = None
    item.sealed_fields = frozenset()
    world.tables.put(item)
    task = Task(SUBJECT, "port", request)
    world.steps.meanwhile["s3.put"] = [lambda: world.steps.kill_before(0)]
    with pytest.raises(Killed):
        fulfilment.fulfil_copy(task, world.notice, registry())
    world.steps.revive()
    assert len(world.s3.objects) == 1
    view.cancel(world.signed_in(), request, world.notice)
    world.now += LEASE
    assert fulfilment.fulfil_copy(task, world.notice, registry()) == []
    assert world.s3.objects == {}


def test_however_it_breaks_off_it_is_made_good() -> None:
    died = [_dies_at(number) for number in range(40)]
    assert died.index(False) > 3


def _dies_at(number: int) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        world = World(patch)
        request = completed(world)
        give(world, request)
        world.steps.kill_before(number)
        died = False
        try:
            supplement(world, request)
        except Killed:
            died = True
        world.steps.revive()
        if died:
            world.now += LEASE
            assert supplement(world, request) == ["request_outcome"]
        assert given(world, request) == {ARCHIVE: [], PARTNER: [RECORD]}
    return died

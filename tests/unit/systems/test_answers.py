"""What a system answers: once, for itself alone, what the notice lets it hold, and late too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.api_keys import service as api_keys
from chalicelib.errors import Conflict, Forbidden, NotFound, Unauthenticated, Unprocessable
from chalicelib.requests.casework import Act
from chalicelib.requests.machine import Action
from chalicelib.requests.service import answers, casework
from chalicelib.subjects.model import Life
from chalicelib.systems.model import Answer, Status
from chalicelib.systems.service.supplements import supplements
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.requests.world import D
from tests.unit.systems.world import ARCHIVE, DAY, PARTNER, RECORD, World

DESK = "d" * 26


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_an_answer_is_recorded_with_who_and_when(world: World) -> None:
    request = world.ask("copy")
    world.now += DAY
    given = world.give(request, PARTNER, "nothing")
    assert (given.status, given.late, given.place) == (Status.NOTHING, False, None)
    found = world.question(request, PARTNER)
    assert (found.status, found.answered_at, found.late) == (Status.NOTHING, NOW + DAY, False)
    entry = world.request(request).history[-1]
    assert (entry.event, entry.by, entry.reason) == ("system_answered", "system", PARTNER)
    assert world.item(request).waiting == ARCHIVE
    assert world.of_queue("fulfilment") == []


def test_the_last_answer_sends_the_copy(world: World) -> None:
    request = world.ask("copy")
    world.give(request, PARTNER, "nothing")
    world.give(request, ARCHIVE, "data", records=(RECORD,))
    assert [job.action for job in world.of_queue("fulfilment")] == ["copy"]
    item = world.item(request)
    assert item.waiting is None
    assert item.waits_until is None


def test_data_is_sealed_and_read_for_the_copy(world: World) -> None:
    request = world.ask("copy")
    world.give(request, ARCHIVE, "data", records=(RECORD, {**RECORD, "recorded_at": "2020-01-01"}))
    raw = repr(world.tables.items)
    assert "Ada" not in raw
    found = {one.system: one for one in supplements(SUBJECT, request)}
    assert list(found[ARCHIVE].records) == [RECORD, {**RECORD, "recorded_at": "2020-01-01"}]
    assert found[ARCHIVE].status is Status.DATA
    assert (found[PARTNER].status, list(found[PARTNER].records)) == (None, [])


@pytest.mark.parametrize(
    "members",
    [
        {"status": "nothing"},
        {"status": "done"},
        {"status": "refused", "ground": "others_data"},
        {"status": "data", "records": (RECORD,)},
    ],
)
def test_the_same_again_changes_nothing_and_another_is_refused(
    world: World, members: dict[str, Any]
) -> None:
    request = world.ask("copy")
    world.give(request, PARTNER, **members)
    before = dict(world.tables.items)
    world.now += DAY
    assert world.give(request, PARTNER, **members).status == members["status"]
    assert world.tables.items == before
    others: list[dict[str, Any]] = [
        {"status": "nothing"},
        {"status": "refused", "ground": "not_identified"},
        {"status": "data", "records": (RECORD, RECORD)},
        {"status": "data", "records": ({"category": "identity", "fields": {"name": "Eve"}},)},
    ]
    for other in others:
        if other != members:
            with pytest.raises(Conflict) as refused:
                world.give(request, PARTNER, **other)
            assert refused.value.type == "answered-already"
    assert world.tables.items == before


def test_a_key_answers_for_its_own_recipient_alone(world: World) -> None:
    request = world.ask("copy")
    before = dict(world.tables.items)
    answer = Answer(ARCHIVE, Status.NOTHING)
    with pytest.raises(Forbidden):
        answers.give(world.keys[PARTNER], request, answer, world.notice)
    other = api_keys.create("website", {"disclosures"})[1]
    with pytest.raises(Forbidden):
        answers.give(other, request, Answer(ARCHIVE, Status.NOTHING), world.notice)
    with pytest.raises(Unauthenticated):
        answers.give(None, request, Answer(ARCHIVE, Status.NOTHING), world.notice)
    assert {key: raw for key, raw in world.tables.items.items() if key in before} == before


def test_unknown_requests_and_those_that_asked_nobody_are_not_there(world: World) -> None:
    for request in ("z" * 26, world.ask("erase")):
        with pytest.raises(NotFound):
            world.give(request, PARTNER, "nothing")


def test_a_ground_has_to_fit_the_right(world: World) -> None:
    request = world.ask("copy")
    with pytest.raises(Conflict) as refused:
        world.give(request, PARTNER, "refused", ground="claims")
    assert refused.value.type == "ground-not-allowed"
    world.give(request, PARTNER, "refused", ground="others_data")
    assert world.question(request, PARTNER).ground == "others_data"


def test_data_is_for_copies_and_of_what_was_asked(world: World) -> None:
    request = world.ask("restrict", categories=("identity",))
    with pytest.raises(Unprocessable) as refused:
        world.give(request, PARTNER, "data", records=(RECORD,))
    assert [one.pointer for one in refused.value.findings] == ["/status"]
    copy = world.ask("copy")
    records = (RECORD, {"category": "device", "fields": {"ip_address": "::1"}})
    with pytest.raises(Unprocessable) as refused:
        world.give(copy, PARTNER, "data", records=records)
    assert [one.pointer for one in refused.value.findings] == ["/records/1/category"]


def test_what_comes_late_is_kept_as_a_supplement(world: World) -> None:
    request = world.ask("copy")
    world.now = NOW + 10 * DAY
    world.watch()
    assert world.give(request, ARCHIVE, "data", records=(RECORD,)).late
    assert world.question(request, ARCHIVE).late
    assert world.item(request).waiting == PARTNER
    found = {one.system: one for one in supplements(SUBJECT, request)}
    assert found[ARCHIVE].late


def test_a_closed_request_keeps_what_comes(world: World) -> None:
    request = world.ask("restrict")
    casework.act(DESK, request, Act(Action.COMPLETE), world.notice)
    closed_at = world.item(request).completed_at
    assert world.give(request, PARTNER, "done").late
    item = world.item(request)
    assert (item.status, item.completed_at) == ("completed", closed_at)
    assert world.request(request).outcome == "completed"


def test_no_data_comes_to_somebody_who_is_being_erased(world: World) -> None:
    request = world.ask("copy")
    world.stop(Life.ERASING)
    with pytest.raises(NotFound):
        world.give(request, PARTNER, "data", records=(RECORD,))
    assert world.stored()[1] == []
    world.give(request, PARTNER, "nothing")


def test_two_answers_at_once_leave_nobody_waiting(world: World) -> None:
    request = world.ask("copy")
    world.steps.meanwhile = {"commit": [lambda: world.give(request, ARCHIVE, "nothing")]}
    world.give(request, PARTNER, "nothing")
    assert world.item(request).waiting is None
    assert [job.action for job in world.of_queue("fulfilment")] == ["copy"]
    assert world.events(request)[1:] == ["system_answered"] * 2


def test_of_two_answers_of_one_system_at_once_one_counts(world: World) -> None:
    request = world.ask("copy")
    world.steps.meanwhile = {"commit": [lambda: world.give(request, PARTNER, "nothing")]}
    with pytest.raises(Conflict):
        world.give(request, PARTNER, "done")
    assert world.question(request, PARTNER).status is Status.NOTHING
    assert world.events(request) == ["submit", "system_answered"]


def test_an_answer_to_a_paused_request_lets_it_go_on_when_it_does(world: World) -> None:
    request = world.ask("copy")
    world.act(request, Action.PAUSE, D, "clarification")
    for name in (ARCHIVE, PARTNER):
        world.give(request, name, "nothing")
    assert world.of_queue("fulfilment") == []
    world.now += timedelta(hours=1)
    casework.act(DESK, request, Act(Action.RESUME), world.notice)
    world.watch()
    assert [job.action for job in world.of_queue("fulfilment")] == ["copy"]
    assert "system_silent" not in world.events(request)

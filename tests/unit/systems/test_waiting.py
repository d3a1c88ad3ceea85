"""A request waits for other systems, and not for ever: what it does without them, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.jobs.model import Task
from chalicelib.requests.casework import Act
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Action
from chalicelib.requests.model import Asked, Channel, Received, timed
from chalicelib.requests.presentation import request_shown
from chalicelib.requests.service import casework, fulfilment, mailroom, messages, view
from chalicelib.systems.model import AGAIN_MOST, Status
from functions.kinds import registry
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.requests.world import D
from tests.unit.systems.world import ARCHIVE, DAY, PARTNER, World

DESK = "d" * 26


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_nothing_happens_before_the_longest_time_is_over(world: World) -> None:
    request = world.ask("copy")
    world.now = NOW + 5 * DAY - timedelta(seconds=1)
    assert world.watch() == {}
    world.now = NOW + 10 * DAY - timedelta(seconds=1)
    assert "go_on" not in world.watch()
    world.now = NOW + 10 * DAY
    assert world.watch()["go_on"] == 1
    assert world.events(request) == ["submit", "system_silent", "system_silent"]
    assert [one.reason for one in world.request(request).history[1:]] == [ARCHIVE, PARTNER]
    assert [job.action for job in world.of_queue("fulfilment")] == ["copy"]
    assert world.item(request).waiting == f"{ARCHIVE} {PARTNER}"
    world.now += DAY
    assert "go_on" not in world.watch()


def test_it_goes_on_three_days_before_the_due_day_at_the_latest(world: World) -> None:
    request = world.ask("copy")
    item = world.item(request)
    item.waits_until = NOW + 300 * DAY
    found = timed(world.request(request), world.notice, NOW)
    calendar = calendar_of(*world.notice.working_days)
    world.tables.put(item)
    last = calendar.last_moment(found.deadline.due_on - timedelta(days=4))
    world.now = last
    world.watch()
    world.now = last + timedelta(hours=1)
    while world.item(request).waits_until is not None:
        world.watch()
        world.now += timedelta(hours=1)
        assert world.now < found.deadline.due_at - 2 * DAY


def test_who_did_not_answer_is_named_to_person_and_desk(world: World) -> None:
    request = world.ask("copy")
    world.give(request, ARCHIVE, "nothing")
    world.now = NOW + 10 * DAY
    world.watch()
    shown = request_shown(view.get(world.signed_in(), request, world.notice))
    history = shown["history"]
    assert isinstance(history, list)
    name = world.notice.recipients[PARTNER].name["en"]
    assert isinstance(history[-1], dict)
    assert history[-1]["reason"] == PARTNER
    assert str(history[-1]["text"]).startswith(name)
    case = casework.read(DESK, request, world.notice)
    assert [one.recipient for one in case.questions if one.status is None] == [PARTNER]
    assert [one.recipient for one in case.questions if one.status] == [ARCHIVE]


def test_a_copy_that_waits_is_not_made(world: World) -> None:
    request = world.ask("copy")
    task = Task(SUBJECT, "copy", request)
    assert fulfilment.fulfil_copy(task, world.notice, registry()) == []
    assert world.request(request).status == "received"
    assert world.s3.objects == {}


def test_what_the_desk_entered_still_waits_for_its_approval(world: World) -> None:
    received = Received(Asked(Right.COPY), Channel.POST, NOW, subject=SUBJECT)
    request = mailroom.enter(DESK, received, world.notice).timed.request.id
    for name in (ARCHIVE, PARTNER):
        world.give(request, name, "nothing")
    assert world.of_queue("fulfilment") == []
    casework.act(DESK, request, Act(Action.APPROVE), world.notice)
    assert [job.action for job in world.of_queue("fulfilment")] == ["copy"]


def test_an_approval_while_it_waits_sends_nothing_before_the_answers(world: World) -> None:
    received = Received(Asked(Right.COPY), Channel.POST, NOW, subject=SUBJECT)
    request = mailroom.enter(DESK, received, world.notice).timed.request.id
    casework.act(DESK, request, Act(Action.APPROVE), world.notice)
    assert world.of_queue("fulfilment") == []
    for name in (ARCHIVE, PARTNER):
        world.give(request, name, "nothing")
    assert [job.action for job in world.of_queue("fulfilment")] == ["copy"]


def test_a_closed_request_waits_for_nobody_also_when_it_is_disputed(world: World) -> None:
    request = world.ask("restrict")
    casework.act(DESK, request, Act(Action.COMPLETE), world.notice)
    assert world.item(request).waits_until is None

    messages.dispute(world.signed_in(), request, None, world.notice)
    world.now = NOW + 11 * DAY
    assert "go_on" not in world.watch()


def test_a_request_that_is_cancelled_asks_no_more(world: World) -> None:
    request = world.ask("copy")
    view.cancel(world.signed_in(), request, world.notice)
    world.now = NOW + 10 * DAY
    before = len(world.callbacks())
    assert "asked" not in world.watch()
    assert len(world.callbacks()) == before
    assert all(item.lane is None for item in world.stored()[0])


def test_a_silent_system_is_asked_daily_and_not_for_ever(world: World) -> None:
    request = world.ask("copy")
    asked = len(world.callbacks())
    world.now = NOW + 5 * DAY
    assert world.watch() == {"asked": 1}
    assert world.watch() == {}
    for _ in range(60):
        world.now += timedelta(hours=12)
        world.watch()
    assert world.question(request, PARTNER).asked == AGAIN_MOST + 1
    assert world.question(request, ARCHIVE).asked == AGAIN_MOST + 1
    assert len(world.callbacks()) == asked + 2 * AGAIN_MOST
    assert len({one.id for one in world.callbacks()}) == len(world.callbacks())
    assert all(item.lane is None for item in world.stored()[0])


def test_an_answer_ends_the_asking(world: World) -> None:
    request = world.ask("copy")
    world.now = NOW + 5 * DAY
    world.give(request, PARTNER, "nothing")
    assert world.watch() == {}
    assert world.question(request, PARTNER).asked == 1


def test_of_two_runs_at_once_one_asks(world: World) -> None:
    request = world.ask("copy")
    world.now = NOW + 5 * DAY
    world.steps.meanwhile = {"commit": [lambda: world.watch()]}
    world.watch()
    assert world.question(request, PARTNER).asked == 2
    asked = [one for one in world.callbacks() if one.recipient == PARTNER]
    assert len(asked) == 2


def test_an_answer_that_comes_as_the_request_goes_on_is_counted_once(world: World) -> None:
    request = world.ask("copy")
    world.give(request, ARCHIVE, "nothing")
    world.now = NOW + 10 * DAY
    world.steps.meanwhile = {"commit": [lambda: world.give(request, PARTNER, "nothing")]}
    world.watch()
    assert world.question(request, PARTNER).status is Status.NOTHING
    assert world.item(request).waits_until is None
    assert [job.action for job in world.of_queue("fulfilment")] == ["copy"]
    assert "system_silent" not in world.events(request)


def test_a_paused_request_goes_on_when_it_is_resumed(world: World) -> None:
    request = world.ask("copy")
    world.act(request, Action.PAUSE, D, "clarification")
    world.now = NOW + 12 * DAY
    assert "go_on" not in world.watch()
    casework.act(DESK, request, Act(Action.RESUME), world.notice)
    assert world.watch()["go_on"] == 1
    assert [job.action for job in world.of_queue("fulfilment")] == ["copy"]


def test_the_mail_of_the_outcome_names_who_did_not_answer(world: World) -> None:
    request = world.ask("restrict")
    world.give(request, ARCHIVE, "done")
    world.now = NOW + 10 * DAY
    world.watch()
    casework.act(DESK, request, Act(Action.COMPLETE), world.notice)
    world.work_off()
    assert world.notice.recipients[PARTNER].name["en"] in world.text()
    assert world.notice.recipients[ARCHIVE].name["en"] not in world.text()


def test_who_answered_late_is_not_called_silent(world: World) -> None:
    request = world.ask("restrict")
    world.now = NOW + 10 * DAY
    world.watch()
    for name in (ARCHIVE, PARTNER):
        world.give(request, name, "done")
    casework.act(DESK, request, Act(Action.COMPLETE), world.notice)
    world.work_off()
    assert "have not answered" not in world.text()


def test_an_erasure_begins_with_the_last_answer(world: World) -> None:
    request = world.ask("erase")
    casework.act(DESK, request, Act(Action.APPROVE), world.notice)
    assert world.of_queue("retention") == []
    world.give(request, ARCHIVE, "done")
    assert world.of_queue("retention") == []
    world.give(request, PARTNER, "refused", ground="legal_obligation")
    assert [(job.action, job.target) for job in world.of_queue("retention")] == [("erase", request)]


def test_an_erasure_begins_without_those_that_are_silent(world: World) -> None:
    request = world.ask("erase")
    casework.act(DESK, request, Act(Action.APPROVE), world.notice)
    world.now = NOW + 10 * DAY
    world.watch()
    assert [(job.action, job.target) for job in world.of_queue("retention")] == [("erase", request)]

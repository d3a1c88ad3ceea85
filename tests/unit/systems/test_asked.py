"""Who is asked about a request, when, and what for: by ids alone, once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.requests.casework import Act
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Action
from chalicelib.requests.model import Asked, Channel, Received
from chalicelib.requests.service import casework, mailroom
from chalicelib.systems import model
from chalicelib.webhooks.model import Event
from tests.unit.core.samples import NOW, SUBJECT, shipped
from tests.unit.systems.world import ARCHIVE, PARTNER, World, asking

DESK = "d" * 26
OWN = ("company", "identity")
"""The categories of which the partner may hold items."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


@pytest.mark.parametrize("right", ["copy", "port", "restrict"])
def test_a_request_that_is_received_asks_each_system(world: World, right: str) -> None:
    request = world.ask(right)
    asked = {one.recipient: one for one in world.callbacks()}
    assert asked.keys() == {ARCHIVE, PARTNER}
    body = json.loads(asked[PARTNER].body())
    assert body == {
        "type": "request.asked",
        "timestamp": "2026-11-22T16:00:00.123Z",
        "data": {
            "subject": SUBJECT,
            "recipient": PARTNER,
            "request": request,
            "right": right,
            "categories": list(OWN),
            "answer_by": "2026-11-27T16:00:00.123Z",
            "answer_url": f"https://privacy.example/v1/requests/{request}/answers",
            "notice_version": world.notice.version,
        },
    }
    assert world.item(request).waiting == f"{ARCHIVE} {PARTNER}"
    assert world.item(request).waits_until == NOW + timedelta(days=10)
    found = world.question(request, PARTNER)
    assert (found.asked_at, found.answer_by, found.status) == (NOW, NOW + timedelta(days=5), None)


@pytest.mark.parametrize("right", ["erase", "rectify", "object", "withdraw", "review"])
def test_what_has_to_be_decided_first_asks_nobody(world: World, right: str) -> None:
    request = world.ask(right)
    assert world.callbacks() == []
    assert world.item(request).asked_at is None


def test_no_system_is_asked_where_the_notice_names_none(world: World) -> None:
    world.notice = shipped()
    request = world.ask("copy")
    assert world.callbacks() == []
    assert world.item(request).waits_until is None
    assert [job.action for job in world.of_queue("fulfilment")] == ["copy"]


def test_only_those_that_may_hold_the_categories_are_asked(world: World) -> None:
    world.ask("restrict", categories=("device",))
    assert [one.recipient for one in world.callbacks()] == [ARCHIVE]


def test_asking_again_asks_no_system_again(world: World) -> None:
    request = world.ask("copy")
    assert world.ask("copy", details="And the letters of last year.") == request
    assert len(world.callbacks()) == 2


def test_an_erasure_is_asked_about_when_it_is_approved(world: World) -> None:
    request = world.ask("erase")
    casework.act(DESK, request, Act(Action.APPROVE), world.notice)
    assert {one.recipient for one in world.callbacks()} == {ARCHIVE, PARTNER}
    assert {job.subject for job in world.of_queue("propagation")}.isdisjoint({SUBJECT})
    assert world.item(request).waits_until == NOW + timedelta(days=10)
    assert world.item(request).due_at is not None


def test_a_correction_is_asked_about_when_it_is_made_at_once(world: World) -> None:
    request = world.ask("rectify", changes={"identity": {"title": "Dr"}})
    assert world.request(request).status == "completed"
    assert {one.inquiry and one.inquiry.right for one in world.callbacks()} == {"rectify"}
    assert world.item(request).waits_until is None
    assert world.item(request).waiting == f"{ARCHIVE} {PARTNER}"


def test_what_the_desk_enters_is_asked_about_too(world: World) -> None:
    received = Received(Asked(Right.COPY), Channel.POST, NOW, subject=SUBJECT)
    entered = mailroom.enter(DESK, received, world.notice)
    assert {one.recipient for one in world.callbacks()} == {ARCHIVE, PARTNER}
    assert entered.timed.request.waits_until == NOW + timedelta(days=10)


def test_a_message_survives_its_job(world: World) -> None:
    world.ask("copy")
    for one in world.callbacks():
        assert one.event is Event.REQUEST_ASKED
        assert one.inquiry is not None
        assert one.inquiry.answer_by.tzinfo is not None


def test_a_system_may_hold_its_items_or_what_its_purposes_need() -> None:
    notice = asking()
    partner = model.held(notice.recipients[PARTNER], notice)
    assert {name: set(fields) for name, fields in partner.items()} == {
        "identity": {"name", "address", "email"},
        "company": {"name"},
    }
    archive = model.held(notice.recipients[ARCHIVE], notice)
    needed = {
        name
        for purpose in notice.recipients[ARCHIVE].purposes
        for name in notice.purposes[purpose].categories
    }
    assert archive.keys() == needed
    assert model.asked_of("object", (), notice) == {}


def test_who_takes_no_part_has_no_time() -> None:
    with pytest.raises(ValueError, match="no part"):
        model.answer_by(asking().recipients["aws"], NOW)

"""Writing about a request, and disputing its answer: what moves, is stored, and is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.decisions.restriction import Ground
from chalicelib.errors import Conflict, NotFound, Problem, Unauthenticated, Unprocessable
from chalicelib.kinds.model import Record
from chalicelib.requests.machine import Action, Status
from chalicelib.requests.presentation import one_shown
from chalicelib.requests.service import messages, view
from chalicelib.requests.store import MessageItem, open_mark
from chalicelib.storage import partition
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects.model import Life
from chalicelib.subjects.service import account_standing, restrictions_of
from chalicelib.subjects.store import standing_item
from functions.kinds import registry
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.requests.world import D, World
from tests.unit.storage.tables import Killed

DAY = timedelta(days=1)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def write(world: World, request: str, text: str = "Hello.") -> None:
    messages.send(world.signed_in(), request, text, world.notice)


def texts(world: World, request: str) -> list[tuple[str, str]]:
    """Who wrote what, as its person reads it."""
    found = messages.told(world.signed_in().subject, world.request(request))
    return [(one.by, one.text) for one in found]


def refused(world: World, request: str, reason: str = "others_data") -> None:
    world.act(request, Action.REFUSE, D, reason)
    place = world.item(request)
    place.completed_at = world.now
    world.tables.put(place)
    close = world.tables.transaction(world.notice)
    close.delete(open_mark(world.signed_in().subject, place.right, request))
    close.commit()


def test_a_message_leaves_the_clock_as_it_is(world: World) -> None:
    request = world.ask("erase")
    before = world.item(request)
    world.now = NOW + DAY
    write(world, request, "One\r\ntwo")
    assert world.events(request) == ["submit", "message"]
    assert texts(world, request) == [("person", "One\ntwo")]
    after = world.item(request)
    assert (after.status, after.due_at, after.answer_due_at) == (
        "received",
        before.due_at,
        before.answer_due_at,
    )
    (item,) = world.tables.all(MessageItem)
    assert b"two" not in item.sealed


def test_an_answer_starts_the_clock_and_its_days_count(world: World) -> None:
    request = world.ask("copy")
    due = world.item(request).answer_due_at
    world.now = NOW + DAY
    world.act(request, Action.PAUSE, D, "clarification")
    world.work_off()
    world.now = NOW + 8 * DAY
    write(world, request, "Last year's.")
    assert world.events(request)[-1] == "answer"
    item = world.item(request)
    assert item.status == "in_progress"
    assert due is not None
    assert item.answer_due_at == due + 7 * DAY
    assert item.due_at == item.answer_due_at + timedelta(milliseconds=1) - 15 * DAY
    assert texts(world, request) == [("person", "Last year's.")]


def test_twenty_messages_are_taken_and_no_more(world: World) -> None:
    request = world.ask("copy")
    for _ in range(messages.MOST - 1):
        write(world, request)
    world.act(request, Action.PAUSE, D, "clarification")
    write(world, request)
    before = dict(world.tables.items)
    with pytest.raises(Conflict) as refusal:
        write(world, request)
    assert refusal.value.type == "too-many-messages"
    assert world.tables.items == before


def test_a_closed_request_takes_no_message(world: World) -> None:
    request = world.ask()
    refused(world, request)
    before = dict(world.tables.items)
    with pytest.raises(Conflict) as refusal:
        write(world, request)
    assert refusal.value.type == "move-not-allowed"
    with pytest.raises(NotFound):
        write(world, "q" * 26)
    assert world.tables.items == before


def test_an_account_that_is_gone_meanwhile_writes_nothing(world: World) -> None:
    request = world.ask()
    signed_in = world.signed_in()
    world.stop(Life.ERASING)
    before = dict(world.tables.items)
    with pytest.raises(Unauthenticated):
        messages.send(signed_in, request, "Hello.", world.notice)
    assert world.tables.items == before


def test_a_request_that_changes_meanwhile_is_looked_at_again(world: World) -> None:
    request = world.ask()
    world.steps.meanwhile["commit"] = [lambda: world.act(request, Action.NOTE, D)]
    with pytest.raises(Conflict) as refusal:
        write(world, request)
    assert refusal.value.type == "conflict"
    assert texts(world, request) == []


def test_a_dispute_opens_the_request_once_on_its_own_clock(world: World) -> None:
    request = world.ask("port")
    refused(world, request)
    world.now = NOW + 60 * DAY
    found = messages.dispute(world.signed_in(), request, "No.", world.notice)
    assert found.request.status is Status.IN_PROGRESS
    assert found.request.outcome is Status.REFUSED
    assert found.request.completed_at is None
    assert found.deadline.received_on == (NOW + 60 * DAY).date()
    item = world.item(request)
    assert item.lane is not None
    assert item.lane.startswith("deadline#")
    assert item.answer_due_at == found.deadline.due_at
    assert texts(world, request) == [("person", "No.")]
    with pytest.raises(Conflict):
        messages.dispute(world.signed_in(), request, "No.", world.notice)
    refused(world, request)
    with pytest.raises(Conflict) as refusal:
        messages.dispute(world.signed_in(), request, None, world.notice)
    assert refusal.value.type == "move-not-allowed"


def test_a_dispute_is_tried_again_where_the_person_decides_meanwhile(world: World) -> None:
    request = world.ask("port")
    refused(world, request)

    def disclosed() -> None:
        stands = account_standing(SUBJECT)
        assert stands is not None
        world.tables.put(standing_item(replace(stands, disclosed=frozenset({"aws:run_account"}))))

    world.steps.meanwhile["commit"] = [disclosed]
    messages.dispute(world.signed_in(), request, None, world.notice)
    assert world.events(request)[-1] == "dispute"
    assert {one.ground for one in restrictions_of(SUBJECT) or ()} == {Ground.DISPUTE}


def test_a_dispute_joins_no_other_request(world: World) -> None:
    request = world.ask("review")
    refused(world, request)
    world.ask("review")
    with pytest.raises(Conflict) as refusal:
        messages.dispute(world.signed_in(), request, None, world.notice)
    assert refusal.value.type == "conflict"
    assert world.events(request)[-1] == "refuse"


def test_asking_again_joins_the_disputed_request(world: World) -> None:
    request = world.ask("port")
    refused(world, request)
    messages.dispute(world.signed_in(), request, None, world.notice)
    assert world.ask("port") == request


def test_a_note_of_the_desk_is_not_shown(world: World) -> None:
    request = world.ask()
    write(world, request, "Mine.")
    for action, text in ((Action.NOTE, "Secret."), (Action.REFUSE, "Because.")):
        item = world.item(request)
        add: Transaction = world.tables.transaction(world.notice)  # type: ignore[assignment]
        messages.add(add, item, D, text, world.now)
        add.commit()
        world.act(request, action, D, "others_data" if action is Action.REFUSE else None)
    assert texts(world, request) == [("person", "Mine."), ("desk", "Because.")]
    shown = one_shown(
        view.get(world.signed_in(), request, world.notice),
        messages.told(world.signed_in().subject, world.request(request)),
    )
    history: Any = shown["history"]
    assert history[-1]["text"] == (
        "The request was refused. "
        "An answer would adversely affect the rights and freedoms of other people."
    )


def test_the_texts_of_a_request_go_with_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    request, other = world.ask("port"), world.ask("erase")
    write(world, request)
    write(world, request)
    write(world, other)
    removed: list[str] = []
    monkeypatch.setattr(partition, "remove", lambda _, sks: removed.extend(sks))
    registry().of("request").release(world.signed_in().subject, Record("request", request, {}))
    assert [sk.rpartition("#")[2] for sk in removed] == [f"{request}.0001", f"{request}.0002"]


def test_what_is_joined_has_a_size(world: World) -> None:
    first = world.ask("port", details="a" * 3_000)
    before = dict(world.tables.items)
    with pytest.raises(Unprocessable) as refusal:
        world.ask("port", details="b" * 999)
    assert [finding.pointer for finding in refusal.value.findings] == ["/details"]
    assert world.tables.items == before
    assert world.ask("port", details="b" * 998) == first


def test_corrections_that_are_joined_have_a_number(world: World) -> None:
    world.ask("rectify", changes={"identity": {f"a{number}": "x" for number in range(60)}})
    with pytest.raises(Unprocessable) as refusal:
        world.ask("rectify", changes={"identity": {f"b{number}": "x" for number in range(41)}})
    assert [finding.pointer for finding in refusal.value.findings] == ["/changes"]
    world.ask("rectify", changes={"identity": {f"b{number}": "x" for number in range(40)}})


def test_a_hundred_additions_are_taken_and_a_refusal_always(world: World) -> None:
    request = world.ask("object", purposes=("improvement",), details="0")
    item = world.item(request)
    item.history = [*item.history, *[f"{item.history[0].split(' ')[0]} received join person"] * 100]
    item.sealed_fields = frozenset({"details"})
    world.tables.put(item)
    with pytest.raises(Conflict) as refusal:
        world.ask("object", purposes=("improvement",), details="1")
    assert refusal.value.type == "too-many-messages"
    assert world.ask("object", purposes=("improvement", "research")) == request
    assert "research" in str(world.item(request).purposes)


def test_a_warning_that_comes_between_is_not_undone(world: World) -> None:
    request = world.ask("port", details="One.")
    world.now = NOW + 5 * DAY

    def warned() -> None:
        item = world.item(request)
        item.due_at = NOW + 27 * DAY
        item.sealed_fields = frozenset({"details"})
        world.tables.put(item)

    world.steps.meanwhile["commit"] = [lambda: None, warned]  # the first commit meets the mark
    assert world.ask("port", details="Two.") == request
    assert world.item(request).due_at == NOW + 27 * DAY
    assert world.events(request) == ["submit", "join"]


@pytest.mark.parametrize("act", ["message", "dispute"])
def test_a_crash_anywhere_leaves_all_or_nothing(world: World, act: str) -> None:
    request, said = world.ask(), "No." if act == "dispute" else "Hello."
    if act == "dispute":
        refused(world, request)
    world.work_off()
    before = dict(world.tables.items)

    def do() -> None:
        if act == "message":
            write(world, request, said)
        else:
            messages.dispute(world.signed_in(), request, said, world.notice)

    for number in range(9):
        world.tables.items = dict(before)
        world.steps.kill_before(number)
        try:
            do()
        except Killed:
            world.steps.revive()
        world.steps.revive()
        done = world.events(request)[-1] == act
        assert texts(world, request) == [("person", said)] * done
        try:
            do()
        except Problem:
            assert act == "dispute"
            assert done

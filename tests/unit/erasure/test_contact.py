"""Somebody without an account asks for erasure: the request stays, and nothing else of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.erasure.service import replay
from chalicelib.messages.model import Written
from chalicelib.messages.service import address
from chalicelib.messages.service import proof as prove
from chalicelib.messages.store import MessageItem, MessagePlaceItem
from chalicelib.notices import service as notices
from chalicelib.receipts.service import verification
from chalicelib.requests.casework import Act
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Action, Status
from chalicelib.requests.model import Asked
from chalicelib.requests.service import casework, proof, unproven
from chalicelib.requests.store import (
    ContactItem,
    OpenRequestItem,
    RegisterItem,
    ReplyItem,
    RequestItem,
    request_of,
    request_place,
)
from chalicelib.subjects.store import StandingItem
from chalicelib.vault import service as vault
from functions.kinds import registry
from tests.unit.accounts.world import mac
from tests.unit.core.samples import SUBJECT
from tests.unit.erasure.erased import ErasedWorld

IMPORTED = (casework, proof, prove, unproven)
BEA = "bea@example.com"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ErasedWorld:
    monkeypatch.setattr(vault, "address_mac", mac)
    monkeypatch.setattr(vault, "new_key", vault.new_visitor_key)
    return ErasedWorld(monkeypatch)


def proven(world: ErasedWorld) -> str:
    """A request of erasure of somebody who proved the address; its id."""
    asked = Asked(Right.ERASE, "Bea asks.")
    request = unproven.make(asked, BEA, "en", "192.0.2.0", world.notice)
    world.work_off()
    text = world.ses.taken[-1].get_content()
    token = text.partition("?token=")[2].split()[0].partition("&")[0]
    proof.by_link(request, token, world.notice)
    world.work_off()
    return request


def stored(world: ErasedWorld, request: str) -> RequestItem:
    found: RequestItem = world.tables.one(RequestItem, *request_place(request, request))
    return found


def test_a_contact_is_erased_and_answered(world: ErasedWorld) -> None:
    request = proven(world)
    casework.act("o" * 26, request, Act(Action.APPROVE), world.notice)
    world.ses.taken.clear()
    world.finish()
    item = stored(world, request)
    assert request_of(item).status is Status.COMPLETED
    assert item.receipt is not None
    assert item.contact is None
    assert [one["To"] for one in world.ses.taken] == [BEA]
    assert world.tables.all(ContactItem) == []
    assert world.tables.all(ReplyItem) == []
    assert world.tables.all(OpenRequestItem) == []
    assert [one.subject for one in world.tables.all(RegisterItem)] == [request]
    assert world.keys_left(request) == {"evidence"}
    assert {sk.split("#")[1] for sk in world.left(request)} == {"request"}


def wrote(world: ErasedWorld, email: str = BEA) -> str:
    """Somebody wrote a message with an address, and proved it; its id."""
    written = Written("support", "My parrot is loud.", {}, "en")
    message = address.write(email, written, "192.0.2.0", world.notice)
    world.work_off()
    text = world.ses.taken[-1].get_content()
    token = text.partition("?token=")[2].split()[0].partition("&")[0]
    assert not prove.by_link(message, token, world.notice).in_account
    return message


def test_messages_of_the_address_are_erased_with_it_and_no_others(world: ErasedWorld) -> None:
    messages, other = [wrote(world), wrote(world)], wrote(world, "carl@example.com")
    request = proven(world)
    casework.act("o" * 26, request, Act(Action.APPROVE), world.notice)
    world.finish()
    for message in messages:
        assert not list(world.left(message))
        assert world.keys_left(message) == set()
    assert [one.pk for one in world.tables.all(MessageItem)] == [f"S#{other}"]
    assert len(world.tables.all(MessagePlaceItem)) == 1
    receipt = stored(world, request).receipt
    assert receipt is not None
    said = verification.verify_closing(receipt).content
    assert said is not None
    assert said["erased"]["records"]["message"] == 2


def test_a_replay_erases_them_again(world: ErasedWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "version", lambda _: world.notice)
    message, other = wrote(world), wrote(world, "carl@example.com")
    request = proven(world)
    casework.act("o" * 26, request, Act(Action.APPROVE), world.notice)
    world.work_off()
    before = {place: dict(raw) for place, raw in world.copied().items()}
    world.finish()
    world.tables.items.update(
        {place: raw for place, raw in before.items() if place[1] == f"S#{message}"}
    )
    assert world.keys_left(message) == {"support"}
    replay.replay((world.now - timedelta(days=1)).date(), registry())
    assert world.keys_left(message) == set()
    assert [one.pk for one in world.tables.all(MessageItem)] == [f"S#{other}"]


def test_killed_before_any_call_no_message_is_left(world: ErasedWorld) -> None:
    messages = [wrote(world), wrote(world)]
    request = proven(world)
    casework.act("o" * 26, request, Act(Action.APPROVE), world.notice)
    world.work_off()
    before, waiting, now, number = world.copied(), list(world.retention), world.now, 0
    while True:
        world.steps.kill_before(number)
        killed = world.carry_out() and world.retention != []
        world.steps.revive()
        world.finish()
        assert request_of(stored(world, request)).status is Status.COMPLETED
        assert world.tables.all(MessageItem) == []
        assert world.tables.all(MessagePlaceItem) == []
        assert [world.keys_left(message) for message in messages] == [set(), set()]
        if not killed:
            break
        world.tables.items.clear()
        world.tables.items.update({place: dict(raw) for place, raw in before.items()})
        world.retention[:], world.now = waiting, now
        number += 1
    assert number > 20


def test_erased_already_a_contact_who_asks_again_gets_a_receipt_again(world: ErasedWorld) -> None:
    receipts = []
    for _ in range(2):
        request = proven(world)
        casework.act("o" * 26, request, Act(Action.APPROVE), world.notice)
        world.ses.taken.clear()
        world.finish()
        receipt = stored(world, request).receipt
        assert receipt is not None
        said = verification.verify_closing(receipt).content
        assert said is not None
        assert (said["request"], said["subject"]) == (request, request)
        assert said["erased"]["records"].keys() <= {"contact"}
        assert said["recipients_told"] == []
        assert [one["To"] for one in world.ses.taken] == [BEA]
        receipts.append(receipt)
    assert len(set(receipts)) == 2


def test_killed_before_any_call_a_contact_is_answered_once(world: ErasedWorld) -> None:
    request = proven(world)
    casework.act("o" * 26, request, Act(Action.APPROVE), world.notice)
    world.work_off()
    before, waiting, now, number = world.copied(), list(world.retention), world.now, 0
    while True:
        world.ses.taken.clear()
        world.steps.kill_before(number)
        killed = world.carry_out() and world.retention != []
        world.steps.revive()
        world.finish()
        assert request_of(stored(world, request)).status is Status.COMPLETED
        assert len(world.ses.taken) == 1
        assert world.tables.all(ContactItem) == []
        assert world.keys_left(request) == {"evidence"}
        if not killed:
            break
        world.tables.items.clear()
        world.tables.items.update({place: dict(raw) for place, raw in before.items()})
        world.retention[:], world.now = waiting, now
        number += 1
    assert number > 15


def test_the_erasure_of_an_account_reaches_what_its_address_wrote_alone(world: ErasedWorld) -> None:
    world.fill()
    messages = [wrote(world), wrote(world)]
    standing = world.tables.one(StandingItem, f"S#{SUBJECT}", "core#standing#")
    item = world.tables.one(MessageItem, f"S#{messages[0]}", f"support#message#{messages[0]}")
    standing.claim = item.contact
    world.tables.put(standing)
    world.approved()
    world.finish()
    assert world.tables.all(MessageItem) == []
    assert world.tables.all(MessagePlaceItem) == []
    assert [world.keys_left(message) for message in messages] == [set(), set()]

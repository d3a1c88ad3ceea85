"""Erased twice, or while it goes on: a success with a receipt; what waits at the address ends."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.accounts.service import disavowal
from chalicelib.accounts.store import PendingItem, pending_place
from chalicelib.audit.store import EntryItem
from chalicelib.errors import NotFound
from chalicelib.receipts.service import verification
from chalicelib.requests.casework import Act
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Action, Status
from chalicelib.requests.model import Asked, Channel, Received
from chalicelib.requests.service import casework, mailroom
from chalicelib.requests.store import RequestItem, request_of, request_place
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import StandingItem, standing_item
from chalicelib.vault import service as vault
from tests.unit.core.samples import SUBJECT, standing
from tests.unit.erasure.erased import MAC, PK, ErasedWorld
from tests.unit.storage.tables import Killed

IMPORTED = (mailroom, casework, disavowal)
OFFICER = "o" * 26
OTHER = "p" * 26


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ErasedWorld:
    monkeypatch.setattr(vault, "new_key", vault.new_visitor_key)
    found = ErasedWorld(monkeypatch)
    found.fill()
    return found


def enter(
    world: ErasedWorld, right: Right = Right.ERASE, subject: str = SUBJECT
) -> tuple[str, str]:
    """The desk enters a letter of somebody; where the request lies, and its id."""
    letter = Received(Asked(right), Channel.POST, world.now, subject=subject)
    entered = mailroom.enter(OFFICER, letter, world.notice)
    return entered.subject, entered.timed.request.id


def carried_out(world: ErasedWorld, subject: str, request: str) -> None:
    """The desk approves it; it is completed, and its receipt says that nothing was held."""
    casework.act(OFFICER, request, Act(Action.APPROVE), world.notice)
    world.finish()
    item: RequestItem = world.tables.one(RequestItem, *request_place(subject, request))
    assert request_of(item).status is Status.COMPLETED
    said = verification.verify_closing(item.receipt or "").content
    assert said is not None
    assert said["erased"] == {"categories": {}, "records": {}}


def test_who_is_erased_already_is_answered_by_the_receipt_of_that_time(world: ErasedWorld) -> None:
    first = world.approved()
    world.finish()
    audited = len(world.tables.all(EntryItem))
    assert enter(world) == (SUBJECT, first)
    assert world.item(first).receipt is not None
    assert len(world.tables.all(EntryItem)) == audited + 1
    for right in (Right.COPY, Right.RECTIFY):
        with pytest.raises(NotFound):
            enter(world, right)
    with pytest.raises(NotFound):
        enter(world, subject=OTHER)


def test_while_the_erasure_goes_on_its_request_is_the_answer(world: ErasedWorld) -> None:
    first = world.approved()
    world.steps.kill_before(4)
    world.carry_out()
    world.steps.revive()
    assert enter(world) == (SUBJECT, first)
    world.finish()
    assert world.request(first).status is Status.COMPLETED


@pytest.mark.parametrize("breaks_off", [False, True], ids=["erased", "being erased"])
def test_whom_the_sweep_erased_gets_a_receipt_that_nothing_is_held(
    world: ErasedWorld, breaks_off: bool
) -> None:
    rule = world.notice.rule("standing", "last_activity")
    world.notice = replace(
        world.notice,
        retention={**world.notice.retention, rule.id: replace(rule, then="erase", warn=())},
    )
    item = world.tables.one(StandingItem, PK, "core#standing#")
    item.schedule("rule", world.now, "last_activity", item.last_activity_at)
    world.tables.put(item)
    world.now = rule.ends(item.last_activity_at) + timedelta(days=1)
    if breaks_off:
        world.steps.meanwhile["remove keys"] = [lambda: world.steps.kill_before(0)]
        with suppress(Killed):
            world.sweep()
        world.steps.revive()
    else:
        world.sweep()
    subject, request = enter(world)
    assert subject == request != SUBJECT
    carried_out(world, subject, request)


def test_registrations_that_wait_at_the_address_end_with_it(world: ErasedWorld) -> None:
    pk, sk = pending_place(MAC, OTHER)
    ends = world.now + timedelta(days=7)
    waits = PendingItem(pk=pk, sk=sk, kind="pending", subject=OTHER, expires_at=ends, expires=ends)
    world.tables.put(waits, standing_item(standing(OTHER, life=Life.PENDING)))
    world.approved()
    world.finish()
    assert world.tables.all(PendingItem) == []
    other = world.tables.one(StandingItem, f"S#{OTHER}", "core#standing#")
    assert other.disowned
    assert other.due_event == "disowned"
    world.now += timedelta(days=8)
    world.sweep()
    assert world.left(OTHER) == set()


def test_one_that_is_proven_at_this_moment_is_left_alone(world: ErasedWorld) -> None:
    pk, sk = pending_place(MAC, OTHER)
    ends = world.now + timedelta(days=7)
    waits = PendingItem(pk=pk, sk=sk, kind="pending", subject=OTHER, expires_at=ends, expires=ends)
    world.tables.put(waits, standing_item(standing(OTHER)))
    world.approved()
    world.finish()
    assert not world.tables.one(StandingItem, f"S#{OTHER}", "core#standing#").disowned
    assert world.tables.all(PendingItem) == []

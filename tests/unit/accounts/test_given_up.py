"""An address that an account moved away from: whose it is, and what its mails say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts.service import address, credentials, mails, registration, verification
from chalicelib.accounts.store import ClaimItem
from chalicelib.errors import Unprocessable
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Life
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World, mac
from tests.unit.core.samples import SUBJECT, shipped

NEW = "ada@example.org"
NOTICE = shipped()
CHOSEN = "il gatto nero dorme ancora"
KEPT = timedelta(hours=72)
MS = timedelta(milliseconds=1)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def move(world: World, to: str = NEW) -> None:
    """The account moves."""
    address.ask(world.signed_in(), to, PASSWORD, NETWORK, NOTICE)
    address.confirm(world.mailed(mails.CONFIRM_ADDRESS), NOTICE)


def register(email: str) -> None:
    """Somebody registers an address."""
    body: dict[str, Any] = {
        "email": email,
        "password": CHOSEN,
        "locale": "it",
        "notice_version": NOTICE.version,
        "decisions": {},
        "profile": {},
    }
    registration.register(body, NETWORK, NOTICE)


def template(world: World, action: str) -> str | None:
    """What the latest mail of that sort is; None when there is nothing to say."""
    message = world.mail(action)
    return None if message is None else message.template


def test_for_72_hours_it_is_kept_for_who_gave_it_up(world: World) -> None:
    move(world)
    register(ADDRESS)
    assert template(world, mails.VERIFY) is None
    verification.ask_again(ADDRESS, NETWORK, NOTICE)
    assert template(world, mails.RESEND) is None
    credentials.ask_reset(ADDRESS, NETWORK, NOTICE)
    assert template(world, mails.RESET) is None


def test_then_it_is_anybodys_although_what_kept_it_still_lies_there(world: World) -> None:
    move(world)
    world.now += KEPT
    register(ADDRESS)
    verification.verify(world.mailed(mails.VERIFY), CHOSEN, NOTICE)
    claim = world.claim(ADDRESS)
    assert claim is not None
    assert claim.subject != SUBJECT
    assert claim.reserved_until is None
    assert "expires" not in claim.serialize(), "or DynamoDB would remove it"
    standing = subjects.account_standing(claim.subject)
    assert standing is not None
    assert standing.life is Life.ACTIVE


def test_whoever_held_a_link_before_cannot_take_it_meanwhile(world: World) -> None:
    # A registration of the address before it was held, or while it was, has an older link.
    world.memory.items.pop((False, f"A#{mac(ADDRESS)}", "core#claim#"))
    register(ADDRESS)
    link = world.mailed(mails.VERIFY)
    held = ClaimItem(f"A#{mac(ADDRESS)}", "core#claim#", kind="claim", subject=SUBJECT)
    held.verified_at, held.reserved_until = world.now, world.now + KEPT
    world.memory.items[False, held.pk, held.sk] = held.serialize()
    world.now += KEPT - MS
    with pytest.raises(Unprocessable):
        verification.verify(link, CHOSEN, NOTICE)
    world.now += MS
    verification.verify(link, CHOSEN, NOTICE)


def test_who_gave_it_up_can_come_back_when_it_cannot_be_undone_any_more(world: World) -> None:
    move(world)
    world.now += KEPT
    move(world, ADDRESS)
    assert world.standing().claim == mac(ADDRESS)
    claim = world.claim(NEW)
    assert claim is not None
    assert claim.reserved_until == world.now + KEPT


def test_an_address_that_somebody_holds_is_not_moved_to(world: World) -> None:
    register("bob@example.net")
    verification.verify(world.mailed(mails.VERIFY), CHOSEN, NOTICE)
    address.ask(world.signed_in(), "bob@example.net", PASSWORD, NETWORK, NOTICE)
    message = world.mail(mails.CONFIRM_ADDRESS)
    assert message is not None
    assert (message.template, message.address) == ("address_in_use", "bob@example.net")
    assert "?token=" not in repr(message.words)


def test_an_address_that_is_taken_meanwhile_is_not_moved_to(world: World) -> None:
    address.ask(world.signed_in(), "bob@example.net", PASSWORD, NETWORK, NOTICE)
    link = world.mailed(mails.CONFIRM_ADDRESS)
    register("bob@example.net")
    verification.verify(world.mailed(mails.VERIFY), CHOSEN, NOTICE)
    with pytest.raises(Unprocessable):
        address.confirm(link, NOTICE)
    assert world.standing().claim == mac(ADDRESS)


def test_of_two_registrations_the_newest_is_mailed_again(world: World) -> None:
    register("bob@example.net")
    world.now += timedelta(minutes=1)
    register("Bob@Example.net")
    newest = world.sent[-1].subject
    verification.ask_again("BOB@example.net", NETWORK, NOTICE)
    assert world.mailed(mails.RESEND).startswith(f"{newest}.")
    world.now += timedelta(days=7)
    assert template(world, mails.RESEND) is None

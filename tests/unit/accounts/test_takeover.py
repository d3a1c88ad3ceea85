"""Somebody else has the session and the password: what their owner can take back, and how."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.accounts.second_factor import CONFIRMED
from chalicelib.accounts.service import address, credentials, enrolment, mails, signin, signout
from chalicelib.accounts.service.signin import Origin
from chalicelib.errors import Conflict, Forbidden, Problem, Unauthenticated, Unprocessable
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World
from tests.unit.core.samples import shipped

THIEFS, ANOTHER = "thief@example.org", "thief@example.net"
NEW = "marmalade window seventeen"
NOTICE = shipped()
HOUR = timedelta(hours=1)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def ask(world: World, to: str = THIEFS) -> str:
    """A move is asked; its link."""
    factor = world.factor()
    code = world.code() if factor is not None and factor.status == CONFIRMED else None
    address.ask(world.signed_in(), to, PASSWORD, NETWORK, NOTICE, code)
    return world.mailed(mails.CONFIRM_ADDRESS)


def move(world: World) -> str:
    """The account is moved; the link that undoes it."""
    address.confirm(ask(world), NOTICE)
    return world.mailed(mails.ADDRESS_CHANGED)


def reset_link(world: World, email: str) -> str:
    """The link for a new password that an address gets."""
    credentials.ask_reset(email, NETWORK, NOTICE)
    return world.mailed(mails.RESET)


def can_sign_in(
    world: World, email: str, password: str = PASSWORD, code: str | None = None
) -> bool:
    try:
        signin.sign_in(email, password, code, Origin("192.0.2.0/24"), NOTICE)
    except Unauthenticated:
        return False
    return True


def refused(act: Callable[[], object], problem: type[Problem] = Unprocessable) -> str:
    with pytest.raises(problem) as found:
        act()
    return found.value.type


def test_one_signs_in_with_the_new_address_and_no_more_with_the_old(world: World) -> None:
    move(world)
    assert can_sign_in(world, THIEFS)
    assert not can_sign_in(world, ADDRESS)
    assert world.signed_in().standing.revision == 1


def test_the_old_address_takes_the_account_back(world: World) -> None:
    undo = move(world)
    credentials.change(world.signed_in(), PASSWORD, NEW, NETWORK, NOTICE)
    address.undo(undo, NOTICE)
    with pytest.raises(Unauthenticated):
        world.signed_in()
    for email in (ADDRESS, THIEFS):
        for password in (PASSWORD, NEW):
            assert not can_sign_in(world, email, password)
    assert world.claim(THIEFS) is None
    credentials.reset(world.mailed(mails.ADDRESS_RESTORED), "il gatto nero dorme", NOTICE)
    assert can_sign_in(world, ADDRESS, "il gatto nero dorme")


def test_an_undo_works_once_and_for_72_hours(world: World) -> None:
    undo = move(world)
    world.now += 72 * HOUR
    assert refused(lambda: address.undo(undo, NOTICE)) == "link-not-valid"
    world.now -= timedelta(milliseconds=1)
    address.undo(undo, NOTICE)
    assert refused(lambda: address.undo(undo, NOTICE)) == "link-not-valid"


def test_for_as_long_there_is_no_other_move(world: World) -> None:
    move(world)
    world.now += 72 * HOUR - timedelta(milliseconds=1)
    found = refused(lambda: ask(world, ANOTHER), Conflict)
    assert found == "address-changed-lately"
    world.now += timedelta(milliseconds=1)
    address.confirm(ask(world, ANOTHER), NOTICE)
    assert can_sign_in(world, ANOTHER)


def test_a_link_for_a_new_password_that_the_thief_got_ends_with_the_undo(world: World) -> None:
    undo = move(world)
    link = reset_link(world, THIEFS)
    address.undo(undo, NOTICE)
    assert refused(lambda: credentials.reset(link, NEW, NOTICE)) == "link-not-valid"
    assert not can_sign_in(world, ADDRESS, NEW)


def test_a_link_for_a_new_password_ends_when_the_account_moves(world: World) -> None:
    link = reset_link(world, ADDRESS)
    move(world)
    assert refused(lambda: credentials.reset(link, NEW, NOTICE)) == "link-not-valid"


END_OF_EVERYTHING = {
    "change": lambda world: credentials.change(world.signed_in(), PASSWORD, NEW, NETWORK, NOTICE),
    "reset": lambda world: credentials.reset(reset_link(world, ADDRESS), NEW, NOTICE),
    "sign out": lambda world: signout.sign_out_everywhere(world.signed_in(), NOTICE),
}


@pytest.mark.parametrize("name", END_OF_EVERYTHING)
def test_links_for_a_new_password_end_with_the_old_one(world: World, name: str) -> None:
    link = reset_link(world, ADDRESS)
    END_OF_EVERYTHING[name](world)
    assert refused(lambda: credentials.reset(link, NEW, NOTICE)) == "link-not-valid"


@pytest.mark.parametrize("name", END_OF_EVERYTHING)
def test_a_move_that_was_asked_ends_with_the_old_password(world: World, name: str) -> None:
    link = ask(world)
    END_OF_EVERYTHING[name](world)
    assert refused(lambda: address.confirm(link, NOTICE)) == "link-not-valid"
    assert not can_sign_in(world, THIEFS, NEW)


def test_a_wish_that_was_replaced_is_none(world: World) -> None:
    first = ask(world)
    second = ask(world, ANOTHER)
    assert refused(lambda: address.confirm(first, NOTICE)) == "link-not-valid"
    address.confirm(second, NOTICE)
    assert can_sign_in(world, ANOTHER)


def test_a_wish_is_one_for_24_hours(world: World) -> None:
    link = ask(world)
    world.now += 24 * HOUR
    assert refused(lambda: address.confirm(link, NOTICE)) == "link-not-valid"


def test_a_second_factor_younger_than_the_move_is_the_thiefs(world: World) -> None:
    undo = move(world)
    world.offer()
    enrolment.confirm(world.signed_in(), world.code(), NETWORK, NOTICE)
    address.undo(undo, NOTICE)
    assert world.factor() is None
    credentials.reset(world.mailed(mails.ADDRESS_RESTORED), NEW, NOTICE)
    assert can_sign_in(world, ADDRESS, NEW)


def test_a_second_factor_from_before_is_the_owners_and_stays(world: World) -> None:
    world.offer()
    enrolment.confirm(world.signed_in(), world.code(), NETWORK, NOTICE)
    world.now += HOUR
    undo = move(world)
    address.undo(undo, NOTICE)
    credentials.reset(world.mailed(mails.ADDRESS_RESTORED), NEW, NOTICE)
    assert not can_sign_in(world, ADDRESS, NEW)
    assert can_sign_in(world, ADDRESS, NEW, world.code())
    factor = world.factor()
    assert factor is not None
    assert factor.status == CONFIRMED


def test_a_session_alone_moves_nothing(world: World) -> None:
    for guess in ("guess", "", PASSWORD[:-1], PASSWORD.upper()):
        with pytest.raises(Forbidden):
            address.ask(world.signed_in(), THIEFS, guess, NETWORK, NOTICE)
    assert world.sent == []

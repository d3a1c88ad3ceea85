"""Signing in by steps: the ticket between the password and the code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.accounts.service import enrolment, signin, signout, tickets
from chalicelib.accounts.service.signin import NewSession, Origin, TicketNotValid
from chalicelib.errors import Problem, TooManyRequests, Unauthenticated
from chalicelib.sessions import service as sessions
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World
from tests.unit.core.samples import shipped

NOTICE = shipped()
ORIGIN = Origin(NETWORK)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    tickets._key.cache_clear()
    return World(monkeypatch)


@pytest.fixture
def recovery(world: World) -> tuple[str, ...]:
    world.offer()
    return enrolment.confirm(world.signed_in(), world.code(), NETWORK, NOTICE)


def begin() -> str:
    begun = signin.begin(ADDRESS, PASSWORD, ORIGIN, NOTICE)
    assert isinstance(begun, str)
    return begun


def test_without_a_second_factor_the_password_is_enough(world: World) -> None:
    begun = signin.begin(ADDRESS, PASSWORD, ORIGIN, NOTICE)
    assert isinstance(begun, NewSession)
    assert sessions.authenticate(begun.token).subject


def test_a_ticket_and_a_code_make_a_session(world: World, recovery: tuple[str, ...]) -> None:
    session = signin.go_on(begin(), recovery[0], ORIGIN, NOTICE)
    assert sessions.authenticate(session.token).session.opened.second_factor


def test_a_ticket_alone_opens_nothing(world: World, recovery: tuple[str, ...]) -> None:
    with pytest.raises(Unauthenticated):
        sessions.authenticate(begin())


def test_a_ticket_holds_no_password_and_no_address(world: World, recovery: tuple[str, ...]) -> None:
    ticket = begin()
    assert ADDRESS not in ticket
    assert PASSWORD not in ticket


def test_a_wrong_code_counts_and_a_right_one_still_works(
    world: World, recovery: tuple[str, ...]
) -> None:
    ticket = begin()
    with pytest.raises(Unauthenticated) as refused:
        signin.go_on(ticket, "wxyz wxyz wxyz wxyz", ORIGIN, NOTICE)
    assert refused.value.type == "second-factor-wrong"
    assert signin.go_on(ticket, recovery[1], ORIGIN, NOTICE).token
    with pytest.raises(Problem):
        signin.go_on(ticket, recovery[1], ORIGIN, NOTICE)


def test_codes_cannot_be_guessed_with_one_ticket(world: World, recovery: tuple[str, ...]) -> None:
    ticket = begin()
    with pytest.raises(TooManyRequests):  # noqa: PT012 - which of them it is does not matter
        for number in range(12):
            with pytest.raises(Unauthenticated):
                signin.go_on(ticket, f"abcd abcd abcd {number:04d}", ORIGIN, NOTICE)


def test_a_ticket_lasts_ten_minutes(world: World, recovery: tuple[str, ...]) -> None:
    ticket = begin()
    world.now += tickets.VALID
    with pytest.raises(TicketNotValid):
        signin.go_on(ticket, recovery[0], ORIGIN, NOTICE)


def test_a_ticket_that_says_it_lasts_longer_does_not(
    world: World, recovery: tuple[str, ...]
) -> None:
    kind, mac, ends, mark = begin().split(".")
    for other in (str(int(ends) + 60), str(int(ends) - 60)):
        with pytest.raises(TicketNotValid):
            signin.go_on(f"{kind}.{mac}.{other}.{mark}", recovery[0], ORIGIN, NOTICE)


@pytest.mark.parametrize(
    "change",
    [
        lambda ticket: None,
        lambda ticket: "",
        lambda ticket: ticket[:-1] + ("0" if ticket[-1] != "0" else "1"),
        lambda ticket: ticket.replace("code.", "code.0", 1)[: len(ticket)],
        lambda ticket: ticket + "0",
        lambda ticket: "code." + "0" * 64 + ticket[69:],
        lambda ticket: f"{'a' * 26}.{'b' * 43}",
    ],
)
def test_what_is_no_ticket_opens_nothing(
    world: World, recovery: tuple[str, ...], change: Callable[[str], str | None]
) -> None:
    with pytest.raises(TicketNotValid):
        signin.go_on(change(begin()), recovery[0], ORIGIN, NOTICE)


def test_signing_out_everywhere_ends_a_ticket(world: World, recovery: tuple[str, ...]) -> None:
    ticket = begin()
    signout.sign_out_everywhere(world.signed_in(), NOTICE)
    world.now += timedelta(seconds=1)
    with pytest.raises(TicketNotValid):
        signin.go_on(ticket, recovery[0], ORIGIN, NOTICE)

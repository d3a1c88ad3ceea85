"""Guesses at a password or a code that are sent all at once gain nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.accounts.service import address, credentials, enrolment, signin
from chalicelib.accounts.service.signin import Origin
from chalicelib.errors import Forbidden, Problem, TooManyRequests, Unauthenticated
from chalicelib.limits import service as limits
from chalicelib.limits.model import GUESSES
from chalicelib.limits.store import LimitItem
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World, mac
from tests.unit.core.samples import shipped

NOTICE = shipped()
NEW = "marmalade window seventeen"
WRONG_CODE = "000000"

Act = Callable[[World, str], object]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def switch_on(world: World) -> None:
    """The account gets a second factor."""
    world.offer()
    enrolment.confirm(world.signed_in(), world.code(), NETWORK, NOTICE)


def change(world: World, password: str, new: str = NEW) -> None:
    credentials.change(world.signed_in(), password, new, NETWORK, NOTICE)


def ask(world: World, password: str, email: str = "ada@example.org") -> None:
    address.ask(world.signed_in(), email, password, NETWORK, NOTICE)


def offer(world: World, password: str) -> None:
    enrolment.offer(world.signed_in(), password, NETWORK, NOTICE)


def renew(world: World, password: str) -> None:
    enrolment.renew_recovery_codes(world.signed_in(), password, WRONG_CODE, NETWORK, NOTICE)


def remove(world: World, password: str) -> None:
    enrolment.remove(world.signed_in(), password, WRONG_CODE, NETWORK, NOTICE)


def sign_in(world: World, password: str, code: str | None = None) -> None:
    signin.sign_in(ADDRESS, password, code, Origin(NETWORK), NOTICE)


ACTS: dict[str, Act] = {
    "sign in": sign_in,
    "change": change,
    "change to one that is unfit": lambda world, password: change(world, password, "a" * 12),
    "move": ask,
    "move to where one is": lambda world, password: ask(world, password, ADDRESS),
    "offer": offer,
    "renew": renew,
    "remove": remove,
}


def exhaust(world: World) -> None:
    """Other guesses from here use up all tries."""
    attempt = limits.guess(mac(ADDRESS), NETWORK, world.now)
    for limit, (_, pk, sk) in zip((10, 10, 10), attempt.places(), strict=True):
        item = LimitItem(pk=pk, sk=sk, kind="limit", tries=limit, expires_at=world.now)
        world.memory.items[False, pk, sk] = item.serialize()


@pytest.mark.parametrize("second_factor", [False, True], ids=["without", "with second factor"])
@pytest.mark.parametrize("name", ACTS)
def test_a_right_password_is_told_only_while_a_try_is_left(
    world: World, name: str, second_factor: bool
) -> None:
    # All tries were left when it was read, and are used up when it is to be written.
    if second_factor:
        switch_on(world)
    for password in (PASSWORD, "wrong"):
        world.memory.items = {k: v for k, v in world.memory.items.items() if k[1][:2] != "L#"}
        world.meanwhile = [lambda: exhaust(world)]
        with pytest.raises(TooManyRequests) as refused:
            ACTS[name](world, password)
        assert "tries" in refused.value.detail
    assert not [job for job in world.sent if job.action != "second_factor_on"]


@pytest.mark.parametrize("name", sorted(set(ACTS) - {"sign in"}))
def test_with_no_try_left_nobody_looks_at_the_password(world: World, name: str) -> None:
    exhaust(world)
    before = dict(world.memory.items)
    with pytest.raises(TooManyRequests):
        ACTS[name](world, PASSWORD)
    assert world.memory.items == before


CODES: dict[str, tuple[Act, type[Problem]]] = {
    "sign in": (lambda world, code: sign_in(world, PASSWORD, code), Unauthenticated),
    "renew": (
        lambda world, code: enrolment.renew_recovery_codes(
            world.signed_in(), PASSWORD, code, NETWORK, NOTICE
        ),
        Forbidden,
    ),
    "remove": (
        lambda world, code: enrolment.remove(world.signed_in(), PASSWORD, code, NETWORK, NOTICE),
        Forbidden,
    ),
}


@pytest.mark.parametrize("name", CODES)
def test_who_knows_the_password_does_not_guess_the_code(world: World, name: str) -> None:
    switch_on(world)
    act, wrong = CODES[name]
    for _ in range(GUESSES.own.tries):
        with pytest.raises(wrong):
            act(world, WRONG_CODE)
    with pytest.raises(TooManyRequests):
        act(world, world.code())


@pytest.mark.parametrize("name", CODES)
def test_a_right_code_forgets_the_wrong_ones(world: World, name: str) -> None:
    switch_on(world)
    act, wrong = CODES[name]
    for _ in range(GUESSES.own.tries - 1):
        with pytest.raises(wrong):
            act(world, WRONG_CODE)
    act(world, world.code())
    assert limits.guess(mac(ADDRESS), NETWORK, world.now).refuse_exhausted(
        world.memory.batch(limits.guess(mac(ADDRESS), NETWORK, world.now).places())
    )
    pair = limits.guess(mac(ADDRESS), NETWORK, world.now).places()[0]
    assert world.memory.batch([pair]) == [None]


def test_wrong_passwords_are_counted_until_there_are_no_tries_left(world: World) -> None:
    for _ in range(GUESSES.own.tries):
        with pytest.raises(Forbidden):
            change(world, "wrong")
    with pytest.raises(TooManyRequests):
        change(world, PASSWORD)
    with pytest.raises(TooManyRequests):
        sign_in(world, PASSWORD)
    signin.sign_in(ADDRESS, PASSWORD, None, Origin("198.51.100.0/24"), NOTICE)

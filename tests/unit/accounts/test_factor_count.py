"""The strict count of an account's wrong codes: from any network, and only with the password."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.accounts.service import enrolment, mails, signin
from chalicelib.accounts.service.signin import Origin
from chalicelib.errors import Forbidden, TooManyRequests, Unauthenticated
from chalicelib.limits import service as limits
from chalicelib.limits.model import TOLD_AFTER, factor
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World
from tests.unit.core.samples import SUBJECT, shipped

NOTICE = shipped()
WRONG = "000000"
MOST = factor().tries


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """An account with a second factor."""
    world = World(monkeypatch)
    world.offer()
    enrolment.confirm(world.signed_in(), world.code(), NETWORK, NOTICE)
    return world


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Networks from which nobody tried anything."""
    return (f"2001:db8:{number:x}:1::/64" for number in count(1))


def sign_in(network: str, code: str | None = WRONG, password: str = PASSWORD) -> None:
    signin.sign_in(ADDRESS, password, code, Origin(network), NOTICE)


def guess(network: str, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(Unauthenticated) as refused:
            sign_in(network)
        assert refused.value.type == "second-factor-wrong"


def told(world: World) -> int:
    """How many mails tell its owner of wrong codes."""
    return [job.action for job in world.sent].count(mails.CODES_GUESSED)


def test_ends_whatever_the_network(world: World, elsewhere: Iterator[str]) -> None:
    for _ in range(MOST):
        guess(next(elsewhere))
    for network in (next(elsewhere), NETWORK):
        with pytest.raises(TooManyRequests) as refused:
            sign_in(network, world.code())
        assert refused.value.retry_after <= 3600
    world.now += timedelta(hours=1)
    sign_in(next(elsewhere), world.code())


def test_counts_in_the_account_s_own_settings_too(world: World, elsewhere: Iterator[str]) -> None:
    acts: list[Callable[[str], object]] = [
        lambda network: enrolment.remove(world.signed_in(), PASSWORD, WRONG, network, NOTICE),
        lambda network: enrolment.renew_recovery_codes(
            world.signed_in(), PASSWORD, WRONG, network, NOTICE
        ),
    ]
    for number in range(MOST):
        with pytest.raises(Forbidden):
            acts[number % 2](next(elsewhere))
    for act in (*acts, sign_in):
        with pytest.raises(TooManyRequests):
            act(next(elsewhere))
    assert told(world) == 1


def test_its_owner_is_told_once_after_the_fifth(world: World, elsewhere: Iterator[str]) -> None:
    for number in range(1, MOST + 1):
        guess(next(elsewhere))
        assert told(world) == (number >= TOLD_AFTER)
    message = world.mail(mails.CODES_GUESSED)
    assert message is not None
    assert (message.template, message.address) == ("codes_guessed", ADDRESS)
    assert {job.subject for job in world.sent if job.action == mails.CODES_GUESSED} == {SUBJECT}


def test_the_next_window_tells_again(world: World, elsewhere: Iterator[str]) -> None:
    for _ in range(2):
        for _ in range(TOLD_AFTER):
            guess(next(elsewhere))
        world.now += timedelta(hours=1)
    assert told(world) == 2


@pytest.mark.parametrize("already", [0, TOLD_AFTER - 2, TOLD_AFTER - 1, TOLD_AFTER])
def test_the_fifth_tells_whoever_is_counted_in_between(
    world: World, elsewhere: Iterator[str], already: int
) -> None:
    for _ in range(already):
        guess(next(elsewhere))

    def two_others() -> None:
        guess(next(elsewhere), 2)

    world.meanwhile = [two_others]
    guess(next(elsewhere))
    for _ in range(max(0, TOLD_AFTER - already - 3)):
        guess(next(elsewhere))
    assert told(world) == 1


def test_of_many_at_once_no_more_are_answered_than_there_are(
    world: World, elsewhere: Iterator[str]
) -> None:
    def others() -> None:
        for _ in range(MOST - 1):
            guess(next(elsewhere))

    guess(next(elsewhere))
    world.meanwhile = [others]
    with pytest.raises(TooManyRequests):
        sign_in(next(elsewhere))
    world.now += timedelta(hours=1)
    world.meanwhile = [lambda: guess(next(elsewhere), 9) or guess(next(elsewhere))]  # type: ignore[func-returns-value]
    with pytest.raises(TooManyRequests):  # the right one is among the guesses, and comes too late
        sign_in(next(elsewhere), world.code())


def test_nobody_without_the_password_keeps_the_owner_out(
    world: World, elsewhere: Iterator[str]
) -> None:
    for code in (WRONG, None):
        for _ in range(3 * MOST):
            with pytest.raises((Unauthenticated, TooManyRequests)) as refused:
                sign_in(next(elsewhere), code, "a wrong password")
            assert "second-factor" not in refused.value.type
    for _ in range(2 * MOST):  # the password alone tries no code
        with pytest.raises(Unauthenticated):
            sign_in(next(elsewhere), None)
    sign_in(next(elsewhere), world.code())
    assert told(world) == 0


def test_a_right_code_leaves_the_count_alone(world: World, elsewhere: Iterator[str]) -> None:
    """Else each sign-in of the owner would give fresh codes to who guesses meanwhile."""
    for _ in range(MOST - 1):
        guess(next(elsewhere))
    sign_in(next(elsewhere), world.code())
    guess(next(elsewhere))
    with pytest.raises(TooManyRequests):
        sign_in(next(elsewhere))


def test_a_wrong_code_is_counted_by_its_network_as_well(world: World) -> None:
    guess(NETWORK, 3)
    now = world.now
    places = limits.guess(world.standing().claim or "", NETWORK, now).places()
    assert [int(item.tries) for item in world.memory.batch(places)] == [3, 3, 3]

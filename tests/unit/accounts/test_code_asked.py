"""With a second factor on, its code is asked for also to change what opens the account."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.accounts.service import address, credentials, enrolment, mails
from chalicelib.accounts.service.shown import WrongPassword
from chalicelib.accounts.store import ClaimItem
from chalicelib.errors import TooManyRequests, Unauthenticated, Unprocessable
from chalicelib.limits.model import GUESSES
from chalicelib.sessions import tries
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World, mac
from tests.unit.core.samples import shipped

NOTICE = shipped()
NEW, OTHER = "una barca verde attraversa il lago", "ada@example.org"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


@pytest.fixture
def recovery(world: World) -> tuple[str, ...]:
    """The account has a second factor: its recovery codes."""
    world.offer()
    return enrolment.confirm(world.signed_in(), world.code(), NETWORK, NOTICE)


def change_password(world: World, code: str | None) -> None:
    credentials.change(world.signed_in(), PASSWORD, NEW, NETWORK, NOTICE, code)


def change_address(world: World, code: str | None) -> None:
    address.ask(world.signed_in(), OTHER, PASSWORD, NETWORK, NOTICE, code)


Act = Callable[[World, "str | None"], None]
ACTS = pytest.mark.parametrize(
    ("act", "mail"),
    [(change_password, mails.PASSWORD_CHANGED), (change_address, mails.CONFIRM_ADDRESS)],
)


def asked(world: World, mail: str) -> bool:
    return mail in {job.action for job in world.sent}


@ACTS
def test_a_code_is_asked_for(world: World, recovery: tuple[str, ...], act: Act, mail: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        act(world, None)
    assert refused.value.type == "second-factor-needed"
    with pytest.raises(Unauthenticated) as refused:
        act(world, "wxyz wxyz wxyz wxyz")
    assert refused.value.type == "second-factor-wrong"
    assert not asked(world, mail)
    act(world, world.code())
    assert asked(world, mail)


@ACTS
def test_a_code_works_once(world: World, recovery: tuple[str, ...], act: Act, mail: str) -> None:
    code = world.code()
    change_address(world, code)
    with pytest.raises(Unauthenticated) as refused:
        act(world, code)
    assert refused.value.type == "second-factor-wrong"


@ACTS
def test_a_code_that_is_used_meanwhile_is_used(
    world: World, recovery: tuple[str, ...], act: Act, mail: str
) -> None:
    code = world.code()
    world.meanwhile = [lambda: None, lambda: change_address(world, code)]
    with pytest.raises(Unauthenticated) as refused:
        act(world, code)
    assert refused.value.type == "second-factor-wrong"


@ACTS
def test_a_recovery_code_will_do_and_its_use_is_told(
    world: World, recovery: tuple[str, ...], act: Act, mail: str
) -> None:
    act(world, recovery[0])
    assert asked(world, mail)
    assert asked(world, mails.RECOVERY_CODE_USED)


@ACTS
def test_wrong_codes_are_counted(
    world: World, recovery: tuple[str, ...], act: Act, mail: str
) -> None:
    for _ in range(GUESSES.own.tries):
        with pytest.raises(Unauthenticated):
            act(world, "wxyz wxyz wxyz wxyz")
    with pytest.raises(TooManyRequests):
        act(world, "wxyz wxyz wxyz wxyz")


@ACTS
def test_without_a_second_factor_none_is_asked_for(world: World, act: Act, mail: str) -> None:
    act(world, None)
    assert asked(world, mail)


def proven(world: World, *, value: bool) -> None:
    """What the claim says of who knows the password."""
    item = world.claim(ADDRESS)
    assert item is not None
    item.proven = value
    world.memory.items[False, item.pk, item.sk] = item.serialize()


def reset(world: World) -> ClaimItem:
    """A new password, chosen by a mailed link: the claim after it."""
    now_at = ADDRESS if world.standing().claim == mac(ADDRESS) else OTHER
    credentials.ask_reset(now_at, NETWORK, NOTICE)
    credentials.reset(world.mailed(mails.RESET), NEW, NOTICE)
    claim = world.claim(now_at)
    assert claim is not None
    return claim


class TestReset:
    def test_leaves_the_factor_of_who_had_proven_the_address(
        self, world: World, recovery: tuple[str, ...]
    ) -> None:
        claim = reset(world)
        assert (claim.second_factor, claim.proven) == (True, True)
        assert world.factor() is not None
        assert not asked(world, mails.SECOND_FACTOR_OFF)

    def test_drops_the_factor_of_who_never_had(
        self, world: World, recovery: tuple[str, ...]
    ) -> None:
        proven(world, value=False)
        claim = reset(world)
        assert (claim.second_factor, claim.proven) == (False, True)
        assert world.factor() is None
        assert asked(world, mails.SECOND_FACTOR_OFF)

    def test_drops_it_once(self, world: World, recovery: tuple[str, ...]) -> None:
        proven(world, value=False)
        reset(world)
        assert reset(world).proven
        assert [job.action for job in world.sent].count(mails.SECOND_FACTOR_OFF) == 1

    def test_of_a_password_chosen_signed_in_proves_nothing(
        self, world: World, recovery: tuple[str, ...]
    ) -> None:
        proven(world, value=False)
        change_password(world, world.code())
        assert not reset(world).second_factor


class TestMove:
    def test_by_the_button_alone_does_not_prove_whose_account_it_is(
        self, world: World, recovery: tuple[str, ...]
    ) -> None:
        change_address(world, world.code())
        address.confirm(world.mailed(mails.CONFIRM_ADDRESS), NOTICE)
        assert not reset(world).second_factor

    def test_with_the_password_proves_it(self, world: World, recovery: tuple[str, ...]) -> None:
        proven(world, value=False)
        change_address(world, world.code())
        link = world.mailed(mails.CONFIRM_ADDRESS)
        with pytest.raises(WrongPassword):
            address.confirm(link, NOTICE, NEW)
        address.confirm(link, NOTICE, PASSWORD)
        assert reset(world).second_factor

    def test_takes_few_wrong_passwords(self, world: World) -> None:
        change_address(world, None)
        link = world.mailed(mails.CONFIRM_ADDRESS)
        for _ in range(tries.TRIES):
            with pytest.raises(WrongPassword):
                address.confirm(link, NOTICE, NEW)
        with pytest.raises(TooManyRequests):
            address.confirm(link, NOTICE, PASSWORD)
        address.confirm(link, NOTICE)

    @pytest.mark.parametrize("value", [True, False])
    def test_that_is_undone_leaves_what_was_known_of_the_old_address(
        self, world: World, recovery: tuple[str, ...], value: bool
    ) -> None:
        proven(world, value=value)
        change_address(world, world.code())
        address.confirm(world.mailed(mails.CONFIRM_ADDRESS), NOTICE)
        address.undo(world.mailed(mails.ADDRESS_CHANGED), NOTICE)
        assert reset(world).second_factor is value

    def test_that_is_undone_tells_both_addresses(self, world: World) -> None:
        change_address(world, None)
        address.confirm(world.mailed(mails.CONFIRM_ADDRESS), NOTICE)
        link = world.mailed(mails.ADDRESS_CHANGED)
        address.undo(link, NOTICE)
        told = [world.mail(mails.ADDRESS_RESTORED), world.mail(mails.MOVE_UNDONE)]
        assert [one and (one.template, one.address) for one in told] == [
            ("address_restored", ADDRESS),
            ("move_undone", OTHER),
        ]
        assert ADDRESS not in repr(told[1] and told[1].words)
        with pytest.raises(Unprocessable):
            address.undo(link, NOTICE)

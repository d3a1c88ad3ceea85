"""What an operator does for the desk: a lost second factor is lifted, sessions are ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.accounts.model import NotNormal
from chalicelib.accounts.service import enrolment, mails, operator, signin
from chalicelib.accounts.service.signin import Origin
from chalicelib.errors import Unauthenticated
from chalicelib.notices import service as notices
from chalicelib.subjects.model import Life
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World
from tests.unit.core.samples import SUBJECT, shipped

NOTICE = shipped()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(notices, "current", shipped)
    return World(monkeypatch)


@pytest.fixture
def with_factor(world: World) -> World:
    """The account has a second factor."""
    world.offer()
    enrolment.confirm(world.signed_in(), world.code(), NETWORK, NOTICE)
    return world


def is_signed_in(world: World) -> bool:
    try:
        world.signed_in()
    except Unauthenticated:
        return False
    return True


def test_a_lost_factor_is_lifted_and_its_person_told(
    with_factor: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert operator.lift_factor("ADA@example.com")
    claim = with_factor.claim(ADDRESS)
    assert claim is not None
    assert (claim.second_factor, with_factor.factor()) == (False, None)
    assert not is_signed_in(with_factor)
    message = with_factor.mail(mails.SECOND_FACTOR_LIFTED)
    assert message is not None
    assert (message.template, message.address) == ("second_factor_lifted", ADDRESS)
    signin.sign_in(ADDRESS, PASSWORD, None, Origin(NETWORK), NOTICE)
    line = capsys.readouterr().out
    assert "auth.factor_lifted" in line
    assert SUBJECT in line
    assert ADDRESS not in line


def test_nobodys_factor_is_lifted_twice(with_factor: World) -> None:
    assert operator.lift_factor(ADDRESS)
    assert not operator.lift_factor(ADDRESS)


def test_sessions_are_ended_and_the_factor_stays(
    with_factor: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert operator.end_sessions(ADDRESS)
    assert not is_signed_in(with_factor)
    assert with_factor.factor() is not None
    assert "auth.sessions_ended" in capsys.readouterr().out


ACTS = pytest.mark.parametrize("act", [operator.end_sessions, operator.lift_factor])


@ACTS
def test_nothing_is_done_to_nobody(with_factor: World, act: Callable[[str], bool]) -> None:
    assert not act("nobody@example.com")
    with pytest.raises(NotNormal):
        act("nobody")
    with_factor.stop(Life.ERASING)
    assert not act(ADDRESS)


@ACTS
def test_nor_to_an_account_that_changes_at_that_moment(
    with_factor: World, act: Callable[[str], bool]
) -> None:
    with_factor.meanwhile = [lambda: operator.end_sessions(ADDRESS)]
    assert not act(ADDRESS)

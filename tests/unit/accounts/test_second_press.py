"""A button behind a mailed link is pressed twice at once: the second press hears that it is done.

The first press uses the link after the second one has read it, at each moment from then on.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.accounts.service import (
    address,
    credentials,
    disavowal,
    mails,
    moves,
    verification,
)
from chalicelib.errors import DoneAlready
from chalicelib.sessions import service as sessions
from chalicelib.subjects import service as subjects
from tests.mailed_request import opened_by_mail
from tests.unit.accounts.test_proving import Registered
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World
from tests.unit.core.samples import shipped

NOTICE = shipped()
OTHER, NEW = "ada@example.org", "il gatto nero dorme ancora"
Press = Callable[[], object]
READS = ((sessions, "open_link"), (subjects, "account_standing"), (moves, "read"))
"""What a press reads, one after the other."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def verified(world: World) -> Press:
    waiting = Registered(world)
    return lambda: verification.verify(waiting.link, NEW, NOTICE)


def verified_without_password(world: World) -> Press:
    waiting = Registered(world)
    return lambda: verification.verify(waiting.link, None, NOTICE)


def disavowed(world: World) -> Press:
    waiting = Registered(world)
    return lambda: disavowal.disavow(waiting.disavow, NOTICE, opened_by_mail)


def disavowed_when_proven(world: World) -> Press:
    waiting = Registered(world)
    verification.verify(waiting.link, NEW, NOTICE)
    return lambda: disavowal.disavow(waiting.disavow, NOTICE, opened_by_mail)


def reset(world: World) -> Press:
    credentials.ask_reset(ADDRESS, NETWORK, NOTICE)
    link = world.mailed(mails.RESET)
    return lambda: credentials.reset(link, NEW, NOTICE)


def confirmed(world: World) -> Press:
    address.ask(world.signed_in(), OTHER, PASSWORD, NETWORK, NOTICE)
    link = world.mailed(mails.CONFIRM_ADDRESS)
    return lambda: address.confirm(link, NOTICE)


def undone(world: World) -> Press:
    confirmed(world)()
    link = world.mailed(mails.ADDRESS_CHANGED)
    return lambda: address.undo(link, NOTICE)


BUTTONS = (
    verified,
    verified_without_password,
    disavowed,
    disavowed_when_proven,
    reset,
    confirmed,
    undone,
)


MOMENTS = ("before", "link read", "standing read", "move read", "to be written")
"""When the first press is made: before the second one, after what it read, before it commits."""


def _comes_by(button: Callable[[World], Press], moment: int) -> bool:
    moves_address = button in (confirmed, undone)
    if MOMENTS[moment] == "standing read":
        return not moves_address and button not in (verified, verified_without_password)
    return moves_address if MOMENTS[moment] == "move read" else True


CASES = [
    (button, moment)
    for button in BUTTONS
    for moment in range(len(MOMENTS))
    if _comes_by(button, moment)
]


@pytest.mark.parametrize(
    ("button", "moment"),
    CASES,
    ids=[f"{button.__name__}, {MOMENTS[moment]}" for button, moment in CASES],
)
def test_the_second_press_hears_that_it_is_done(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    button: Callable[[World], Press],
    moment: int,
) -> None:
    press = button(world)
    first: list[Press] = [press]

    def pressed() -> None:
        if first:
            first.pop()()

    if moment == 0:
        pressed()
    elif moment <= len(READS):
        module, name = READS[moment - 1]
        read = getattr(module, name)

        def after_reading(*arguments: object) -> object:
            found = read(*arguments)
            pressed()
            return found

        monkeypatch.setattr(module, name, after_reading)
    else:
        world.meanwhile = [pressed]
    with pytest.raises(DoneAlready):
        press()
    assert not first

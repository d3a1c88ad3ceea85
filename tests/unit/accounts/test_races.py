"""Two acts on one account at the same moment: whichever wins, the account is whole."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from chalicelib.accounts.second_factor import CONFIRMED
from chalicelib.accounts.service import (
    address,
    contents,
    credentials,
    deactivation,
    enrolment,
    mails,
    profile,
    signin,
    signout,
)
from chalicelib.accounts.service.signin import NewSession, Origin
from chalicelib.accounts.store import ClaimItem
from chalicelib.errors import Problem, Unauthenticated
from chalicelib.sessions import service as sessions
from chalicelib.sessions.store import SessionItem
from chalicelib.subjects.model import Life
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World, hashed, mac
from tests.unit.core.samples import SUBJECT, shipped

NEW_ADDRESS, THIRD_ADDRESS = "ada@example.org", "ada@example.net"
CHANGED, RESET = "marmalade window seventeen", "il gatto nero dorme ancora"
NOTICE = shipped()

Act = Callable[[World], object]
Prepared = dict[str, Act]


def wish(world: World) -> Prepared:
    """A move was asked; its link is ready."""
    address.ask(world.signed_in(), NEW_ADDRESS, PASSWORD, NETWORK, NOTICE, world.code())
    link = world.mailed(mails.CONFIRM_ADDRESS)
    return {"confirm": lambda _: address.confirm(link, NOTICE)}


def moved(world: World) -> Prepared:
    """A move was confirmed; the link that undoes it is ready."""
    wish(world)["confirm"](world)
    link = world.mailed(mails.ADDRESS_CHANGED)
    return {"undo": lambda _: address.undo(link, NOTICE)}


def offered(world: World) -> Prepared:
    """A second factor was handed out."""
    world.offer()

    def switch_on(world: World) -> None:
        enrolment.confirm(world.signed_in(), world.code(), NETWORK, NOTICE)

    return {"switch on": switch_on}


def switched_on(world: World) -> Prepared:
    """There is a second factor."""
    offered(world)["switch on"](world)

    def renew(world: World) -> None:
        code = world.code()
        enrolment.renew_recovery_codes(world.signed_in(), PASSWORD, code, NETWORK, NOTICE)

    def remove(world: World) -> None:
        enrolment.remove(world.signed_in(), PASSWORD, world.code(), NETWORK, NOTICE)

    return {"renew": renew, "remove": remove}


def always(world: World) -> Prepared:
    """What can be done at any time; the link for a new password is ready."""
    here = address_now(world)
    credentials.ask_reset(here, NETWORK, NOTICE)
    link = world.mailed(mails.RESET)

    def change(world: World) -> None:
        credentials.change(world.signed_in(), PASSWORD, CHANGED, NETWORK, NOTICE, world.code())

    def ask(world: World) -> None:
        address.ask(world.signed_in(), THIRD_ADDRESS, PASSWORD, NETWORK, NOTICE, world.code())

    def sign_in(world: World) -> NewSession:
        return signin.sign_in(here, PASSWORD, world.code(), Origin(NETWORK, "IT"), NOTICE)

    def correct(world: World) -> None:
        body = {"profile": {"identity": {"name": "Countess"}}}
        profile.correct(world.token, body, lambda _: True, NOTICE)

    return {
        "change": change,
        "reset": lambda _: credentials.reset(link, RESET, NOTICE),
        "sign out": lambda world: signout.sign_out_everywhere(world.signed_in(), NOTICE),
        "ask": ask,
        "sign in": sign_in,
        "correct": correct,
        "deactivate": lambda world: deactivation.deactivate(world.signed_in(), "it", NOTICE),
    }


def address_now(world: World) -> str:
    """The address that the account holds."""
    known = {mac(one): one for one in (ADDRESS, NEW_ADDRESS, THIRD_ADDRESS)}
    return known[world.standing().claim or ""]


def begin(
    monkeypatch: pytest.MonkeyPatch,
    move: Callable[[World], Prepared],
    factor: Callable[[World], Prepared],
) -> tuple[World, Prepared]:
    """An account in that state, and everything that can be done with it."""
    world = World(monkeypatch)
    return world, {**factor(world), **move(world), **always(world)}


def refuse_half(world: World) -> None:
    """Fails unless claims, standing, profile, second factor and sessions say the same."""
    stands, factor = world.standing(), world.factor()
    found = [world.memory.batch([(ClaimItem, pk, sk)])[0] for _, pk, sk in claims(world)]
    held = [claim for claim in found if claim.reserved_until is None]
    reserved = [claim for claim in found if claim.reserved_until is not None]
    assert [claim.pk for claim in held] == [f"A#{stands.claim}"]
    assert held[0].subject == SUBJECT
    assert int(held[0].generation) == stands.generation
    on = factor is not None and factor.status == CONFIRMED
    assert bool(held[0].second_factor) is on
    assert not [claim for claim in reserved if claim.password_hash or claim.second_factor]
    emails = contents.read_profile(SUBJECT)["identity"]["email"]
    assert mac(emails) == stands.claim
    for session in opened(world):
        if int(session.generation) == stands.generation and session.second_factor:
            assert on, "a session says a second factor that its account does not have"


def refuse_locked_out(world: World) -> None:
    """Fails unless whoever knows the password can sign in, and nobody else."""
    here = address_now(world)
    claim = world.claim(here)
    assert claim is not None
    origin = Origin("198.51.100.0/24")
    for password in (PASSWORD, CHANGED, RESET):
        if claim.password_hash == hashed(password):
            session = signin.sign_in(here, password, world.code(), origin, NOTICE)
            world.token = session.token
            assert world.signed_in().subject == SUBJECT
        else:
            with pytest.raises(Unauthenticated):
                signin.sign_in(here, password, world.code(), origin, NOTICE)
    for elsewhere in {ADDRESS, NEW_ADDRESS, THIRD_ADDRESS} - {here}:
        with pytest.raises(Unauthenticated):
            signin.sign_in(elsewhere, PASSWORD, world.code(), Origin("192.0.2.0/24"), NOTICE)


def claims(world: World) -> list[tuple[bool, str, str]]:
    return [key for key in world.memory.items if key[1].startswith("A#") and "#claim#" in key[2]]


def opened(world: World) -> list[SessionItem]:
    found = [key for key in world.memory.items if key[2].startswith("core#session#")]
    return [world.memory.batch([(SessionItem, pk, sk)])[0] for _, pk, sk in found]


MOVES = [wish, moved]
FACTORS = [offered, switched_on]


def acts(move: Callable[..., Any], factor: Callable[..., Any]) -> list[str]:
    """The names of what can be done in a state."""
    names = ["change", "reset", "sign out", "ask", "sign in", "correct", "deactivate"]
    names += ["confirm"] if move is wish else ["undo"]
    return names + (["switch on"] if factor is offered else ["renew", "remove"])


CASES = [
    (move, factor, name) for move in MOVES for factor in FACTORS for name in acts(move, factor)
]


@pytest.mark.parametrize(
    ("move", "factor", "name"), CASES, ids=lambda one: getattr(one, "__name__", one)
)
def test_each_act_alone_leaves_the_account_whole(
    monkeypatch: pytest.MonkeyPatch, move: Any, factor: Any, name: str
) -> None:
    world, can = begin(monkeypatch, move, factor)
    refuse_half(world)
    if move is moved and name == "ask":
        with pytest.raises(Problem):
            can[name](world)
    else:
        can[name](world)
    refuse_half(world)
    refuse_locked_out(world)


@pytest.mark.parametrize(
    ("move", "factor", "name"), CASES, ids=lambda one: getattr(one, "__name__", one)
)
def test_whatever_happens_meanwhile_the_account_stays_whole(
    monkeypatch: pytest.MonkeyPatch, move: Any, factor: Any, name: str
) -> None:
    for other in acts(move, factor):
        for commits_before in (0, 1):
            world, can = begin(monkeypatch, move, factor)

            def meanwhile(other: str = other, world: World = world, can: Prepared = can) -> None:
                with suppress(Problem):
                    can[other](world)

            world.meanwhile += [lambda: None] * commits_before
            world.meanwhile.append(meanwhile)
            with suppress(Problem):
                done = can[name](world)
                if isinstance(done, NewSession):
                    assert sessions.authenticate(done.token).subject == SUBJECT
            world.meanwhile.clear()
            refuse_half(world)
            refuse_locked_out(world)


@pytest.mark.parametrize(
    ("move", "factor", "name"), CASES, ids=lambda one: getattr(one, "__name__", one)
)
def test_nothing_is_written_to_an_account_whose_erasure_begins_meanwhile(
    monkeypatch: pytest.MonkeyPatch, move: Any, factor: Any, name: str
) -> None:
    for commits_before in (0, 1):
        world, can = begin(monkeypatch, move, factor)
        found = list[Any]()

        def erasure(world: World = world, found: list[Any] = found) -> None:
            world.stop(Life.ERASING)
            found.append(counted_apart(world))

        world.meanwhile += [lambda: None] * commits_before
        world.meanwhile.append(erasure)
        refusal: Problem | None = None
        try:
            can[name](world)
        except Problem as problem:
            refusal = problem
        if found:
            assert refusal is not None
            assert refusal.status < 500
            assert counted_apart(world) == found[0]


def counted_apart(world: World) -> dict[Any, Any]:
    """Everything that is stored, the counters of tries apart."""
    return {key: raw for key, raw in world.memory.items.items() if not key[1].startswith("L#")}

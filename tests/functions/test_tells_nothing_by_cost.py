"""Known and unknown addresses cost the same: nobody learns from the time which one it was.

The deployed functions run in this process, on a local AWS engine of their own, so that each of
their calls can be seen and their CPU be told from the engine's. The figures are logged.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.accounts import passwords
from tests.bench.engines import services
from tests.bench.world import PASSWORD, World, done, new_address, world
from tests.functions.cost import Act, Cpu, calls, cpu, post, shape, summary

pytestmark = pytest.mark.alone

SAMPLES = 40
CLOSE, TELLING = 0.15, 0.25
"""How far the medians may be apart, as a part of them, and how much better than by chance a single
figure may tell known from unknown. A hash left out makes one median a fraction of the other; what
differs by nature is one item more or less in an answer of the table."""

ROUNDS = 3
"""How often figures may be taken until they are close: the machine does other things too."""

WRONG = "a wrong guess of mine"
_log = logging.getLogger(__name__)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        services(tmp_path_factory.mktemp("cost")) as local,
        pytest.MonkeyPatch.context() as stage,
        world(local) as made,
    ):
        # Each address is asked about again and again: as often as a stage may allow at most.
        stage.setenv("RISERBO_LIMITS", "mail.address=20")
        yield made


@pytest.fixture(scope="module")
def verified(here: World) -> list[str]:
    """Addresses with an account."""
    return [_verified(here) for _ in range(SAMPLES)]


@pytest.fixture(scope="module")
def waiting(here: World) -> list[str]:
    """Addresses of registrations that wait, with a mail each."""
    return [_waiting(here) for _ in range(SAMPLES)]


def _verified(here: World) -> str:
    email = new_address()
    here.verified(email)
    return email


def _waiting(here: World) -> str:
    email = new_address()
    here.link(here.registered(email))
    return email


def acts(here: World) -> dict[str, Act]:
    """What a stranger can do about an address, each with the one answer that it gets."""

    def act(status: int, function: str, path: str, **body: Any) -> Act:
        def run(email: str) -> None:
            done(post(function, path, {"email": email, **body}), status)

        return run

    registration = {"locale": "it", "notice_version": here.version}
    return {
        "registration": act(
            202,
            "accounts",
            "/v1/accounts",
            password=PASSWORD,
            decisions={here.choices[0]: "granted"},
            **registration,
        ),
        "wrong sign-in": act(401, "sessions", "/v1/sessions", password=WRONG),
        "reset": act(202, "credentials", "/v1/password-resets"),
        "resend": act(202, "accounts", "/v1/accounts/verification/resend"),
        "wrong code": act(422, "accounts", "/v1/accounts/verification", code="00000000"),
        "request": act(202, "requests", "/v1/requests", right="erase", details="All of it."),
    }


ACTS = ("registration", "wrong sign-in", "reset", "resend", "wrong code", "request")
KNOWN = ("verified", "waiting")


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("name", ACTS)
def test_the_calls_are_the_same(
    here: World, request: pytest.FixtureRequest, name: str, known: str
) -> None:
    """Operations, their order, the kinds of items read and written, and the bytes of requests."""
    act, addresses = acts(here)[name], request.getfixturevalue(known)
    act(new_address())
    made = calls(here, act, addresses[0]), calls(here, act, new_address())
    assert summary(made[0]) == summary(made[1])
    requests = [[shape(call.parameters) for call in one] for one in made]
    assert requests[0] == requests[1]
    _log.info("%s, %s or unknown: %s", name, known, "; ".join(summary(made[0])))


def test_the_calls_are_those_that_a_limit_needs(here: World) -> None:
    """The comparison sees something: a wrong password is one MAC, one read and one count.

    From IPv6 it is counted at the address by two networks, at the address, and by three networks.
    """
    read, counted = ", ".join(["Get core#limit"] * 6), ", ".join(["Update core#limit"] * 6)
    made = summary(calls(here, acts(here)["wrong sign-in"], new_address()))
    assert made == [
        "GenerateMac()",
        f"BatchGetItem(Get core#claim, {read})",
        f"TransactWriteItems({counted})",
    ]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("registration", "verified"),
        ("wrong sign-in", "verified"),
        ("reset", "verified"),
        ("resend", "verified"),
        ("resend", "waiting"),
        ("wrong code", "waiting"),
    ],
)
def test_the_cpu_is_the_same(
    here: World, request: pytest.FixtureRequest, name: str, known: str
) -> None:
    act, addresses = acts(here)[name], request.getfixturevalue(known)
    figures = list[Cpu]()
    for seed in range(ROUNDS):
        unknown = [new_address() for _ in range(SAMPLES + 1)]
        figures.append(cpu(here, f"{name}, {known}", act, addresses, unknown, seed))
        _log.info("%s", figures[-1])
        if _close(figures[-1]):
            return
    pytest.fail("; ".join(map(str, figures)))


def _close(found: Cpu) -> bool:
    return abs(found.ratio - 1) <= CLOSE and abs(found.order - 0.5) <= TELLING


def test_the_cpu_would_tell_of_a_hash_left_out(
    here: World, verified: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison sees something: without the decoy it fails by far."""
    hashed = passwords.is_password

    def careless(password_hash: str | None, password: str) -> bool:
        return password_hash is not None and hashed(password_hash, password)

    monkeypatch.setattr(passwords, "is_password", careless)
    unknown = [new_address() for _ in range(11)]
    act = acts(here)["wrong sign-in"]
    found = cpu(here, "wrong sign-in without decoy", act, verified[:10], unknown, seed=0)
    _log.info("%s", found)
    assert not _close(found)
    assert found.ratio > 1 + 2 * CLOSE

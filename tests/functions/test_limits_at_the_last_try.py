"""Of guesses that meet, the table decides which was the last try: looked at one instant too early.

The deployed functions run in this process, on a local AWS engine of their own, so that the other
guesses can be put between what one guess reads and what it writes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any

import pytest

from chalicelib.limits.model import CODES, GUESSES
from chalicelib.storage import connection
from tests.bench.engines import services
from tests.bench.world import PASSWORD, Person, World, done, new_address, world
from tests.functions import people
from tests.functions.cost import post

HERE, THERE = "203.0.113.1", "198.51.100.1"
WRONG = "a wrong guess of mine"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with services(tmp_path_factory.mktemp("last")) as local, world(local, hashing=False) as made:
        yield made


@contextmanager
def meanwhile(act: Callable[[], Any]) -> Iterator[None]:
    """Does something right before the next transaction is sent, whoever sends it."""
    events = connection.connection().client.meta.events
    done_once = list[bool]()

    def before(**_: Any) -> None:
        if not done_once:
            done_once.append(True)
            act()

    events.register("before-call.dynamodb.TransactWriteItems", before)
    try:
        yield
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", before)
    assert done_once, "no transaction was sent"


def sign_in(email: str, password: str, network: str = HERE) -> int:
    """The status of a sign-in."""
    body = {"email": email, "password": password}
    return int(post("sessions", "/v1/sessions", body, network)["statusCode"])


def prove(email: str, code: str, network: str = HERE) -> int:
    """The status of a code."""
    body = {"email": email, "code": code, "password": PASSWORD}
    return int(post("accounts", "/v1/accounts/verification", body, network)["statusCode"])


def waiting(here: World) -> tuple[str, str, str]:
    """A registration that waits: its address, the code and the token of its mail."""
    email = new_address()
    token = here.link(here.registered(email))
    raw = here.recorder.last("ses", "SendRawEmail").parameters["RawMessage"]["Data"]
    text = message_from_bytes(raw).get_payload(decode=True)
    assert isinstance(text, bytes)
    return email, people.short_code({"BodyText": text.decode()}), token


def other_than(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**8:08d}"


def repeated(times: int, guess: Callable[[], int]) -> Callable[[], list[int]]:
    """So many guesses, one after the other."""
    return lambda: [guess() for _ in range(times)]


class TestPasswords:
    @pytest.fixture
    def email(self, here: World) -> str:
        email = new_address()
        here.verified(email)
        return email

    def test_a_right_one_opens_nothing_when_the_tries_are_used_up_meanwhile(
        self, email: str
    ) -> None:
        with meanwhile(repeated(GUESSES.own.tries, lambda: sign_in(email, WRONG))):
            assert sign_in(email, PASSWORD) == 429
        assert sign_in(email, PASSWORD) == 429

    def test_a_right_one_opens_while_others_guess_elsewhere(self, email: str) -> None:
        with meanwhile(repeated(GUESSES.own.tries, lambda: sign_in(email, WRONG, THERE))):
            assert sign_in(email, PASSWORD) == 201
        assert sign_in(email, PASSWORD, THERE) == 429

    def test_a_wrong_one_tells_nothing_when_the_tries_are_used_up_meanwhile(
        self, email: str
    ) -> None:
        with meanwhile(repeated(GUESSES.own.tries, lambda: sign_in(email, WRONG))):
            assert sign_in(email, WRONG) == 429


class TestCodes:
    def test_a_right_one_proves_nothing_when_the_tries_are_used_up_meanwhile(
        self, here: World
    ) -> None:
        email, code, token = waiting(here)
        with meanwhile(repeated(CODES.own.tries, lambda: prove(email, other_than(code)))):
            assert prove(email, code) == 429
        assert sign_in(email, PASSWORD) == 401
        body = people.proof(token)
        done(post("accounts", "/v1/accounts/verification", body, HERE), 200)
        assert sign_in(email, PASSWORD) == 201

    def test_a_right_one_proves_nothing_when_those_of_its_address_are_used_up(
        self, here: World
    ) -> None:
        email, code, _ = waiting(here)
        networks = iter(f"2001:db8:{number:x}::1" for number in range(CODES.address.tries))

        def guess() -> int:
            return prove(email, other_than(code), next(networks))

        with meanwhile(repeated(CODES.address.tries, guess)):
            assert prove(email, code) == 429
        assert sign_in(email, PASSWORD) == 401


class TestCopies:
    """One copy is open at a time, however often and however fast its button is pressed."""

    def test_who_presses_again_gets_the_open_one(self, here: World) -> None:
        person = here.person(new_address().partition("@")[0])
        made = ask(here, person, 201)
        ticket = here.ticket()
        here.recorder.clear()
        assert [ask(here, person, 200)["id"] for _ in range(2)] == [made["id"]] * 2
        assert not [call for call in here.recorder.calls if call.service == "sqs"]
        listed = done(here.http("requests", "GET", "/v1/requests", headers=person.headers)(), 200)
        assert [one["id"] for one in json.loads(listed["body"])["items"]] == [made["id"]]

        done(here.queue("fulfilment", ticket)())
        assert ask(here, person, 201)["id"] != made["id"], "the next one is another"

    def test_of_two_at_once_one_is_made(self, here: World) -> None:
        person, other = here.person(new_address().partition("@")[0]), list[Any]()
        with meanwhile(lambda: other.append(ask(here, person, 201))):
            assert ask(here, person, 200)["id"] == other[0]["id"]

    def test_everybody_has_one_of_their_own(self, here: World) -> None:
        people = [here.person(new_address().partition("@")[0]) for _ in range(2)]
        assert len({ask(here, person, 201)["id"] for person in people}) == 2


def ask(here: World, person: Person, status: int) -> dict[str, Any]:
    """The answer to a request for a copy."""
    body = {"right": "copy"}
    asking = here.http("requests", "POST", "/v1/requests", body=body, headers=person.headers)
    found: dict[str, Any] = json.loads(done(asking(), status)["body"])
    return found

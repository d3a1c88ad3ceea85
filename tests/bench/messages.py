"""What messages cost that people write in an account or in a browser, and that follow into one."""

from __future__ import annotations

import json
import secrets

from tests.bench.operation import Operation
from tests.bench.world import Person, Run, World, done, new_address

FIRST, LATER, OWN = "message, first of its class", "message, later", "own messages, a page of 3"
BROWSER, JOINED = "message, in a browser", "a browser's message joins an account"
UNKNOWN, KNOWN = "message, address alone, unknown", "message, address alone, known"
PROVE, PROVE_ALONE = "prove a message, into an account", "prove a message, without an account"
_PATH = "/v1/messages"


def _writing(world: World, person: Person) -> Run:
    body = {"kind": "support", "text": "Since this morning my profile does not open."}
    return world.http("messages", "POST", _PATH, body=body, headers=person.headers)


def _after(world: World, count: int) -> Person:
    """Somebody new who wrote so many messages."""
    person = world.person(secrets.token_hex(4))
    for _ in range(count):
        done(_writing(world, person)(), 201)
    return person


def _listing(world: World) -> Run:
    return world.http("messages", "GET", _PATH, headers=_after(world, 3).headers)


def _answering(world: World) -> tuple[Run, dict[str, str]]:
    """A new browser that agreed to everything answers a survey."""
    headers = world.visitor(("granted", len(world.choices)))
    body = {"kind": "survey", "text": "It went well.", "fields": {"rating": "9"}}
    return world.http("messages", "POST", _PATH, body=body, headers=headers), headers


def _joining(world: World) -> Run:
    """The first message of an account's class comes from the browser of its person."""
    person = world.signed_in()
    written, headers = _answering(world)
    done(written(), 201)
    done(world.signing_in(person.email, headers=headers)(), 201)
    return world.queue("fulfilment", world.ticket())


def _by_address(world: World, email: str) -> Run:
    body = {"kind": "support", "text": "I cannot sign in.", "email": email}
    return world.http("messages", "POST", _PATH, body=body)


def _proving(world: World, email: str) -> Run:
    """Somebody presses the button of the page behind the mailed link."""
    made = json.loads(done(_by_address(world, email)(), 202)["body"])
    body, path = {"token": world.link(world.ticket())}, f"{_PATH}/{{id}}/verification"
    return world.http("messages", "POST", path, body=body, at={"id": made["id"]})


OPERATIONS: tuple[Operation, ...] = (
    Operation(FIRST, "messages", lambda w: _writing(w, _after(w, 0)), 201),
    Operation(LATER, "messages", lambda w: _writing(w, _after(w, 1)), 201),
    Operation(OWN, "messages", _listing, 200),
    Operation(BROWSER, "messages", lambda w: _answering(w)[0], 201),
    Operation(JOINED, "fulfilment", _joining, heavy=True),
    Operation(UNKNOWN, "messages", lambda w: _by_address(w, new_address()), 202),
    Operation(KNOWN, "messages", lambda w: _by_address(w, _after(w, 0).email), 202),
    Operation(PROVE, "messages", lambda w: _proving(w, _after(w, 0).email), 200),
    Operation(PROVE_ALONE, "messages", lambda w: _proving(w, new_address()), 200),
)
"""Writing a message, seeing one's own, and what follows its person into an account."""

"""What messages cost that people write in an account or in a browser, and that follow into one."""

from __future__ import annotations

import secrets

from tests.bench.operation import Operation
from tests.bench.world import Person, Run, World, done

FIRST, LATER, OWN = "message, first of its class", "message, later", "own messages, a page of 3"
BROWSER, JOINED = "message, in a browser", "a browser's message joins an account"
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


OPERATIONS: tuple[Operation, ...] = (
    Operation(FIRST, "messages", lambda w: _writing(w, _after(w, 0)), 201),
    Operation(LATER, "messages", lambda w: _writing(w, _after(w, 1)), 201),
    Operation(OWN, "messages", _listing, 200),
    Operation(BROWSER, "messages", lambda w: _answering(w)[0], 201),
    Operation(JOINED, "fulfilment", _joining, heavy=True),
)
"""Writing a message, seeing one's own, and what follows its person into an account."""

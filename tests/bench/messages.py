"""What messages cost that people write while they are signed in."""

from __future__ import annotations

import secrets

from tests.bench.operation import Operation
from tests.bench.world import Person, Run, World, done

FIRST, LATER, OWN = "message, first of its class", "message, later", "own messages, a page of 3"
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


OPERATIONS: tuple[Operation, ...] = (
    Operation(FIRST, "messages", lambda w: _writing(w, _after(w, 0)), 201),
    Operation(LATER, "messages", lambda w: _writing(w, _after(w, 1)), 201),
    Operation(OWN, "messages", _listing, 200),
)
"""Writing a message, and seeing one's own."""

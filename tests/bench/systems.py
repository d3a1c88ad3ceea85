"""What it costs to ask other systems about a request, and what their answers cost."""

from __future__ import annotations

import json
import secrets
from functools import cache
from unittest.mock import patch

from chalicelib.api_keys import service as api_keys
from chalicelib.catalogue import STORED
from chalicelib.notices import service as notices
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from tests.bench.operation import Operation
from tests.bench.world import Person, Run, World, done
from tests.product import product_document

SYSTEMS = ("archive_host", "storage_providers", "conference_providers")
"""Systems that may take part; the first of them answers."""

ASK_ONE, ASK_THREE = "ask for a copy, one system asked", "ask for a copy, three systems asked"
ANSWER, ANSWER_DATA = "answer of a system", "answer of a system, with data, the last"
REPEATED = "answer of a system, again"
RECORD = {"category": "identity", "fields": {"name": "Melusina Brandolini"}}


@cache
def _asking(count: int) -> Notice:
    """The notice of the cost book, which asks so many systems."""
    document = product_document()
    for name in SYSTEMS[:count]:
        one = next(found for found in document["recipients"] if found["id"] == name)
        one["answers"] = {"rights": ["copy"], "within": {"days": 10}}
    return compile_notice(document, STORED)


def _under(notice: Notice, run: Run) -> Run:
    """An invocation while another notice is in force."""

    def invoked() -> object:
        with patch.object(notices, "current", lambda: notice):
            return run()

    return invoked


def _ask(world: World, person: Person, count: int) -> Run:
    run = world.http(
        "requests", "POST", "/v1/requests", body={"right": "copy"}, headers=person.headers
    )
    return _under(_asking(count), run)


def _answering(world: World, count: int, **answer: object) -> Run:
    """A system answers about a request that was asked just now."""
    person = world.person(secrets.token_hex(4))
    request = json.loads(done(_ask(world, person, count)(), 201)["body"])["id"]
    key = api_keys.create("cost book", {"answers"}, recipient=SYSTEMS[0])[1]
    run = world.http(
        "answers",
        "POST",
        "/v1/requests/{id}/answers",
        at={"id": request},
        body={"recipient": SYSTEMS[0], **answer},
        headers={"Authorization": f"Bearer {key}"},
    )
    return _under(_asking(count), run)


def _again(world: World) -> Run:
    run = _answering(world, 2, status="nothing")
    done(run(), 200)
    return run


def _asked(world: World, count: int) -> Run:
    return _ask(world, world.person(secrets.token_hex(4)), count)


OPERATIONS: tuple[Operation, ...] = (
    Operation(ASK_ONE, "requests", lambda w: _asked(w, 1), 201),
    Operation(ASK_THREE, "requests", lambda w: _asked(w, 3), 201),
    Operation(ANSWER, "answers", lambda w: _answering(w, 2, status="nothing"), 200),
    Operation(
        ANSWER_DATA, "answers", lambda w: _answering(w, 1, status="data", records=[RECORD]), 200
    ),
    Operation(REPEATED, "answers", _again, 200),
)
"""What other systems cost: each that is asked, and each answer."""

"""What the privacy desk does with requests and people."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib import clock, settings
from chalicelib.instants import instant
from chalicelib.requests import store
from chalicelib.storage import connection
from tests.bench.desk import officer
from tests.bench.operation import Operation
from tests.bench.world import Person, Run, World, done, new_address

REQUESTS = "/v1/desk/requests"
LIST, READ = "desk: list of 50 requests", "desk: read a request"
EXTEND, REFUSE, ENTER = "desk: extend", "desk: refuse", "desk: enter a letter"
STRANGER = "desk: enter a letter of a stranger"
SEARCH, AUDIT = "desk: search by subject", "desk: page of five of the audit"
UNKNOWN, ACCOUNT = "desk: search by address, unknown", "desk: search by address, an account"
CONTACT = "desk: search by address, a contact"
LISTED = 50
REASON = "Data of eleven years lies in two archives."


def crowd(world: World, count: int) -> None:
    """Has that many open requests stand on the desk's shelf: copies of one, of nobody.

    They are in no lane, so that no schedule takes them up.
    """
    person, request = asked(world)
    item = store.get_request(person.subject, request)
    assert item is not None
    lane = {"lane", "due_at", "due_event", "due_since"}
    raw = {name: value for name, value in item.serialize().items() if name not in lane}
    client: Any = connection.connection().client
    table = settings.records_table()
    for start in range(0, count, 25):
        puts = [
            {"PutRequest": {"Item": {**raw, "pk": {"S": f"S#{secrets.token_hex(13)}"}}}}
            for _ in range(min(25, count - start))
        ]
        client.batch_write_item(RequestItems={table: puts})


def asked(world: World, details: str | None = None) -> tuple[Person, str]:
    """Somebody new who asks for a right: the person and the request."""
    person = world.person(secrets.token_hex(4))
    body = {"right": "review", **({} if details is None else {"details": details})}
    made = done(world.http("requests", "POST", "/v1/requests", body=body, headers=person.headers)())
    assert made["statusCode"] == 201, made
    return person, json.loads(made["body"])["id"]


def _call(
    world: World,
    method: str,
    path: str,
    body: Any = None,
    at: Mapping[str, str] | None = None,
    function: str = "desk_requests",
    **query: str,
) -> Run:
    headers = officer(world).headers
    return world.http(function, method, path, headers=headers, body=body, at=at, query=query)


def listing(world: World) -> Run:
    """Somebody at the desk looks at the first page of open requests."""
    return _call(world, "GET", REQUESTS, limit=str(LISTED))


def _list(world: World) -> Run:
    crowd(world, LISTED)
    return listing(world)


def _read(world: World) -> Run:
    _, request = asked(world, "All of it, please.")
    return _call(world, "GET", f"{REQUESTS}/{{id}}", at={"id": request})


def _act(world: World, **body: str) -> Run:
    _, request = asked(world)
    officer(world)
    return _call(world, "POST", f"{REQUESTS}/{{id}}/actions", body, at={"id": request})


def _enter(world: World) -> Run:
    subject = world.person(secrets.token_hex(4)).subject
    received = instant(clock.now() - timedelta(days=1))
    body = {"right": "review", "subject": subject, "channel": "post", "received_at": received}
    return _call(world, "POST", REQUESTS, body)


def _stranger(world: World, email: str) -> Run:
    received = instant(clock.now() - timedelta(days=1))
    body = {"right": "review", "email": email, "channel": "post", "received_at": received}
    return _call(world, "POST", REQUESTS, body)


def _search(world: World) -> Run:
    return _searching(world, subject=world.person().subject)


def _searching(world: World, **body: str) -> Run:
    path = "/v1/desk/subjects/search"
    return _call(world, "POST", path, body, function="desk_subjects")


def _found(world: World) -> Run:
    """The desk looks for somebody whose letter it entered."""
    email = new_address()
    done(_stranger(world, email)(), 201)
    return _searching(world, email=email)


def _audit(world: World) -> Run:
    # Of five entries, which every operation of the desk before this one may have added to.
    for _ in range(5):
        done(_search(world)(), 200)
    return _call(world, "GET", "/v1/desk/audit", function="desk_reports", limit="5")


OPERATIONS: tuple[Operation, ...] = (
    Operation(LIST, "desk_requests", _list, 200),
    Operation(READ, "desk_requests", _read, 200),
    Operation(
        EXTEND,
        "desk_requests",
        lambda world: _act(world, action="extend", ground="complexity", reason=REASON),
        200,
    ),
    Operation(
        REFUSE,
        "desk_requests",
        lambda world: _act(world, action="refuse", ground="no_decision"),
        200,
    ),
    Operation(ENTER, "desk_requests", _enter, 201),
    Operation(STRANGER, "desk_requests", lambda world: _stranger(world, new_address()), 201),
    Operation(SEARCH, "desk_subjects", _search, 200),
    Operation(UNKNOWN, "desk_subjects", lambda world: _searching(world, email=new_address()), 200),
    Operation(
        ACCOUNT,
        "desk_subjects",
        lambda world: _searching(world, email=world.person(secrets.token_hex(4)).email),
        200,
    ),
    Operation(CONTACT, "desk_subjects", _found, 200),
    Operation(AUDIT, "desk_reports", _audit, 200),
)
"""What the desk does with requests and people."""

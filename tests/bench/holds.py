"""What holds at the desk cost: placed on a hundred records or a class, renewed, read and lifted."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from chalicelib import clock, ids, settings
from chalicelib.instants import instant
from chalicelib.storage import connection, keys
from tests.bench.desk import officer
from tests.bench.operation import Operation
from tests.bench.world import Person, Run, World, done

HOLDS = "/v1/desk/holds"
PLACE, RENEW = "desk: hold on 100 records", "desk: the same hold again"
LIFT = "desk: lift a hold on 100 records"
CLASS, OF_PERSON = "desk: hold on a class", "desk: holds on a person's records"
HELD = 100
_SIZE = 450
"""Bytes of a record: a hundred of them are the 45 KB of the person whose erasure is reckoned."""


def _records(world: World) -> tuple[Person, list[dict[str, str]]]:
    """Somebody new with a hundred records, each of which the sweep will come to."""
    person = world.person(secrets.token_hex(4))
    named = [{"kind": "request", "id": ids.new_id()} for _ in range(HELD)]
    since = clock.now()
    client: Any = connection.connection().client
    table, pk = settings.records_table(), keys.subject(person.subject)
    for start in range(0, HELD, 25):
        puts = []
        for one in named[start : start + 25]:
            item: dict[str, dict[str, Any]] = {
                "pk": {"S": pk},
                "sk": {"S": keys.record("evidence", "request", one["id"])},
                "kind": {"S": "request"},
                "lane": {"S": keys.lane("rule", pk)},
                "due_at": {"S": instant(since + timedelta(days=1800))},
                "due_event": {"S": "closed"},
                "due_since": {"S": instant(since)},
                "sealed": {"B": secrets.token_bytes(_SIZE - 260)},
            }
            puts.append({"PutRequest": {"Item": item}})
        client.batch_write_item(RequestItems={table: puts})
    return person, named


def _placing(world: World, person: Person, **scope: Any) -> Run:
    until = instant(clock.now() + timedelta(days=300))
    body = {
        "subject": person.subject,
        "ground": "claims",
        "reason": "The claim of 3 November: file 2026-114.",
        "until": until,
        **scope,
    }
    headers = officer(world).headers
    return world.http("desk_subjects", "POST", HOLDS, headers=headers, body=body)


def _place(world: World) -> Run:
    done(_class(world)(), 201)  # an audit that has begun
    person, named = _records(world)
    return _placing(world, person, records=named)


def _renew(world: World) -> Run:
    person, named = _records(world)
    done(_placing(world, person, records=named)(), 201)
    return _placing(world, person, records=named)


def _class(world: World) -> Run:
    return _placing(world, world.person(secrets.token_hex(4)), classes=["account"])


def _lift(world: World) -> Run:
    person, named = _records(world)
    made = done(_placing(world, person, records=named)(), 201)
    at = {"id": json.loads(made["body"])["id"]}
    headers = officer(world).headers
    return world.http("desk_subjects", "DELETE", f"{HOLDS}/{{id}}", headers=headers, at=at)


def _read(world: World) -> Run:
    person = world.person(secrets.token_hex(4))
    done(_placing(world, person, classes=["account"])(), 201)
    query = {"subject": person.subject}
    headers = officer(world).headers
    return world.http("desk_subjects", "GET", HOLDS, headers=headers, query=query)


OPERATIONS: tuple[Operation, ...] = (
    Operation(PLACE, "desk_subjects", _place, 201, heavy=True),
    Operation(RENEW, "desk_subjects", _renew, 200, heavy=True),
    Operation(CLASS, "desk_subjects", _class, 201),
    Operation(LIFT, "desk_subjects", _lift, 204, heavy=True),
    Operation(OF_PERSON, "desk_subjects", _read, 200),
)
"""What the desk does about holds."""

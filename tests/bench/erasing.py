"""What erasures cost: of a person with a hundred records, at a tombstone's end, and of receipts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator

from chalicelib import clock
from chalicelib.accounts.reference_store import ReferenceItem
from chalicelib.jobs.service import Ticket
from chalicelib.receipts import signature
from chalicelib.requests.service.erasures import erase_job
from chalicelib.storage import keys
from tests.bench.crowd import put
from tests.bench.operation import Operation
from tests.bench.world import Person, Run, World, done

RECORDS = 100
"""The records of a person that go, of 450 bytes each: 45 KB."""

ERASE, VERIFY_CLOSING = f"erase a person with {RECORDS} records", "verify a closing receipt"


def _records(subject: str) -> Iterator[ReferenceItem]:
    for number in range(RECORDS):
        sk = keys.record("account", "reference", f"{number:03d}")
        item = ReferenceItem(pk=keys.subject(subject), sk=sk, kind="reference", set_at=clock.now())
        item.sealed = secrets.token_bytes(350)
        yield item


def _asked(world: World) -> tuple[Person, str]:
    """Somebody new who asked to be erased: the person, and the request."""
    person = world.person(secrets.token_hex(4))
    body = {"right": "erase"}
    made = done(
        world.http("requests", "POST", "/v1/requests", body=body, headers=person.headers)(), 201
    )
    return person, str(json.loads(made["body"])["id"])


def _erasing(world: World) -> Run:
    person, request = _asked(world)
    job = erase_job(person.subject, request, clock.now())
    put(world.recorder.tables, [*_records(person.subject), job])
    return world.queue("erasure", Ticket(person.subject, "erase").body())


def _verifying(world: World) -> Run:
    said = {"subject": "a" * 26, "kept": [{"kind": "entry", "ground": "g", "ends_at": "t"}]}
    body = {"receipt": signature.signed(said, signature.CLOSING)}
    return world.http("receipts", "POST", "/v1/receipts/verify", body=body)


OPERATIONS = (
    Operation(ERASE, "erasure", _erasing),
    Operation(VERIFY_CLOSING, "receipts", _verifying, 200),
)

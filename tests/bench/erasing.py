"""What erasures cost: of a person with a hundred records, at a tombstone's end, and of receipts."""

from __future__ import annotations

import contextlib
import io
import json
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib import clock, ids
from chalicelib.accounts.reference_store import ReferenceItem
from chalicelib.consents.store import EntryItem
from chalicelib.erasure.service import tombstone
from chalicelib.erasure.service.removal import Evidence
from chalicelib.jobs.service import Ticket
from chalicelib.notices import service as notices
from chalicelib.notices.erasure import REQUESTED
from chalicelib.receipts import signature
from chalicelib.requests.service.erasures import erase_job
from chalicelib.retention.evidence.model import one
from chalicelib.retention.evidence.store import put_tally
from chalicelib.retention.model import Outcome
from chalicelib.storage import keys
from chalicelib.storage.item import Stored
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import store
from chalicelib.subjects.model import Tombstone
from chalicelib.vault import service as vault
from functions.kinds import registry
from tests.bench.crowd import put
from tests.bench.operation import Operation
from tests.bench.world import Person, Run, World, done

RECORDS = 100
"""The records of a person that go, of 450 bytes each: 45 KB."""

ENTRIES, LATER = 10, timedelta(days=5 * 366)
"""The entries of the ledger that stay of a person, and the time after which they are over."""

END = f"a tombstone's end, with {ENTRIES} records"
ERASE, VERIFY_CLOSING = f"erase a person with {RECORDS} records", "verify a closing receipt"


LEAVE = f"a browser with {ENTRIES} entries asks to be erased"
ERASE_BROWSER = f"erase a browser with {ENTRIES} entries"


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


def _leaving(world: World) -> Run:
    """A browser with entries asks to be erased."""
    headers = world.visitor(*[("granted", 1)] * ENTRIES)
    return world.http("requests", "POST", "/v1/requests", body={"right": "erase"}, headers=headers)


def _erasing_browser(world: World) -> Run:
    done(_leaving(world)(), 201)
    return world.queue("erasure", world.ticket())


def _stayed(subject: str, erased_at: datetime) -> Iterator[Stored]:
    """What is left of somebody who was erased then: entries of the ledger, their key, the stone."""
    for seq in range(1, ENTRIES + 1):
        sk = keys.record(EntryItem.CLASS, EntryItem.KIND, keys.sequence(seq))
        text = secrets.token_hex(32)
        entry = EntryItem(pk=keys.subject(subject), sk=sk, kind=EntryItem.KIND, seq=seq)
        entry.previous = entry.hash = entry.commitment = entry.notice_digest = text
        entry.notice_version, entry.source, entry.event = "2026-11-22", "banner", ""
        entry.at, entry.sealed = erased_at, secrets.token_bytes(80)
        yield entry
    yield vault.new_key(subject, EntryItem.CLASS, erased_at)[1]
    over = erased_at + LATER
    yield store.tombstone_item(
        Tombstone(subject, REQUESTED, erased_at, ENTRIES, "0" * 64, {EntryItem.KIND: over}, over)
    )


def _tallied(write: Transaction, count: int) -> None:
    """What the sweep adds: a tally, as its batches do."""
    notice = notices.current()
    put_tally(write, one(notice.version, "r", Outcome.ERASED, count=count), clock.now(), notice)


COUNTED = Evidence(_tallied, _tallied)


def _ending(world: World) -> Run:
    """The last of what stayed of an erased person is over: the sweep's act on one tombstone."""
    subject, notice, kinds = ids.new_id(), notices.current(), registry()
    put(world.recorder.tables, _stayed(subject, clock.now() - 2 * LATER))

    def run() -> dict[str, int]:
        with contextlib.redirect_stdout(io.StringIO()):
            return {"removed": tombstone.take_up(subject, notice, kinds, COUNTED)}

    return run


def _verifying(world: World) -> Run:
    said = {"subject": "a" * 26, "kept": [{"kind": "entry", "ground": "g", "ends_at": "t"}]}
    body = {"receipt": signature.signed(said, signature.CLOSING)}
    return world.http("receipts", "POST", "/v1/receipts/verify", body=body)


OPERATIONS = (
    Operation(ERASE, "erasure", _erasing),
    Operation(LEAVE, "requests", _leaving, 201),
    Operation(ERASE_BROWSER, "erasure", _erasing_browser),
    Operation(END, "retention", _ending),
    Operation(VERIFY_CLOSING, "receipts", _verifying, 200),
)

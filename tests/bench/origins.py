"""What it costs to tell people who else gave data about them: mailed, looked at, listed."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from typing import Final

from chalicelib import clock
from chalicelib.jobs.service import Ticket
from chalicelib.origins import store
from chalicelib.origins.service import duty
from chalicelib.origins.store import ToldItem
from chalicelib.storage import keys
from chalicelib.subjects.model import BOUNCE
from chalicelib.vault import service as vault
from tests.bench.crowd import put
from tests.bench.desk import officer
from tests.bench.operation import Operation
from tests.bench.world import Run, World

LISTED: Final = 20
MAIL: Final = "mail of an origin"
LIST: Final = f"desk: page of {LISTED} people no mail tells of an origin"


def _duty(subject: str, began_at: datetime) -> ToldItem:
    told_id = base64.b32encode(secrets.token_bytes(20)).decode().lower()
    look = began_at + timedelta(days=1)
    return store.new_item(subject, told_id, "third_parties", began_at, look)


def _mailing(world: World) -> Run:
    subject, now = world.person(secrets.token_hex(4)).subject, clock.now()
    item = _duty(subject, now)
    key = vault.load_key(subject, ToldItem.CLASS)
    vault.seal_item(item, key, {"origin": "Fairs and Halls Srl"})
    job = duty.mail(subject, keys.record_id(item.sk), now)
    put(world.recorder.tables, [item, job])
    return world.queue("mail", Ticket(subject, job.id).body())


def _listing(world: World) -> Run:
    began_at = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    for number in range(LISTED):
        subject = world.person(secrets.token_hex(4)).subject
        item = _duty(subject, began_at + timedelta(seconds=number))
        item.unreached, item.shelf, item.shelf_at = BOUNCE, keys.UNTOLD_SHELF, item.began_at
        item.lane = item.due_at = None  # no schedule that is counted finds it
        put(world.recorder.tables, [item])
    query, headers = {"limit": str(LISTED)}, officer(world).headers
    return world.http("desk_subjects", "GET", "/v1/desk/duties", headers=headers, query=query)


OPERATIONS: tuple[Operation, ...] = (
    Operation(MAIL, "mail", _mailing),
    Operation(LIST, "desk_subjects", _listing, 200),
)
"""What is done about people who are to be told of an origin."""

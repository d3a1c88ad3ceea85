"""Begins the duty to tell a person of an origin, in the transaction of its first record."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from functools import cache
from typing import Final

from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.origins import model, store
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey

QUEUE: Final = "mail"

ACTION: Final = "tell_of_origin"
"""The action of the job whose mail tells a person of an origin."""


def place(subject: str, origin: str, notice: Notice) -> Place | None:
    """Returns the place of the duty about an origin; None where nobody has to be told of it.

    One KMS call in each process, for the key of the hashes.
    """
    if not model.concerns(origin, notice):
        return None
    return store.told_at(subject, id_of(subject, origin))


def id_of(subject: str, origin: str) -> str:
    """Returns the id of the duty about an origin of a person: a keyed hash of both.

    An origin may be the name of somebody, so nobody who reads a key of the table can try names.
    """
    said = f"{subject}\n{origin.casefold()}"
    mac = hmac.new(_key(), said.encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:20]).decode().lower()


def begin(
    write: Transaction,
    subject: str,
    said: tuple[str, str],
    key: DataKey,
    notice: Notice,
    now: datetime,
) -> JobItem:
    """Adds the duty to tell of an origin, and the job of its mail, to be sent after the commit.

    `said` are the origin and the category of its first record, `key` the data key of the person's
    evidence. Makes no call.
    """
    origin, category = said
    told_id = id_of(subject, origin)
    item = store.new_item(subject, told_id, category, now, model.next_look(now, notice.zone, now))
    vault.seal_item(item, key, {"origin": origin})
    write.put(item, label=store.TOLD)
    job = mail(subject, told_id, now)
    write.replace(job)
    return job


def mail(subject: str, told_id: str, now: datetime) -> JobItem:
    """Returns the job of the mail of a duty, which has one job at a time."""
    return jobs.new_job(subject, QUEUE, ACTION, told_id, now, job_id=told_id)


@cache
def _key() -> bytes:
    return vault.derived_key("origins")

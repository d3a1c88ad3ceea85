"""Gives a system a place to upload to, and looks at the form of what it put there.

The place is signed for one file of one size, and works for an hour. Nothing that lies there is
used: it is copied first to where no address that was given out can write, and then read to its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chalicelib.errors import Finding
from chalicelib.storage import keys
from chalicelib.storage.transaction import Transaction
from chalicelib.systems import form, store
from chalicelib.systems.model import State, Upload
from chalicelib.systems.store import AnswerItem, QuestionItem
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey

VALID: Final = timedelta(hours=1)
"""The time for which the place to upload to works: enough for 100 MB on a slow line."""


@dataclass(frozen=True, slots=True)
class Place:
    """The address to which the file is put, with its end."""

    url: str
    expires_at: datetime


def is_known(known: AnswerItem | None, upload: Upload, key: DataKey) -> bool:
    """Tells whether this very file was announced before."""
    if known is None or known.object is None:
        return False
    return bool(vault.open_item(known, key).get("sha256") == upload.sha256)


def is_uploaded(known: AnswerItem) -> bool:
    """Tells whether a file lies at the place that was given. One HeadObject."""
    subject = keys.subject_of(known.pk)
    return store.is_there(store.upload_key(subject, known.request, known.recipient))


def await_upload(
    write: Transaction,
    question: QuestionItem,
    known: AnswerItem | None,
    upload: Upload,
    key: DataKey,
    now: datetime,
) -> None:
    """Adds that a file is awaited, in place of another that was never taken."""
    subject = keys.subject_of(question.pk)
    place = (subject, question.request, question.recipient)
    item = store.answer_item(*place, State.AWAITED, upload.size, now)
    item.object = store.object_key(*place)
    vault.seal_item(item, key, {"sha256": upload.sha256})
    same = AnswerItem.pk.does_not_exist() if known is None else AnswerItem.state == known.state
    write.replace(item, condition=same, label="answer")


def place(question: QuestionItem, upload: Upload, now: datetime) -> Place:
    """Returns the place to which an awaited file is put. No call."""
    subject = keys.subject_of(question.pk)
    key = store.upload_key(subject, question.request, question.recipient)
    return Place(store.upload_url(key, upload, int(VALID.total_seconds())), now + VALID)


def move_on(write: Transaction, known: AnswerItem, state: State, fault: Finding | None) -> None:
    """Adds another state of an upload, on condition that it is as it was read."""
    actions = [AnswerItem.state.set(str(state))]
    if fault is None:
        actions.append(AnswerItem.fault.remove())
    else:
        actions.append(AnswerItem.fault.set(f"{fault.pointer} {fault.detail}"))
    known.sealed_fields = store.SEALED
    unchanged = (AnswerItem.state == known.state) & (AnswerItem.received_at == known.received_at)
    write.update(known, actions, unchanged, label="answer")


def fault_of(known: AnswerItem) -> Finding:
    """Returns what was wrong with an upload."""
    pointer, _, detail = (known.fault or "").partition(" ")
    return Finding(pointer, detail)


def look(
    known: AnswerItem, key: DataKey, fields: Mapping[str, Mapping[str, int]]
) -> Finding | None:
    """Takes an upload and reads it to its end; returns what is wrong with it, None if nothing.

    One CopyObject and one GetObject, in memory that the longest line bounds. `fields` are those
    that the system may hold. Nothing of the file is written to a log or a table.
    """
    subject = keys.subject_of(known.pk)
    where = (subject, known.request, known.recipient)
    if not store.take(store.upload_key(*where), store.object_key(*where)):
        return Finding("", "was not uploaded")
    digest = str(vault.open_item(known, key)["sha256"])
    try:
        form.checked(
            store.chunks(store.object_key(*where)), Upload(int(known.size), digest), fields
        )
    except form.Unfit as unfit:
        store.delete_object(store.object_key(*where))
        return unfit.finding
    finally:
        store.delete_object(store.upload_key(*where))
    return None

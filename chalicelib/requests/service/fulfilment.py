"""Carries requests out: collects and stores a copy of somebody's data, and has it told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from chalicelib import clock
from chalicelib.accounts.service.contents import account_key_at
from chalicelib.consents.service import ledger
from chalicelib.consents.service.context import Loaded
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.kinds.model import Reader, Record
from chalicelib.kinds.registry import Registry
from chalicelib.notices.model import Notice
from chalicelib.requests import model, store
from chalicelib.requests.machine import RUNNING, Action, Actor, Status, Told
from chalicelib.requests.service import effects
from chalicelib.requests.service.closure import close
from chalicelib.requests.service.effects import Concerned
from chalicelib.requests.service.exports import export_item
from chalicelib.requests.service.mails import tell
from chalicelib.requests.store import ExportItem, RequestItem
from chalicelib.storage import keys, partition, reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey, unseal
from chalicelib.vault.store import DataKeyItem

if TYPE_CHECKING:
    from chalicelib.subjects.store import StandingItem

    _Read: TypeAlias = tuple[RequestItem | None, StandingItem | None]


def fulfil_copy(task: Task, notice: Notice, kinds: Registry) -> list[JobItem]:
    """Answers a request for a copy: collects, stores, closes, and records the job of the mail.

    `kinds` tell the records. Repeating it overwrites the same object and closes nothing twice.
    Returns the jobs to be sent, that of the mail first; none when the request is closed or waits
    for an answer, of its person or of other systems, or when the person is being erased or cancels
    it meanwhile: then the copy is deleted again.
    """
    item, standing, *data_keys = reads.batch([*_asked_at(task), *_keys_at(task.subject)])
    if item is None or item.status not in RUNNING or item.waits_until is not None:
        return []
    now = clock.now()
    held = _held(task.subject, [one for one in data_keys if one is not None])
    told = kinds.told(held, Reader(task.subject, notice, item.locale, now))
    document = model.copy_of(told, notice, item.locale, store.request_of(item), now)
    key = store.object_key(task.subject, task.target)
    size = store.put_object(key, document)
    export = export_item(task.subject, task.target, key, size, notice, now)
    read = iter([(item, standing)])  # again only where another write came in between
    return patiently(lambda: _answer(task, next(read, None) or _asked(task), export, notice, now))


def _answer(
    task: Task,
    read: _Read,
    export: ExportItem,
    notice: Notice,
    now: datetime,
) -> list[JobItem]:
    """Closes a request whose copy lies in the bucket; deletes it where nobody is to have it."""
    item, standing = read
    stands = None if standing is None else subjects.standing_of(standing)
    if item is None or stands is None or not stands.usable or item.status == Status.CANCELLED:
        store.delete_object(export.object)
        return []
    if item.status not in RUNNING:
        return []
    write = Transaction(notice)
    mail = tell(write, task.subject, task.target, Told.OUTCOME, now)
    write.put(export, label="export")
    person = Concerned(Loaded(task.subject, subjects.completed(stands), None))
    effect = effects.close(write, person, item, Action.COMPLETE, notice, now)
    unchanged = RequestItem.history == item.history
    close(write, item, Action.COMPLETE, Actor.SYSTEM, notice, now, unchanged, effect.on_request)
    write.commit()
    return [mail, *effect.jobs]


def _asked(task: Task) -> _Read:
    """Returns the request of a job and the standing of its person. One BatchGetItem."""
    item, standing = reads.batch(_asked_at(task))
    return item, standing


def _asked_at(task: Task) -> list[Place]:
    request = (RequestItem, *store.request_place(task.subject, task.target))
    return [request, subjects.standing_at(task.subject)]


def _keys_at(subject: str) -> list[Place]:
    """Lists the keys of the data keys that every account has."""
    return [
        account_key_at(subject),
        (DataKeyItem, keys.subject(subject), ledger.LEDGER_CLASS),
    ]


def _held(subject: str, data_keys: Sequence[DataKeyItem]) -> Iterator[Record]:
    """Yields everything in a subject's partitions, opened with these data keys and others.

    One Query per MB and table, one KMS call per class, and one call more for a class whose key was
    not given.
    """
    known_keys = {one.sk: one for one in data_keys}
    opened: dict[str, DataKey] = {}
    for stored in partition.read(keys.subject(subject), partition.ABOUT):
        fields, group = dict(stored.fields), stored.retention_class
        if stored.sealed is not None:
            if group not in opened:
                known = known_keys.get(group)
                opened[group] = vault.open_key(known) if known else vault.load_key(subject, group)
            fields |= unseal(opened[group], stored.pk, stored.sk, stored.sealed)
        yield Record(stored.kind, keys.record_id(stored.sk), fields)

"""Carries requests out: collects and stores a copy of somebody's data, and has it told."""

from collections.abc import Iterator, Sequence

from chalicelib import clock
from chalicelib.accounts.service.profile import account_key_at
from chalicelib.consents.service import ledger
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.kinds.model import Reader, Record
from chalicelib.kinds.registry import Registry
from chalicelib.notices.model import Notice
from chalicelib.requests import model, store
from chalicelib.requests.machine import Action, Actor, Status, Told
from chalicelib.requests.service.closure import close
from chalicelib.requests.service.exports import export_item
from chalicelib.requests.service.telling import tell
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys, partition, reads
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects.model import USABLE
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey, unseal
from chalicelib.vault.store import DataKeyItem

FULFILMENT_QUEUE = "fulfilment"

_RUNNING = frozenset({str(Status.RECEIVED), str(Status.IN_PROGRESS)})


def fulfil_copy(task: Task, notice: Notice, kinds: Registry) -> JobItem | None:
    """Answers a request for a copy: collects, stores, closes, and records the job of the mail.

    `kinds` tell the records. Repeating it overwrites the same object and closes nothing twice.
    Returns the mail's job, to be sent; None when the request is closed or waits for an answer, or
    when the person is being erased or cancels it meanwhile: then the copy is deleted again.
    """
    item, *data_keys = reads.batch(
        [(RequestItem, *store.request_place(task.subject, task.target)), *_keys_at(task.subject)]
    )
    if item is None or item.status not in _RUNNING:
        return None
    now = clock.now()
    held = _held(task.subject, [one for one in data_keys if one is not None])
    told = kinds.told(held, Reader(task.subject, notice, item.locale, now))
    document = model.copy_of(told, notice, item.locale, store.request_of(item), now)
    key = store.object_key(task.subject, task.target)
    size = store.put_object(key, document)
    write = Transaction(notice)
    mail = tell(write, task.subject, task.target, Told.OUTCOME, now)
    write.put(export_item(task.subject, task.target, key, size, notice, now), label="export")
    unchanged = RequestItem.status == item.status
    close(write, item, Action.COMPLETE, Actor.SYSTEM, notice, now, unchanged)
    lifecycle.require_account(write, task.subject, *USABLE)
    try:
        write.commit()
    except ConditionFailed as failed:
        if lifecycle.ACCOUNT in failed.labels or _cancelled(task):
            store.delete_object(key)
        return None
    return mail


def _cancelled(task: Task) -> bool:
    """Tells whether a request was cancelled. One GetItem."""
    item = store.get_request(task.subject, task.target)
    return item is not None and item.status == str(Status.CANCELLED)


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

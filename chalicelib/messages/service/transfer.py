"""Moves messages into the account of the person who turned out to have written them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from chalicelib import clock, logs
from chalicelib.consents.service import filings
from chalicelib.jobs.model import Task
from chalicelib.messages import model, store
from chalicelib.messages.service.contents import data_key, key_at
from chalicelib.messages.store import MessageItem, message_at
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.storage import keys, reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.vault import last
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem

PAGE: Final = 50
"""Messages that one Query reads."""


def join(task: Task, notice: Notice) -> list[object]:
    """Moves the messages of a browser, the job's target, into the account that is its subject.

    Each keeps its id and its date, and is sealed anew with the account's key. They stay where they
    are, and end with the browser, where the account is not in use, or the browser is being erased
    or held. It is safe to repeat: what was moved is not there any more. One Query for PAGE of them,
    and for each a BatchGetItem, up to two KMS calls and one transaction; the last one takes the
    browser's key along. Raises Contention. There is nothing to send after it.
    """
    after: str | None = None
    while True:
        found = list(store.messages_of(task.target, after, PAGE))
        for item in found:
            message_id = keys.record_id(item.sk)
            patiently(lambda one=message_id: _move(task, one, notice))  # type: ignore[misc]
        if len(found) < PAGE:
            return []
        after = keys.record_id(found[-1].sk)


def _move(task: Task, message_id: str, notice: Notice) -> None:
    """Moves one message, if it is still there and may be moved; raises ConditionFailed else."""
    account, source = task.subject, task.target
    item, source_key, stands, key_item, standing = reads.batch(
        [
            message_at(source, message_id),
            key_at(source),
            subjects.standing_at(source),
            key_at(account),
            subjects.standing_at(account),
        ]
    )
    now = clock.now()
    browser = None if stands is None else subjects.standing_of(stands)
    person = None if standing is None else subjects.standing_of(standing)
    if item is None or source_key is None or ends.gone(item, notice, now):
        return
    if (
        person is None
        or not person.usable
        or (browser is not None and (browser.erasing or browser.held))
    ):
        logs.log("messages.not_joined")
        return
    write = Transaction(notice)
    if browser is not None:
        lifecycle.require_unchanged(write, browser, "browser")
    add_move(write, item, source_key, person, key_item, notice, now)
    write.commit()


def add_move(
    write: Transaction,
    item: MessageItem,
    source_key: DataKeyItem,
    person: Standing,
    key_item: DataKeyItem | None,
    notice: Notice,
    now: datetime,
) -> None:
    """Adds that a message leaves its place for a person's partition, sealed anew.

    It is on condition that the standing is as it was read, its decisions included: one whose
    purpose is refused there has its date. `source_key` seals it, `key_item` is the key of the
    person's class as it was read. Up to two KMS calls; a Query, and for the last message of its
    place another one and an UpdateItem.
    """
    lifecycle.file(write, person, MessageItem.KIND)
    fields = vault.open_item(item, vault.open_key(source_key))
    fields.pop(model.ADDRESS, None)
    moved = _moved(item, person.subject, notice)
    filings.schedule(moved, {"form": item.form}, person, notice, now)
    vault.seal_item(moved, data_key(write, key_item, person.subject, now), fields)
    write.put(moved)
    if item.contact is not None and item.due_event != model.UNPROVEN:
        write.delete(store.address_entry(item.contact, keys.record_id(item.sk)))
    _take_away(write, item)


def _moved(item: MessageItem, subject: str, notice: Notice) -> MessageItem:
    """Returns a message as it is stored with another subject, before it is sealed."""
    pk, sk = store.message_place(subject, keys.record_id(item.sk))
    moved = MessageItem(**{**item.attribute_values, "pk": pk, "sk": sk})
    moved.sealed = moved.contact = None
    if item.due_event == model.UNPROVEN:
        rule = notice.rule(MessageItem.KIND, model.CREATED)
        moved.schedule(store.LANE, rule.ends(item.written_at), rule.event, item.written_at)
    elif item.lane is not None:
        moved.lane = keys.lane(store.LANE, pk)
    return moved


def _take_away(write: Transaction, item: MessageItem) -> None:
    """Adds that a message leaves its place as it was read, and with the last one there the key.

    A Query, and for the last one another and an UpdateItem.
    """
    marked = last.mark(item.pk, item.sk)
    unchanged = MessageItem.kind.exists() & (MessageItem.due_at == item.due_at)
    write.delete(MessageItem(pk=item.pk, sk=item.sk), condition=unchanged, label=last.RECORD)
    if marked is not None:
        last.add_removal(write, item.pk, MessageItem.CLASS, marked)

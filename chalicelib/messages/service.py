"""Takes messages of people who are signed in, lists them for their person, and closes them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from chalicelib import clock, ids
from chalicelib.decisions.permission import Question, not_permitted, permission
from chalicelib.errors import BadRequest, Conflict, Finding, NotFound
from chalicelib.limits import sample
from chalicelib.messages import model, store
from chalicelib.messages.model import Message, Written
from chalicelib.messages.store import MessageItem, message_at
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys
from chalicelib.storage.contention import patiently
from chalicelib.storage.pages import Page, collect
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.vault import last
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem

GONE: Final = "There is no such message."

_CLOSED: Final = "This case is closed already, as of another moment."


def write(bearer: str | None, message: Written, network: str, notice: Notice) -> str:
    """Keeps a message of the account that is signed in; returns its id.

    The decision point is asked about the form's purpose as of now. The key of the class is made
    with its first record. One strongly consistent BatchGetItem of session, standing and key, one
    KMS call, and one transaction on condition that the standing is as it was read; all is repeated
    when another write about the person came in between. Where the person has something restricted
    there is a GetItem of that, too.

    Raises Unauthenticated, TooManyRequests, and Conflict where the decision is no and where a race
    was lost for five seconds.
    """
    return patiently(lambda: _write_once(bearer, message, network, notice))


def own(bearer: str | None, after: str | None, limit: int, notice: Notice) -> Page[Message]:
    """Returns a page of the messages of the account that is signed in, by their ids.

    A page holds fewer where some are over and not removed yet.
    One BatchGetItem and one Query; one KMS call where there are any. Raises Unauthenticated.
    """
    signed_in, (key_item,) = sessions.authenticate_and_read(bearer, _key_at)
    found = store.messages_of(signed_in.standing.subject, after, limit)
    if key_item is None:  # without the key there is no message, or none that can be read
        return Page((), None)
    opened: list[DataKey] = []
    now = clock.now()

    def shape(item: MessageItem) -> Message | None:
        if ends.gone(item, notice, now):
            return None
        if not opened:
            opened.append(vault.open_key(key_item))
        return _message(item, opened[0], notice)

    page = collect(found, shape)
    return Page(tuple(one for one in page.items if one is not None), page.next)


def close(
    write: Transaction, item: MessageItem, at: datetime, notice: Notice, now: datetime
) -> datetime | None:
    """Adds that the case of a message was closed at a moment, on which its end depends, once.

    Returns when it ends; None where it was closed as of that moment before, and nothing is added.
    Raises NotFound for one that is over; BadRequest for a moment before the message; Conflict where
    it was closed as of another one. The commit fails at the label `message` where another writer
    came first.
    """
    if ends.gone(item, notice, now):
        raise NotFound(GONE)
    if item.closed_at is not None:
        if item.closed_at != at:
            raise Conflict(_CLOSED, type="move-not-allowed")
        return None
    if at < item.written_at:
        finding = Finding("/at", "must not be before the message")
        raise BadRequest("This moment does not fit.", type="validation", findings=(finding,))
    rule = notice.rule(model.KIND, model.CLOSED)
    store.close_message(write, item, at, rule.ends(at), rule.event)
    return rule.ends(at)


def end_of(item: MessageItem, notice: Notice) -> datetime:
    """Returns when a message ends whose case was closed; one that is held, when it would."""
    rule = notice.rule(model.KIND, model.CLOSED)
    return item.ends_at or rule.ends(item.closed_at or item.written_at)


def _write_once(bearer: str | None, message: Written, network: str, notice: Notice) -> str:
    now, subject = clock.now(), sessions.read_token(bearer).subject
    counting = sample.message(subject, network, now)
    signed_in, (key_item, *counts) = sessions.authenticate_and_read(
        bearer, lambda one: [*_key_at(one), *counting.places()]
    )
    counting.refuse_exhausted(counts)
    standing = subjects.completed(signed_in.standing)
    _require_permission(message, standing, notice, now)
    write = Transaction(notice)
    message_id = ids.new_id()
    pk, sk = store.message_place(subject, message_id)
    item = MessageItem(
        pk=pk,
        sk=sk,
        kind=MessageItem.KIND,
        form=message.form,
        locale=message.locale or standing.locale,
        written_at=now,
    )
    vault.seal_item(item, _key(write, key_item, subject, now), _contents(message))
    rule = notice.rule(MessageItem.KIND, model.CREATED)
    item.schedule(store.LANE, rule.ends(now), rule.event, now)
    write.put(item)
    lifecycle.record_permitted(write, standing, now)
    counting.count(write)
    write.commit()
    return message_id


def _require_permission(
    message: Written, standing: Standing, notice: Notice, now: datetime
) -> None:
    form = notice.forms[message.form]
    asked = Question(standing.subject, form.purpose, model.category_of(form))
    answer = permission(asked, standing, notice, now)
    if not answer.allowed:
        raise not_permitted(answer)


def _key(write: Transaction, stored: DataKeyItem | None, subject: str, now: datetime) -> DataKey:
    """Returns the key of the class; one that is made with its first record is added. One KMS call.

    Of several that are made at once one is written: the others' transactions fail, and are repeated
    with that one. One that is there has to stay until the message is written.
    """
    if stored is not None:
        last.require(write, stored)
        return vault.open_key(stored)
    key, made = vault.new_key(subject, MessageItem.CLASS, now)
    write.put(made, label="key")
    return key


def _key_at(subject: str) -> list[Place]:
    return [(DataKeyItem, keys.subject(subject), MessageItem.CLASS)]


def _contents(message: Written) -> dict[str, str]:
    return {**message.fields, model.TEXT: message.text}


def _message(item: MessageItem, key: DataKey, notice: Notice) -> Message:
    fields = vault.open_item(item, key)
    return Message(
        id=keys.record_id(item.sk),
        form=item.form,
        locale=item.locale,
        written_at=item.written_at,
        closed_at=item.closed_at,
        text=fields.pop(model.TEXT),
        fields=fields,
        looked_at=item.ends_at,
        then=notice.rule(MessageItem.KIND, item.due_event or model.CREATED).then,
    )


__all__ = ["GONE", "close", "end_of", "message_at", "own", "write"]

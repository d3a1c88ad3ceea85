"""Messages in the table: one item each, in the partition of the person, sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.pagination import ResultIterator

from chalicelib.consents.service import filed
from chalicelib.storage import keys, pages
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction

LANE: Final = "rule"
"""The lane of the due index in which messages wait for their end."""


class MessageItem(Item):
    """One message. Its text and fields are sealed; `form` is the id of the notice's form."""

    KIND = "message"
    CLASS = "support"

    form = UnicodeAttribute()
    locale = UnicodeAttribute()
    written_at = InstantAttribute()
    closed_at = InstantAttribute(null=True)
    contact = BinaryAttribute(null=True, legacy_encoding=False)
    """Of one that came with an address alone: the keyed hash of the address."""


def message_place(subject: str, message_id: str) -> tuple[str, str]:
    """Returns the keys of a message."""
    return keys.subject(subject), keys.record(MessageItem.CLASS, MessageItem.KIND, message_id)


def messages_of(subject: str, after: str | None, limit: int) -> ResultIterator[MessageItem]:
    """Lists up to `limit` messages of a person after the one of that id. One Query, strong."""
    prefix = keys.record(MessageItem.CLASS, MessageItem.KIND)
    pk = keys.subject(subject)
    return MessageItem.query(
        pk,
        MessageItem.sk.startswith(prefix),
        consistent_read=True,
        limit=limit,
        last_evaluated_key=pages.start(pk, prefix, after),
    )


def message_at(subject: str, message_id: str) -> Place:
    """Returns the place of a message, to be read together with other items."""
    return MessageItem, *message_place(subject, message_id)


def close_message(
    write: Transaction, item: MessageItem, closed_at: datetime, ends_at: datetime, event: str
) -> None:
    """Adds, once, that the end of a message is that of a case that was closed then.

    One that a hold has out of its lane stays out of it, and one that goes before, since its person
    refused what it was for, still does. The commit fails at the label `message` where the message
    was closed, is gone, or has another end, meanwhile.
    """
    unclosed = MessageItem.kind.exists() & MessageItem.closed_at.does_not_exist()
    unclosed &= filed.same_event(item)
    actions: list[Action] = [
        MessageItem.closed_at.set(closed_at),
        *filed.moved(item, event, closed_at, ends_at),
    ]
    write.update(MessageItem(pk=item.pk, sk=item.sk), actions, unclosed, label=MessageItem.KIND)


def prove_message(
    write: Transaction, item: MessageItem, ends_at: datetime, event: str, since: datetime
) -> None:
    """Adds that the address of a message is proven: it is kept by the rule of that event.

    The commit fails at the label `message` where it has another date, or is gone, meanwhile.
    """
    same = MessageItem.kind.exists() & (MessageItem.due_event == item.due_event)
    actions: list[Action] = [
        MessageItem.due_at.set(ends_at),
        MessageItem.due_event.set(event),
        MessageItem.due_since.set(since),
    ]
    write.update(MessageItem(pk=item.pk, sk=item.sk), actions, same, label=MessageItem.KIND)

"""Messages in the table: one item each, in the partition of the person, sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.pagination import ResultIterator

from chalicelib.storage import condition, keys, pages
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item

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


def message_place(subject: str, message_id: str) -> tuple[str, str]:
    """Returns the keys of a message."""
    return keys.subject(subject), keys.record(MessageItem.CLASS, MessageItem.KIND, message_id)


def get_message(subject: str, message_id: str) -> MessageItem | None:
    """Returns a message of a person, or None. One strongly consistent GetItem."""
    try:
        return MessageItem.get(*message_place(subject, message_id), consistent_read=True)
    except MessageItem.DoesNotExist:
        return None


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


def close_message(item: MessageItem, closed_at: datetime, ends_at: datetime, event: str) -> bool:
    """Moves the end of a message, once: to that of a case that was closed then.

    One that a hold has out of its lane stays out of it. Returns False where the message was closed,
    or is gone, meanwhile. One UpdateItem.
    """
    unclosed = MessageItem.kind.exists() & MessageItem.closed_at.does_not_exist()
    actions: list[Action] = [
        MessageItem.closed_at.set(closed_at),
        MessageItem.due_at.set(ends_at),
        MessageItem.due_event.set(event),
        MessageItem.due_since.set(closed_at),
    ]
    record = MessageItem(pk=item.pk, sk=item.sk)
    return condition.held(lambda: record.update(actions=actions, condition=unclosed))

"""Messages in the table: one item each, in the partition of the person, sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.pagination import ResultIterator

from chalicelib.consents.service import filings
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


class MessagePlaceItem(Item):
    """That a message of an address, which is proven, lies in the partition of its own id.

    It is found by the keyed hash of the address, and holds nothing.
    """

    KIND = "message_place"
    CLASS = "support"


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
    unclosed &= filings.same_event(item)
    actions: list[Action] = [
        MessageItem.closed_at.set(closed_at),
        *filings.moved(item, event, closed_at, ends_at),
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


def address_entry(contact: bytes, message_id: str) -> MessagePlaceItem:
    """Returns the entry by which a message is found by its address."""
    return MessagePlaceItem(
        pk=keys.contact(contact.hex()),
        sk=keys.record(MessagePlaceItem.CLASS, MessagePlaceItem.KIND, message_id),
        kind=MessagePlaceItem.KIND,
    )


def messages_of_address(address_mac: str) -> list[str]:
    """Lists the ids of the proven messages of an address, by its keyed hash.

    Some may be gone, or in an account. One Query for each MB, strongly consistent.
    """
    prefix = keys.record(MessagePlaceItem.CLASS, MessagePlaceItem.KIND)
    found = MessagePlaceItem.query(
        keys.contact(address_mac), MessagePlaceItem.sk.startswith(prefix), consistent_read=True
    )
    return [keys.record_id(one.sk) for one in found]


def has_message(message_id: str) -> bool:
    """Tells whether a message lies in the partition of its own id. One GetItem, strong."""
    try:
        MessageItem.get(*message_place(message_id, message_id), consistent_read=True)
    except MessageItem.DoesNotExist:
        return False
    return True

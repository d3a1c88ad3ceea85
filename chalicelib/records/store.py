"""Records that systems hand over, in the table: one item each, in the partition of the subject."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pynamodb.attributes import UnicodeAttribute
from pynamodb.pagination import ResultIterator

from chalicelib import ids
from chalicelib.consents.service import filings
from chalicelib.records.model import Clock, Handed, Named
from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction

LANE: Final = "rule"

RECORD: Final = "record"
"""The label of the condition that a record is as it was read."""


class RecordItem(Item):
    """A record of any of the kinds. Its origin and its fields are sealed.

    `event` is the one that was told later, with which its end began, and `event_at` its moment.
    """

    purpose = UnicodeAttribute(null=True)
    occurred_at = InstantAttribute()
    event = UnicodeAttribute(null=True)
    event_at = InstantAttribute(null=True)


class CallItem(RecordItem):
    """A phone call: its number, time and duration."""

    KIND = "call"
    CLASS = "support"


class RecordingItem(RecordItem):
    """A reference to the recording of a call."""

    KIND = "recording"
    CLASS = "support"


class DeviceItem(RecordItem):
    """Technical data of a device."""

    KIND = "device"
    CLASS = "core"


class ExternalItem(RecordItem):
    """Data about the person that somebody else gave."""

    KIND = "external"
    CLASS = "account"


class TransactionItem(RecordItem):
    """A transaction: references and amounts, and no data of a card."""

    KIND = "transaction"
    CLASS = "transaction"


ITEMS: Final[Mapping[str, type[RecordItem]]] = {
    item.KIND: item for item in (CallItem, RecordingItem, DeviceItem, ExternalItem, TransactionItem)
}


def new_item(handed: Handed, clock: Clock) -> RecordItem:
    """Returns the item of a new record, in the sweep's lane where it has a date already.

    Its id begins with the category, so that a category can be erased alone.
    """
    entity = ITEMS[handed.kind]
    item = entity(
        pk=keys.subject(handed.subject),
        sk=keys.record(entity.CLASS, entity.KIND, f"{handed.category}.{ids.new_id()}"),
        kind=entity.KIND,
        purpose=handed.purpose,
        occurred_at=handed.occurred_at,
    )
    if clock.ends_at is not None:
        item.schedule(LANE, clock.ends_at, "created", handed.occurred_at)
    return item


def named_as(item: RecordItem) -> Named:
    """Returns the public name of a record."""
    return Named(item.KIND, keys.record_id(item.sk))


def record_at(subject: str, named: Named) -> Place:
    """Returns the place of a record, for reading it together with other items."""
    entity = ITEMS[named.kind]
    return entity, keys.subject(subject), keys.record(entity.CLASS, entity.KIND, named.id)


def transactions_of(subject: str) -> ResultIterator[TransactionItem]:
    """Lists the transactions of a subject. One strongly consistent Query a MB."""
    prefix = keys.record(TransactionItem.CLASS, TransactionItem.KIND)
    return TransactionItem.query(
        keys.subject(subject), TransactionItem.sk.startswith(prefix), consistent_read=True
    )


def begin_end(
    write: Transaction, item: RecordItem, event: str, at: datetime, ends_at: datetime
) -> None:
    """Adds that the end of a record begins with an event, if none was told of it yet."""
    entity = type(item)
    dates = filings.moved(item, event, at, ends_at)
    item.event, item.event_at = event, at
    write.update(
        item,
        [*dates, entity.event.set(event), entity.event_at.set(at)],
        entity.pk.exists() & entity.event.does_not_exist() & filings.same_event(item),
        label=RECORD,
    )

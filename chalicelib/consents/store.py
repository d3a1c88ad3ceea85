"""Entries, events and the dates of categories in the table."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.pagination import ResultIterator

from chalicelib.consents import clocks, filings
from chalicelib.consents.filings import End
from chalicelib.consents.model import Entry
from chalicelib.instants import instant
from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects.model import Event


class EntryItem(Item):
    """One entry of the ledger; decisions, salt, locale and evidence are sealed."""

    KIND = "entry"
    CLASS = "evidence"

    seq = NumberAttribute()
    previous = UnicodeAttribute()
    hash = UnicodeAttribute()
    commitment = UnicodeAttribute()
    notice_version = UnicodeAttribute()
    notice_digest = UnicodeAttribute()
    source = UnicodeAttribute()
    event = UnicodeAttribute()
    at = InstantAttribute()


def entry_item(entry: Entry) -> EntryItem:
    """An entry as it is stored; its sealed part is added by the caller, who has the key."""
    return EntryItem(
        pk=keys.subject(entry.subject),
        sk=keys.record(EntryItem.CLASS, EntryItem.KIND, keys.sequence(entry.seq)),
        kind=EntryItem.KIND,
        seq=entry.seq,
        previous=entry.previous,
        hash=entry.hash,
        commitment=entry.commitment,
        notice_version=entry.notice_version,
        notice_digest=entry.notice_digest,
        source=entry.source,
        event=entry.event,
        at=entry.at,
    )


def entry_of(item: EntryItem, opened: Mapping[str, Any]) -> Entry:
    """The entry that an item stores, with its opened part (empty when the key is gone)."""
    return Entry(
        subject=keys.subject_of(item.pk),
        seq=int(item.seq),
        previous=item.previous,
        commitment=item.commitment,
        notice_version=item.notice_version,
        notice_digest=item.notice_digest,
        source=item.source,
        event=item.event,
        at=item.at,
        opened=opened,
    )


def ledger(subject: str, after: int, limit: int) -> ResultIterator[EntryItem]:
    """Up to `limit` entries of a subject after the given number, oldest first. One Query."""
    pk = keys.subject(subject)
    prefix = keys.record(EntryItem.CLASS, EntryItem.KIND)
    first, last = prefix + keys.sequence(after + 1), prefix + keys.sequence(10**12 - 1)
    return EntryItem.query(
        pk, EntryItem.sk.between(first, last), consistent_read=True, limit=limit, page_size=limit
    )


_EVENT_MARK = "e"
"""The first character of an event's name. Entries are named by digits, so that no page of them
holds an event."""
_EVENT_ID = 20
"""Characters of an event's id in `event`; the rest tells what came with it."""


class EventItem(Item):
    """An event that the standing has no room for any more, at a place of its own.

    `event` holds the hashes of the event's id and of its payload; it made the entry `seq`. The item
    is of the entry's kind, so that it is erased with the chain, and repeats what the entry says.
    """

    KIND = "entry"
    CLASS = "evidence"

    seq = NumberAttribute()
    event = UnicodeAttribute()


def event_at(subject: str, event_id: str) -> Place:
    """Where an event of that (hashed) id lies, if the standing let go of it."""
    return (EventItem, *_event_place(subject, event_id))


def event_of(item: EventItem) -> Event:
    """The event that an item stores."""
    return Event(item.event[:_EVENT_ID], item.event[_EVENT_ID:], int(item.seq))


def put_event(write: Transaction, subject: str, event: Event) -> None:
    """Adds an event that the standing lets go of."""
    pk, sk = _event_place(subject, event.id)
    known = f"{event.id}{event.payload}"
    item = EventItem(pk=pk, sk=sk, kind=EventItem.KIND, seq=event.seq, event=known)
    # A browser that was erased and comes again may have left one there.
    write.replace(item)


def is_event(sk: str) -> bool:
    """Whether such an item lies at a sort key."""
    return sk.startswith(keys.record(EventItem.CLASS, EventItem.KIND, _EVENT_MARK))


def _event_place(subject: str, event_id: str) -> tuple[str, str]:
    sk = keys.record(EventItem.CLASS, EventItem.KIND, f"{_EVENT_MARK}{event_id}")
    return keys.subject(subject), sk


class FiledItem(Item):
    """A record that is kept for a purpose, of any kind, as far as its end depends on that."""

    purpose = UnicodeAttribute(null=True)
    form = UnicodeAttribute(null=True)


def filed_of(subject: str, kind: str) -> ResultIterator[FiledItem]:
    """Lists the records of a kind of a subject. One strongly consistent Query a MB."""
    prefix = keys.record(filings.KINDS[kind].retention_class, kind)
    return FiledItem.query(
        keys.subject(subject), FiledItem.sk.startswith(prefix), consistent_read=True
    )


def begin_end(write: Transaction, item: FiledItem, end: End) -> None:
    """Adds that a record ends because no purpose needs it any more, if it is as it was read.

    The date that it had is kept beside, and a record that a hold took out of its lane stays out.
    """
    actions: list[Action] = [
        Item.due_at.set(end.at),
        Item.due_event.set(clocks.WITHDRAWN),
        Item.due_since.set(end.since),
    ]
    if item.due_event is not None and item.due_since is not None:
        actions.append(Item.due_former.set(_packed(item.due_event, item.due_since)))
    actions += _lane(item)
    write.update(Item(pk=item.pk, sk=item.sk), actions, _as_read(item), label=FILED)


def schedule(item: Item, end: End) -> None:
    """Gives a record that is not stored yet the same, in place of its own date."""
    if item.due_event is not None and item.due_since is not None:
        item.due_former = _packed(item.due_event, item.due_since)
    item.schedule(CATEGORY_LANE, end.at, clocks.WITHDRAWN, end.since)


def former(item: FiledItem) -> tuple[str, datetime] | None:
    """Returns the event and beginning from which a record's end counted before; None without."""
    if item.due_former is None:
        return None
    event, since = item.due_former.split(" ")
    return event, datetime.fromisoformat(since)


def take_back(write: Transaction, item: FiledItem, end: tuple[str, End] | None) -> None:
    """Adds that a record ends from the event that it ended from before, if it is as it was read.

    With None it has no date any more.
    """
    actions: list[Action] = [Item.due_former.remove()]
    if end is None:
        dates = Item.lane, Item.due_at, Item.due_event, Item.due_since
        actions += [attribute.remove() for attribute in dates]
    else:
        event, period = end
        actions += [
            Item.due_at.set(period.at),
            Item.due_event.set(event),
            Item.due_since.set(period.since),
        ]
    write.update(Item(pk=item.pk, sk=item.sk), actions, _as_read(item), label=FILED)


def _as_read(item: FiledItem) -> Condition:
    """Returns the condition that a record is there, does not go, and has the date that was read."""
    date = Item.due_at.does_not_exist() if item.due_at is None else Item.due_at == item.due_at
    same: Condition = Item.kind.exists() & Item.going.does_not_exist() & date
    same &= same_event(item)
    return same


def moved(item: Item, event: str, since: datetime, ends_at: datetime) -> list[Action]:
    """Returns the actions by which a record's end counts from an event that was told.

    Where a refusal ends it before, they keep that end, and the event for when it is taken back. A
    record that a hold took out of its lane stays out.
    """
    if item.due_event == clocks.WITHDRAWN and ends_first(item, ends_at) == item.due_at:
        return [Item.due_former.set(_packed(event, since))]
    actions: list[Action] = [
        Item.due_at.set(ends_at),
        Item.due_event.set(event),
        Item.due_since.set(since),
        Item.due_former.remove(),
    ]
    return [*actions, *_lane(item)]


def ends_first(item: Item, ends_at: datetime) -> datetime:
    """Returns an end of a record, or the one that a refusal set where that comes before."""
    if item.due_event != clocks.WITHDRAWN or item.due_at is None:
        return ends_at
    return min(item.due_at, ends_at)


def same_event(item: Item) -> Condition:
    """Returns the condition that a record's end counts from the event that was read."""
    unset: Condition = Item.due_event.does_not_exist()
    same: Condition = Item.due_event == item.due_event
    return unset if item.due_event is None else same


def _lane(item: Item) -> list[Action]:
    """Returns the action that has a record wait for its end; none for one that had a date."""
    if item.due_at is not None:
        return []
    return [Item.lane.set(keys.lane(CATEGORY_LANE, item.pk))]


def _packed(event: str, since: datetime) -> str:
    return f"{event} {instant(since)}"


FILED = "filed"
"""The label of the condition that a record is as it was read."""

CATEGORY_LANE = "rule"


CATEGORY_CLASS = "account"
"""The retention class of what an account keeps."""


def category_at(subject: str, category: str) -> Place:
    """The place of the record of a category, to be read together with other items.

    The record itself is sealed, and only its date is read here: an item without fields of its own
    is enough.
    """
    return Item, keys.subject(subject), keys.record(CATEGORY_CLASS, clocks.KEPT, category)


def category_ends_at(item: Item) -> datetime | None:
    """Returns when the record is erased because no purpose may use it; None where it stays."""
    return item.ends_at if item.due_event == clocks.WITHDRAWN else None


def start_clock(write: Transaction, item: Item, due_at: datetime, since: datetime) -> None:
    """Adds that a record gets its date, on condition that it still has none."""
    item.schedule(CATEGORY_LANE, due_at, clocks.WITHDRAWN, since)
    write.update(
        item,
        actions=unless_set(item),
        condition=Item.pk.exists() & Item.due_event.does_not_exist(),
        label="category",
    )


def stop_clock(write: Transaction, item: Item) -> None:
    """Adds that a record loses its date, on condition that it is still there and has one."""
    clock = Item.lane, Item.due_at, Item.due_event, Item.due_since
    item.lane, item.due_at, item.due_event, item.due_since = None, None, None, None
    write.update(
        item,
        actions=[attribute.remove() for attribute in clock],
        condition=Item.due_event == clocks.WITHDRAWN,
        label="category",
    )


def unless_set(item: Item) -> list[Action]:
    """The actions that give a record the date of `item`, where it has none yet."""
    return [
        Item.lane.set(Item.lane | item.lane),
        Item.due_at.set(Item.due_at | item.due_at),
        Item.due_event.set(Item.due_event | item.due_event),
        Item.due_since.set(Item.due_since | item.due_since),
    ]

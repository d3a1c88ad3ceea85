"""The events that a standing has no room for any more, each at a place of its own.

Such an item belongs to the ledger, as the entry that the event made: of the same kind, it goes when
the chain goes. It says nothing that the entry does not say.
"""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects.model import Event

_MARK = "e"
"""Begins the name of such an item: entries are named by digits, so that no page of them meets one.
"""
_ID = 20
"""Characters of an event's id in `event`; the rest tells what came with it."""


class EventItem(Item):
    """An event that made the entry `seq`: the hashes of its id and of what came with it."""

    KIND = "entry"
    CLASS = "evidence"

    seq = NumberAttribute()
    event = UnicodeAttribute()


def event_at(subject: str, event_id: str) -> Place:
    """Where an event of that (hashed) id lies, if the standing let go of it."""
    return (EventItem, *_place(subject, event_id))


def event_of(item: EventItem) -> Event:
    """The event that an item stores."""
    return Event(item.event[:_ID], item.event[_ID:], int(item.seq))


def put_event(write: Transaction, subject: str, event: Event) -> None:
    """Adds an event that the standing lets go of."""
    pk, sk = _place(subject, event.id)
    known = f"{event.id}{event.payload}"
    item = EventItem(pk=pk, sk=sk, kind=EventItem.KIND, seq=event.seq, event=known)
    # A browser that was erased and comes again may have left one there.
    write.replace(item)


def is_event(sk: str) -> bool:
    """Whether such an item lies at a sort key."""
    return sk.startswith(keys.record(EventItem.CLASS, EventItem.KIND, _MARK))


def _place(subject: str, event_id: str) -> tuple[str, str]:
    sk = keys.record(EventItem.CLASS, EventItem.KIND, f"{_MARK}{event_id}")
    return keys.subject(subject), sk

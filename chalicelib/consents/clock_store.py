"""The record of a category that an account keeps, as far as time acts on it.

What it holds is sealed and nobody here opens it: an item without fields of its own is enough.
"""

from datetime import datetime

from pynamodb.expressions.update import Action

from chalicelib.consents import clocks
from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction

LANE = "rule"


CLASS = "account"
"""The retention class of what an account keeps."""


def category_at(subject: str, category: str) -> Place:
    """Where the record of a category lies, for reading it together with other items."""
    return Item, keys.subject(subject), keys.record(CLASS, clocks.KEPT, category)


def ends_at(item: Item) -> datetime | None:
    """When the record goes because nobody may use it any more; None where it stays."""
    return item.ends_at if item.due_event == clocks.WITHDRAWN else None


def start(write: Transaction, item: Item, due_at: datetime, since: datetime) -> None:
    """Adds that a record gets its date, on condition that it still has none."""
    item.schedule(LANE, due_at, clocks.WITHDRAWN, since)
    write.update(
        item,
        actions=unless_set(item),
        condition=Item.pk.exists() & Item.due_event.does_not_exist(),
        label="category",
    )


def stop(write: Transaction, item: Item) -> None:
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
    """What gives a record the date that `item` was scheduled for, where it has none yet."""
    return [
        Item.lane.set(Item.lane | item.lane),
        Item.due_at.set(Item.due_at | item.due_at),
        Item.due_event.set(Item.due_event | item.due_event),
        Item.due_since.set(Item.due_since | item.due_since),
    ]

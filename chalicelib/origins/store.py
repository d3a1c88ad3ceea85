"""Duties to tell people of origins in the table: one item for each origin of a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.pagination import ResultIterator

from chalicelib.catalogue import STORED, Kind
from chalicelib.storage import condition, keys, pages, reads, shelves
from chalicelib.storage.attributes import InstantAttribute, still
from chalicelib.storage.due import Due
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.shelves import Shelved
from chalicelib.storage.transaction import Transaction

LANE: Final = "deadline"

EVENT: Final = "created"

TOLD: Final = "told"
"""The label of the condition that an origin has no duty yet, or one as it was read."""


class ToldItem(Item):
    """A duty to tell of an origin, which is sealed; open as long as `sent_at` is missing.

    It is in the lane while it is open, and on the desk's shelf where `unreached` says why no mail
    reaches its person. `category` is that of the first record.
    """

    KIND = "told"
    CLASS = "evidence"

    category = UnicodeAttribute()
    began_at = InstantAttribute()
    tries = NumberAttribute(default=0)
    tried_at = InstantAttribute(null=True)
    sent_at = InstantAttribute(null=True)
    unreached = UnicodeAttribute(null=True)


def told_at(subject: str, told_id: str) -> Place:
    """Returns the place of a duty, for reading it together with other items."""
    return ToldItem, keys.subject(subject), keys.record(ToldItem.CLASS, ToldItem.KIND, told_id)


def new_item(subject: str, told_id: str, category: str, now: datetime, look: datetime) -> ToldItem:
    """Returns the item of a new duty, before its origin is sealed; it is looked at at `look`."""
    _, pk, sk = told_at(subject, told_id)
    item = ToldItem(pk=pk, sk=sk, kind=ToldItem.KIND, category=category, began_at=now, tries=0)
    item.schedule(LANE, look, EVENT, now)
    return item


def get_told(subject: str, told_id: str) -> ToldItem | None:
    """Returns a duty, or None. One strongly consistent GetItem."""
    _, pk, sk = told_at(subject, told_id)
    try:
        return ToldItem.get(pk, sk, consistent_read=True)
    except ToldItem.DoesNotExist:
        return None


def begin_try(item: ToldItem, now: datetime) -> bool:
    """Counts a try of the mail before it is sent; False where another worker did. One UpdateItem.

    So a second try is known to be one.
    """
    actions = [ToldItem.tries.set(int(item.tries) + 1), ToldItem.tried_at.set(now)]
    unsent: Condition = ToldItem.sent_at.does_not_exist()
    return _update(item, actions, still(ToldItem.tries, int(item.tries)) & unsent)


def take_back_try(item: ToldItem) -> None:
    """Takes the count of a try back, since SES certainly did not accept the mail. One UpdateItem.

    `item` is the duty as `begin_try` left it.
    """
    tries = int(item.tries)
    actions = [ToldItem.tries.set(tries - 1), ToldItem.tried_at.remove()]
    _update(item, actions, still(ToldItem.tries, tries))


def mark_sent(item: ToldItem, now: datetime) -> None:
    """Records that SES accepted the mail: the duty leaves lane and shelf. One UpdateItem."""
    actions = [ToldItem.sent_at.set(now), ToldItem.unreached.remove(), *_OUT]
    _update(item, actions, ToldItem.sent_at.does_not_exist())


def close(item: ToldItem) -> None:
    """Takes a duty out of lane and shelf: nobody is there any more to be told. One UpdateItem."""
    _update(item, _OUT, ToldItem.sent_at.does_not_exist())


def mark_unreached(item: ToldItem, reason: str, look: datetime | None = None) -> bool:
    """Records why no mail reaches the person, and puts the duty on the desk's shelf.

    With `look` it is looked at again then. Returns False where it was done or moved meanwhile. One
    UpdateItem.
    """
    actions: list[Action] = [
        ToldItem.unreached.set(reason),
        ToldItem.shelf.set(keys.UNTOLD_SHELF),
        ToldItem.shelf_at.set(item.began_at),
    ]
    same: Condition = ToldItem.sent_at.does_not_exist()
    if look is not None:
        actions.append(ToldItem.due_at.set(look))
        same &= ToldItem.due_at == item.due_at
    return _update(item, actions, same)


def mark_returned(item: ToldItem, reason: str, look: datetime) -> bool:
    """Records that a mail came back after SES had accepted it: the duty is open again.

    Returns False where that was recorded before. One UpdateItem.
    """
    item.schedule(LANE, look, EVENT, item.began_at)
    actions: list[Action] = [
        ToldItem.unreached.set(reason),
        ToldItem.sent_at.remove(),
        ToldItem.tries.set(0),
        ToldItem.shelf.set(keys.UNTOLD_SHELF),
        ToldItem.shelf_at.set(item.began_at),
        ToldItem.lane.set(item.lane),
        ToldItem.due_at.set(look),
        ToldItem.due_event.set(EVENT),
        ToldItem.due_since.set(item.began_at),
    ]
    return _update(item, actions, ToldItem.sent_at.exists())


def ask_again(write: Transaction, item: ToldItem, look: datetime) -> None:
    """Adds that a duty leaves the shelf and is looked at again at `look`, if nothing moved it."""
    write.update(
        item,
        [
            ToldItem.due_at.set(look),
            ToldItem.unreached.remove(),
            ToldItem.shelf.remove(),
            ToldItem.shelf_at.remove(),
        ],
        ToldItem.sent_at.does_not_exist() & (ToldItem.due_at == item.due_at),
        label=TOLD,
    )


def is_due(item: ToldItem | None, entry: Due) -> bool:
    """Tells whether a duty is open, and due as the index had it."""
    return item is not None and item.lane is not None and item.due_at == entry.due_at


def has_records(subject: str) -> bool:
    """Tells whether there is any record about a person that somebody may have given.

    A Query for each kind of such records, strongly consistent, until one finds any.
    """
    return any(_any(subject, kind) for kind in STORED.values() if _names_its_origin(kind))


def _names_its_origin(kind: Kind) -> bool:
    return kind.by_notice and "origin" in kind.sealed


def _any(subject: str, kind: Kind) -> bool:
    prefix = keys.record(kind.retention_class, kind.name)
    found = Item.query(
        keys.subject(subject), Item.sk.startswith(prefix), consistent_read=True, limit=1
    )
    return next(iter(found), None) is not None


def on_shelf(after: Shelved | None, limit: int) -> tuple[list[Shelved], Shelved | None]:
    """Lists up to `limit` duties that reach nobody, the earliest first, and where the page ended.

    One Query of the index `desk`.
    """
    return shelves.page(keys.UNTOLD_SHELF, after, limit)


def told_items(places: Iterable[Shelved]) -> list[ToldItem]:
    """Returns the duties at up to a hundred places that are there, in their order.

    One BatchGetItem, strongly consistent; none for no place.
    """
    wanted: list[Place] = [(ToldItem, one.pk, one.sk) for one in places]
    return [item for item in reads.batch(wanted) if item is not None] if wanted else []


_OUT: Final[tuple[Action, ...]] = (
    ToldItem.lane.remove(),
    ToldItem.due_at.remove(),
    ToldItem.due_event.remove(),
    ToldItem.due_since.remove(),
    ToldItem.shelf.remove(),
    ToldItem.shelf_at.remove(),
)
"""The changes that take a duty out of the lane, and from the desk's shelf."""


def told_to(subject: str, after: str | None, limit: int) -> ResultIterator[ToldItem]:
    """Lists up to `limit` duties of a person after the one of that id. One Query."""
    pk, prefix = keys.subject(subject), keys.record(ToldItem.CLASS, ToldItem.KIND)
    return ToldItem.query(
        pk,
        ToldItem.sk.startswith(prefix),
        consistent_read=True,
        limit=limit,
        last_evaluated_key=pages.start(pk, prefix, after),
    )


def _update(item: ToldItem, actions: Sequence[Action], also: Condition) -> bool:
    there: Condition = ToldItem.pk.exists()
    return condition.held(lambda: item.update(actions=list(actions), condition=there & also))

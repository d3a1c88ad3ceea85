"""Holds in the table, each in its subject's partition, and the records that they keep."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from pynamodb.attributes import UnicodeAttribute

from chalicelib.holds import model
from chalicelib.holds.model import Ground, Hold, Named
from chalicelib.storage import keys, reads, shelves
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.shelves import Shelved
from chalicelib.storage.transaction import Transaction

LANE, EVENT = "rule", "ended"

HOLD: Final = "hold"
"""The label of the condition that a hold is as it was read."""

RECORD: Final = "record"
"""The label of the condition that a record is as it was read."""

_FEW: Final = 20
"""Most records that are read one by one: above it, a Query of what lies between costs less."""

_RULE_SHARDS: Final = frozenset(keys.shards(LANE))


class HoldItem(Item):
    """A hold. At its end it is due in the sweep's lane; it stands on the desk's shelf of holds."""

    KIND = model.KIND
    CLASS = "evidence"

    ground = UnicodeAttribute()
    placed_at = InstantAttribute()
    until = InstantAttribute()
    by = UnicodeAttribute()
    classes = UnicodeAttribute(null=True)
    records = UnicodeAttribute(null=True)
    """Sort keys without their ids, and the ids of each, such as `evidence#request:a,b`."""


def hold_place(subject: str, hold_id: str) -> tuple[str, str]:
    """Partition and sort key of a hold."""
    return keys.subject(subject), keys.record(HoldItem.CLASS, HoldItem.KIND, hold_id)


def hold_item(hold: Hold) -> HoldItem:
    """Returns a hold as it is stored, without its reason."""
    pk, sk = hold_place(hold.subject, hold.id)
    item = HoldItem(
        pk=pk,
        sk=sk,
        kind=HoldItem.KIND,
        ground=str(hold.ground),
        placed_at=hold.placed_at,
        until=hold.until,
        by=hold.by,
        classes=" ".join(sorted(hold.classes)) or None,
        records=model.pack(hold.records) or None,
    )
    item.schedule(LANE, hold.until, EVENT, hold.until)
    item.shelf, item.shelf_at = keys.HOLDS_SHELF, hold.until
    return item


def hold_of(item: HoldItem) -> Hold:
    """Returns the hold that an item stores."""
    return Hold(
        id=keys.record_id(item.sk),
        subject=keys.subject_of(item.pk),
        ground=Ground(item.ground),
        placed_at=item.placed_at,
        until=item.until,
        by=item.by,
        classes=frozenset((item.classes or "").split()),
        records=frozenset(model.unpacked(item.records or "")),
    )


def holds_of(subject: str) -> list[HoldItem]:
    """Lists the holds of a subject, also those that are over. One Query, strongly consistent."""
    prefix = keys.record(HoldItem.CLASS, HoldItem.KIND)
    return list(
        HoldItem.query(keys.subject(subject), HoldItem.sk.startswith(prefix), consistent_read=True)
    )


def get_hold(subject: str, hold_id: str) -> HoldItem | None:
    """Returns a hold, or None. One strongly consistent GetItem."""
    try:
        return HoldItem.get(*hold_place(subject, hold_id), consistent_read=True)
    except HoldItem.DoesNotExist:
        return None


def on_shelf(after: Shelved | None, limit: int) -> tuple[list[Shelved], Shelved | None]:
    """Lists up to `limit` holds of the desk, the first to end first, and where the page ended.

    One Query of the index `desk`.
    """
    return shelves.page(keys.HOLDS_SHELF, after, limit)


def holds_at(places: Iterable[Shelved]) -> list[HoldItem | None]:
    """Returns the holds at up to a hundred places, in their order; None for one that is gone.

    One BatchGetItem, strongly consistent; none for no place.
    """
    wanted: list[Place] = [(HoldItem, one.pk, one.sk) for one in places]
    return reads.batch(wanted) if wanted else []


def records_of(hold: Hold) -> list[Item]:
    """Returns the records of its subject that a hold names, or that lie in its classes.

    Strongly consistent: one BatchGetItem for a few named records, else one Query a class and MB.
    Only their keys, kinds and dates are looked at.
    """
    pk = keys.subject(hold.subject)
    found: list[Item] = []
    for name in sorted(hold.classes):
        found += Item.query(pk, Item.sk.startswith(f"{name}#"), consistent_read=True)
    named = sorted(keys.record(*_place(one)) for one in hold.records)
    if 0 < len(named) <= _FEW:
        found += [one for one in reads.batch([(Item, pk, sk) for sk in named]) if one is not None]
    elif named:
        between = Item.sk.between(named[0], named[-1])
        wanted = set(named)
        found += [one for one in Item.query(pk, between, consistent_read=True) if one.sk in wanted]
    return found


def named_as(item: Item) -> Named:
    """Returns how a hold names a record."""
    retention_class, kind, record_id = item.sk.split("#", 2)
    return Named(retention_class, kind, record_id)


def is_in_lane(item: Item) -> bool:
    """Tells whether the sweep comes to a record at a date of its own."""
    return item.lane in _RULE_SHARDS and item.due_at is not None and not item.going


def is_out(item: Item) -> bool:
    """Tells whether a record has a date and was taken out of the lane."""
    return item.lane is None and item.due_at is not None


def require_same(write: Transaction, hold: Hold, label: str = HOLD) -> None:
    """Adds the condition that a hold is as it was read: neither lifted nor renewed."""
    place = hold_place(hold.subject, hold.id)
    write.check(HoldItem, *place, HoldItem.until == hold.until, label)


def take_out(write: Transaction, item: Item, label: str = RECORD) -> None:
    """Adds that a record leaves the sweep's lane and keeps its date, if it is as it was read."""
    write.update(
        Item(pk=item.pk, sk=item.sk),
        [Item.lane.remove()],
        Item.lane.exists() & (Item.due_at == item.due_at) & Item.going.does_not_exist(),
        label=label,
    )


def put_back(write: Transaction, item: Item) -> None:
    """Adds that a record is in the sweep's lane again, at its own date, if it is as it was read."""
    write.update(
        Item(pk=item.pk, sk=item.sk),
        [Item.lane.set(keys.lane(LANE, item.pk))],
        Item.lane.does_not_exist() & (Item.due_at == item.due_at),
        label=RECORD,
    )


def end(write: Transaction, item: HoldItem, at: datetime) -> None:
    """Adds that a hold ends, is due at once and stands on no shelf, if it is as it was read."""
    write.update(
        HoldItem(pk=item.pk, sk=item.sk),
        [
            HoldItem.until.set(at),
            HoldItem.due_at.set(at),
            HoldItem.due_since.set(at),
            HoldItem.shelf.remove(),
            HoldItem.shelf_at.remove(),
        ],
        HoldItem.until == item.until,
        label=HOLD,
    )


def _place(named: Named) -> tuple[str, str, str]:
    return named.retention_class, named.kind, named.id

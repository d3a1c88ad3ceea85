"""The due index: all items with a due date, of any kind."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib import logs, settings
from chalicelib.instants import instant
from chalicelib.storage import condition, connection, lateness
from chalicelib.storage.lateness import Lateness
from chalicelib.storage.transaction import Transaction

INDEX = "due"

Start: TypeAlias = Mapping[str, Any]
"""The keys of the item after which a page begins."""


@dataclass(frozen=True, slots=True)
class Due:
    """An item with a due date: its key, and the event that started its period."""

    pk: str
    sk: str
    kind: str
    event: str
    since: datetime
    due_at: datetime

    @property
    def place(self) -> str:
        """The due date in the index's form."""
        return instant(self.due_at)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item in the index that this software did not write so, such as one edited by hand."""

    pk: str
    sk: str
    kind: str
    place: str

    @property
    def due_at(self) -> datetime | None:
        """The due date, or None where it cannot be read."""
        return _written(self.place)


Entry: TypeAlias = Due | Unreadable


class NotReadable(ValueError):
    """An item in the index is not in this software's form."""


def page(
    shard: str, now: datetime, after: Start | None, limit: int
) -> tuple[list[Entry], Start | None]:
    """Lists up to `limit` due items of one shard, oldest first, and where the next page begins.

    `after` is the previous page's answer, None for the first; None is returned after the last. One
    Query. An item that cannot be read does not hide the others. The index is eventually consistent,
    so the caller must check the item itself.
    """
    found = _query(shard, up_to=now, limit=limit, exclusive_start_key=after)
    return [entry(item) for item in found["Items"]], found.get("LastEvaluatedKey")


def count(shard: str, now: datetime, after: Start) -> int:
    """Counts the due items of one shard after a page, within the next MB. One Query."""
    found = _query(shard, up_to=now, exclusive_start_key=after, select="COUNT")
    return int(found["Count"])


def walk(shard: str, after: str | None, limit: int) -> tuple[list[Entry], str | None]:
    """Lists up to `limit` items of one shard, of any date, and where the next page begins.

    `after` is the previous page's answer, None for the first; None is returned after the last. One
    Query. An item whose date moves between two pages may come twice, or not at all; an item that
    cannot be read does not hide the others.
    """
    start = None if after is None else json.loads(after)
    found = _query(shard, limit=limit, exclusive_start_key=start)
    last = found.get("LastEvaluatedKey")
    return [entry(item) for item in found["Items"]], json.dumps(last) if last else None


def readable(entries: Iterable[Entry]) -> list[Due]:
    """Returns the entries that can be read, and logs each of the others."""
    found = []
    for entry in entries:
        if isinstance(entry, Unreadable):
            logs.log("due.not_readable", kind=entry.kind)
        else:
            found.append(entry)
    return found


def _query(shard: str, *, up_to: datetime | None = None, **rest: Any) -> dict[str, Any]:
    from pynamodb.expressions.operand import Path

    dated = None if up_to is None else Path("due_at") <= instant(up_to)
    table = connection.table(settings.records_table())
    return table.query(shard, range_key_condition=dated, index_name=INDEX, **rest)


def entry(item: Mapping[str, Any]) -> Entry:
    """Returns the entry of an item in the index, as Unreadable where it cannot be read.

    The item is as DynamoDB sends it, whole or as the index shows it. Raises KeyError for one that
    is not in the index.
    """
    place = str(item["due_at"]["S"])
    try:
        found = _due(item)
    except (KeyError, ValueError):
        found = None
    if found is not None and found.place == place and found.since.tzinfo is not None:
        return found
    kind = item.get("kind", {}).get("S", "")
    return Unreadable(item["pk"]["S"], item["sk"]["S"], kind, place)


def _written(text: str) -> datetime | None:
    """Returns the instant in a text; None where it has none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment


def _due(item: Mapping[str, Any]) -> Due:
    return Due(
        pk=item["pk"]["S"],
        sk=item["sk"]["S"],
        kind=item["kind"]["S"],
        event=item["due_event"]["S"],
        since=datetime.fromisoformat(item["due_since"]["S"]),
        due_at=datetime.fromisoformat(item["due_at"]["S"]),
    )


def add_removal(write: Transaction, item: Due, label: str) -> None:
    """Adds the deletion of an item, on condition that its date is unmoved and it is in a lane."""
    from chalicelib.storage.item import Item

    write.delete(Item(pk=item.pk, sk=item.sk), condition=_unmoved(item), label=label)


def add_mark(write: Transaction, item: Due, label: str) -> None:
    """Adds the mark of an item whose parts go before it, on the same condition.

    From then on nothing holds it: a crash before it is gone leaves the mark, and it goes later.
    """
    from chalicelib.storage.item import Item

    _add(write, item, [Item.going.set(True)], _unmoved(item), label)


def add_move(write: Transaction, item: Due, due_at: datetime, label: str, lane: str) -> None:
    """Adds that an item has a later date, in a shard of a lane, on the same condition."""
    from chalicelib.storage.item import Item

    actions: list[Action] = [Item.due_at.set(due_at), Item.lane.set(lane)]
    _add(write, item, actions, _unmoved(item), label)


def add_set_back(write: Transaction, item: Entry, late: Lateness, label: str, lane: str) -> None:
    """Adds that an item which could not be handled has a later date, and keeps its first one.

    It is on condition of the date that the index had. The item may be broken.
    """
    from pynamodb.expressions.operand import Path

    from chalicelib.storage.item import Item

    actions: list[Action] = [
        Item.due_at.set(late.until),
        Item.late.set(late),
        Item.lane.set(lane),
    ]
    _add(write, item, actions, Path("due_at") == item.place, label)


def _unmoved(item: Due) -> Condition:
    from chalicelib.storage.item import Item

    unmoved: Condition = Item.lane.exists() & (Item.due_at == item.due_at)
    return unmoved


def _add(
    write: Transaction, item: Entry, actions: list[Action], condition: Condition, label: str
) -> None:
    from chalicelib.storage.item import Item

    write.update(Item(pk=item.pk, sk=item.sk), actions, condition, label=label)


def postpone(item: Due, due_at: datetime) -> bool:
    """Moves an item's date; returns False if the item was deleted or moved, or left its lane."""
    from chalicelib.storage.item import Item

    return condition.held(
        lambda: Item(pk=item.pk, sk=item.sk).update(
            actions=[Item.due_at.set(due_at)],
            condition=_unmoved(item),
        )
    )


def lateness_of(item: Entry) -> Lateness | None:
    """Returns the record of an item's failed tries; None for an item that never failed.

    One strongly consistent GetItem. A record that belongs to an earlier date of the item, or cannot
    be read, gives None.
    """
    table = connection.table(settings.records_table())
    found = table.get_item(item.pk, item.sk, consistent_read=True, attributes_to_get=["late"])
    return lateness_in(found.get("Item", {}), item)


def lateness_in(stored: Mapping[str, Any], item: Entry) -> Lateness | None:
    """Returns the same from the item as DynamoDB sent it."""
    try:
        late = lateness.read(stored["late"]["S"])
    except (KeyError, ValueError):
        return None
    return late if late.until == item.due_at else None


def defer(item: Entry, now: datetime, pause: Callable[[int], timedelta]) -> Lateness | None:
    """Moves an item that could not be handled to a later date, behind the rest of its shard.

    `pause` answers the time to the next try after so many tries. Returns None if the item was moved
    or deleted meanwhile. One GetItem and one UpdateItem.
    """
    late = lateness.later(lateness_of(item), item.due_at, now, pause)
    return late if set_back(item, late) else None


def set_back(item: Entry, late: Lateness) -> bool:
    """Moves an item that could not be handled to its later date, and keeps its first due date.

    One UpdateItem on condition of the date that the index had: False if the item was deleted or
    moved meanwhile. The item is not read, so its contents may be broken.
    """
    from pynamodb.expressions.operand import Path

    from chalicelib.storage.item import Item

    return condition.held(
        lambda: connection.table(settings.records_table()).update_item(
            item.pk,
            item.sk,
            actions=[Item.due_at.set(late.until), Item.late.set(late)],
            condition=Path("due_at") == item.place,
        )
    )

"""The due index: what time acts on, whatever its kind."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from chalicelib import logs, settings
from chalicelib.instants import instant
from chalicelib.storage import condition, connection, lateness
from chalicelib.storage.lateness import Lateness

INDEX = "due"

Start: TypeAlias = Mapping[str, Any]
"""Where a page begins: behind the item whose keys these are."""


@dataclass(frozen=True, slots=True)
class Due:
    """An item whose date has come: where it lies, and the event that started its period."""

    pk: str
    sk: str
    kind: str
    event: str
    since: datetime
    due_at: datetime

    @property
    def place(self) -> str:
        """Its date as the index has it."""
        return instant(self.due_at)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item in the index that is not as this software writes them: somebody edited a table."""

    pk: str
    sk: str
    kind: str
    place: str

    @property
    def due_at(self) -> datetime | None:
        """When it was due, where that much can be read."""
        return _written(self.place)


Entry: TypeAlias = Due | Unreadable


class NotReadable(ValueError):
    """An item in the index is not as this software writes them."""


def page(
    shard: str, now: datetime, after: Start | None, limit: int
) -> tuple[list[Entry], Start | None]:
    """Up to `limit` items of one shard that are due, oldest first, and where the next begin.

    `after` is what the page before answered, None for the first; None is answered after the last.
    One Query. An item that cannot be read keeps no other from being found. The index is eventually
    consistent: whoever acts must check the item itself.
    """
    found = _query(shard, up_to=now, limit=limit, exclusive_start_key=after)
    return [_entry(item) for item in found["Items"]], found.get("LastEvaluatedKey")


def count(shard: str, now: datetime, after: Start) -> int:
    """How many items of one shard are due behind a page: those of the next MB. One Query."""
    found = _query(shard, up_to=now, exclusive_start_key=after, select="COUNT")
    return int(found["Count"])


def walk(shard: str, after: str | None, limit: int) -> tuple[list[Entry], str | None]:
    """Up to `limit` items of one shard of a lane, whatever their dates, and where the next begin.

    `after` is what the page before answered, None for the first; None is answered after the last.
    One Query. An item whose date moves between two pages may be met twice, or not at all; one that
    cannot be read keeps no other from being met.
    """
    start = None if after is None else json.loads(after)
    found = _query(shard, limit=limit, exclusive_start_key=start)
    last = found.get("LastEvaluatedKey")
    return [_entry(item) for item in found["Items"]], json.dumps(last) if last else None


def readable(entries: Iterable[Entry]) -> list[Due]:
    """Those of some items that can be read; each of the others is logged."""
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


def _entry(item: Mapping[str, Any]) -> Entry:
    """An item of the index, also one that cannot be read."""
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
    """The instant in a text; None if there is none."""
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


def remove(item: Due) -> bool:
    """Deletes an item, unless its date was moved since the index saw it; False then."""
    from chalicelib.storage.item import Item

    unmoved = Item.due_at == item.due_at
    return condition.held(lambda: Item(pk=item.pk, sk=item.sk).delete(condition=unmoved))


def postpone(item: Due, due_at: datetime) -> bool:
    """Moves an item's date; False when it is gone or was moved meanwhile."""
    from chalicelib.storage.item import Item

    return condition.held(
        lambda: Item(pk=item.pk, sk=item.sk).update(
            actions=[Item.due_at.set(due_at)], condition=Item.due_at == item.due_at
        )
    )


def lateness_of(item: Entry) -> Lateness | None:
    """That an item was due before and could not be handled then, if so.

    One strongly consistent GetItem. What is known of a place that the item has no longer is not
    answered, nor what cannot be read.
    """
    table = connection.table(settings.records_table())
    found = table.get_item(item.pk, item.sk, consistent_read=True, attributes_to_get=["late"])
    try:
        late = lateness.read(found["Item"]["late"]["S"])
    except (KeyError, ValueError):
        return None
    return late if late.until == item.due_at else None


def defer(item: Entry, now: datetime, pause: Callable[[int], timedelta]) -> Lateness | None:
    """Gives an item that could not be handled its later place, behind the rest of its shard.

    `pause` says how long it rests after so many tries. Returns None where somebody else moved or
    removed the item meanwhile: then it is theirs. One GetItem and one UpdateItem.
    """
    late = lateness.later(lateness_of(item), item.due_at, now, pause)
    return late if set_back(item, late) else None


def set_back(item: Entry, late: Lateness) -> bool:
    """Gives an item that could not be handled its later place, and keeps since when it is due.

    One conditional UpdateItem of the place that the index saw: False when the item is gone or was
    moved meanwhile. Nothing of the item is read, so that it does not matter what it holds.
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

"""The due index: what time acts on, whatever its kind."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib import settings
from chalicelib.clock import instant
from chalicelib.storage import connection


@dataclass(frozen=True, slots=True)
class Due:
    """An item whose date has come: where it lies, and the event that started its period."""

    pk: str
    sk: str
    kind: str
    event: str
    since: datetime
    due_at: datetime


def due(shard: str, now: datetime, limit: int) -> Iterator[Due]:
    """Up to `limit` items of one shard of a lane that are due, oldest first. One Query.

    The index is eventually consistent: whoever acts must check the item itself.
    """
    from pynamodb.expressions.operand import Path

    page = connection.table(settings.records_table()).query(
        shard,
        range_key_condition=Path("due_at") <= instant(now),
        index_name="due",
        limit=limit,
    )
    yield from map(_due, page["Items"])


def walk(shard: str, after: str | None, limit: int) -> tuple[list[Due], str | None]:
    """Up to `limit` items of one shard of a lane, whatever their dates, and where the next begin.

    `after` is what the page before answered, None for the first; None is answered after the last.
    One Query. An item whose date moves between two pages may be met twice, or not at all.
    """
    page = connection.table(settings.records_table()).query(
        shard,
        index_name="due",
        limit=limit,
        exclusive_start_key=None if after is None else json.loads(after),
    )
    last = page.get("LastEvaluatedKey")
    return [_due(item) for item in page["Items"]], json.dumps(last) if last else None


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
    from pynamodb.exceptions import DeleteError

    from chalicelib.storage.item import Item

    try:
        Item(pk=item.pk, sk=item.sk).delete(condition=Item.due_at == item.due_at)
    except DeleteError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return False
        raise
    return True


def postpone(item: Due, due_at: datetime) -> bool:
    """Moves an item's date; False when it is gone or was moved meanwhile."""
    from pynamodb.exceptions import UpdateError

    from chalicelib.storage.item import Item

    try:
        Item(pk=item.pk, sk=item.sk).update(
            actions=[Item.due_at.set(due_at)], condition=Item.due_at == item.due_at
        )
    except UpdateError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return False
        raise
    return True

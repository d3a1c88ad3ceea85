"""The desk index: lists of the desk, each on a shelf and in the order of one date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib import settings
from chalicelib.instants import instant
from chalicelib.storage import connection

INDEX = "desk"


@dataclass(frozen=True, slots=True)
class Shelved:
    """The key of an item on a shelf, and its date there."""

    pk: str
    sk: str
    at: datetime


def page(
    shelf: str,
    after: Shelved | None,
    limit: int,
    *,
    before: datetime | None = None,
) -> tuple[list[Shelved], Shelved | None]:
    """Lists up to `limit` items of a shelf, the earliest date first, and where the page ended.

    `after` is where the page before ended; None is returned after the last. With `before`, only
    items of earlier dates. One Query of the index, which is eventually consistent: the caller reads
    the items themselves.
    """
    from pynamodb.expressions.operand import Path

    dated = None if before is None else Path("shelf_at") < instant(before)
    found = connection.table(settings.records_table()).query(
        shelf,
        range_key_condition=dated,
        index_name=INDEX,
        limit=limit,
        exclusive_start_key=None if after is None else _key(shelf, after),
    )
    last = found.get("LastEvaluatedKey")
    return [_shelved(item) for item in found["Items"]], _shelved(last) if last else None


def _key(shelf: str, place: Shelved) -> dict[str, dict[str, str]]:
    return {
        "pk": {"S": place.pk},
        "sk": {"S": place.sk},
        "shelf": {"S": shelf},
        "shelf_at": {"S": instant(place.at)},
    }


def _shelved(item: Mapping[str, Any]) -> Shelved:
    at = datetime.fromisoformat(item["shelf_at"]["S"])
    return Shelved(item["pk"]["S"], item["sk"]["S"], at)

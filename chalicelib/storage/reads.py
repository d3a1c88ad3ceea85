"""Reads several items of any tables in one call."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from pynamodb.exceptions import TransactGetError

from chalicelib.storage import connection, contention
from chalicelib.storage.contention import CONFLICT, Contended
from chalicelib.storage.item import Stored

Place: TypeAlias = tuple[type[Stored], str, str]
"""The key of an item: its entity class, partition and sort key."""


def batch(wanted: Sequence[Place]) -> list[Any]:
    """Returns the items at these places, each strongly consistent; None for a missing one.

    One BatchGetItem call, at half the units of `together`; another one when DynamoDB leaves keys
    unprocessed. The items need not be of one instant. `wanted` must have no place twice. Raises
    Contended when DynamoDB keeps leaving keys unprocessed.
    """
    items = zip(wanted, raw(wanted), strict=True)
    return [None if item is None else kind.from_raw_data(item) for (kind, _, _), item in items]


def raw(wanted: Sequence[Place]) -> list[dict[str, Any] | None]:
    """Returns the items at these places as they are stored, otherwise as `batch`.

    So an item that cannot be read does not hide the others.
    """
    left: dict[str, Any] = {}
    for kind, pk, sk in wanted:
        keys = left.setdefault(kind.Meta.table_name, {"ConsistentRead": True, "Keys": []})
        keys["Keys"].append({"pk": {"S": pk}, "sk": {"S": sk}})
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for _ in contention.attempts():
        answer = connection.connection().dispatch("BatchGetItem", {"RequestItems": left})
        for table, items in answer.get("Responses", {}).items():
            found |= {(table, item["pk"]["S"], item["sk"]["S"]): item for item in items}
        left = answer.get("UnprocessedKeys") or {}
        if not left:
            break
    else:
        raise Contended
    return [found.get((kind.Meta.table_name, pk, sk)) for kind, pk, sk in wanted]


def together(wanted: Sequence[Place]) -> list[Any]:
    """Returns the items at these places, as of one instant; None for a missing one.

    One TransactGetItems call, serialisable with every transaction; it is sent again when it meets a
    transaction. Raises Contended when it keeps meeting some.
    """
    for _ in contention.attempts():
        try:
            return _at_one_instant(wanted)
        except TransactGetError as error:
            reasons: list[Any] = list(error.cancellation_reasons)
            if not any(reason and reason.code == CONFLICT for reason in reasons):
                raise
    raise Contended


def _at_one_instant(wanted: Sequence[Place]) -> list[Any]:
    asked = [
        {"TableName": kind.Meta.table_name, "Key": {"pk": {"S": pk}, "sk": {"S": sk}}}
        for kind, pk, sk in wanted
    ]
    answer = connection.connection().transact_get_items(asked)
    return [
        kind.from_raw_data(one["Item"]) if one.get("Item") else None
        for (kind, _, _), one in zip(wanted, answer["Responses"], strict=True)
    ]

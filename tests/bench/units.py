"""DynamoDB's published rules of what a call costs, to check the engines' counts against.

Sizes: an attribute is its name in UTF-8 and its value; a number about half its digits and one; a
list or map 3 bytes, and one an element. A write costs one unit for each KiB begun of the larger of
old and new item, two in a transaction. An index entry costs one unit for each KiB begun: none when
nothing that the index holds changed, two entries when its key changed. A read costs one unit for
each 4 KiB begun, half when it is eventually consistent, two in a transaction; a Query is charged
for all it read together, and one that found nothing for one step.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Mapping[str, Any]]
"""An item as DynamoDB's API writes it: attribute to type to value."""

Place = tuple[str, str, str]
"""Table, partition key, sort key."""

Images = Mapping[Place, Item | None]
"""Items as they stood at one moment; None where there was none."""

KIB = 1024
_DUE, _DESK = ("lane", "due_at"), ("shelf", "shelf_at")
"""The keys of the two indexes."""


@dataclass(frozen=True, slots=True)
class Write:
    """One item that a call writes, or whose condition it checks."""

    place: Place
    checks_only: bool = False


def writes(operation: str, parameters: Mapping[str, Any]) -> Iterator[Write]:
    """The items that a call writes; none for a call that reads."""
    if operation == "TransactWriteItems":
        for entry in parameters["TransactItems"]:
            ((action, one),) = entry.items()
            yield Write(_place(one["TableName"], one), action == "ConditionCheck")
    elif operation == "BatchWriteItem":
        for table, entries in parameters["RequestItems"].items():
            for entry in entries:
                ((_, one),) = entry.items()
                yield Write(_place(table, one))
    elif operation in ("PutItem", "UpdateItem", "DeleteItem"):
        yield Write(_place(parameters["TableName"], parameters))


def _place(table: str, request: Mapping[str, Any]) -> Place:
    key = request.get("Key") or request["Item"]
    return table, key["pk"]["S"], key["sk"]["S"]


def write_units(
    operation: str,
    parameters: Mapping[str, Any],
    before: Images,
    after: Images,
    projection: frozenset[str] | None,
) -> float:
    """What a call that succeeded costs by the rules.

    `projection` names what the index `due` holds beside keys; None means everything. The index
    `desk` holds its keys alone.
    """
    each = 2 if operation == "TransactWriteItems" else 1
    total = 0
    for write in writes(operation, parameters):
        old, new = before[write.place], after[write.place]
        total += each * kib(max(item_size(old), item_size(new)))
        if not write.checks_only:
            total += _index_units(old, new, projection, _DUE)
            total += _index_units(old, new, frozenset(), _DESK)
    return float(total)


def _index_units(
    old: Item | None, new: Item | None, projection: frozenset[str] | None, keys: tuple[str, str]
) -> int:
    was, now = _entry(old, projection, keys), _entry(new, projection, keys)
    if was == now:
        return 0
    if was is None or now is None:
        return kib(item_size(was or now))
    if any(was[key] != now[key] for key in keys):
        return kib(item_size(was)) + kib(item_size(now))
    return kib(max(item_size(was), item_size(now)))


def _entry(
    item: Item | None, projection: frozenset[str] | None, keys: tuple[str, str]
) -> Item | None:
    if item is None or any(key not in item for key in keys):
        return None
    if projection is None:
        return item
    kept = projection | {"pk", "sk", *keys}
    return {name: value for name, value in item.items() if name in kept}


def read_units(operation: str, parameters: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """What a read costs by the rules; none of ours filters or projects."""
    each = 1.0 if parameters.get("ConsistentRead") else 0.5
    if operation == "TransactGetItems":
        found = [one.get("Item") for one in answer["Responses"]]
        return 2.0 * sum(_steps(item_size(item)) for item in found)
    if operation == "BatchGetItem":
        return sum(
            _batch(table, asked, answer) for table, asked in parameters["RequestItems"].items()
        )
    if operation == "GetItem":
        return each * _steps(item_size(answer.get("Item")))
    if operation == "Query":
        return each * _steps(sum(item_size(item) for item in answer["Items"]))
    return 0.0


def _batch(table: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """One table's part of a BatchGetItem, where an item that does not exist costs one step."""
    found = answer["Responses"].get(table, [])
    missing = len(asked["Keys"]) - len(found)
    steps = missing + sum(_steps(item_size(item)) for item in found)
    return steps * (1.0 if asked.get("ConsistentRead") else 0.5)


def _steps(size: int) -> int:
    return max(1, math.ceil(size / (4 * KIB)))


def kib(size: int) -> int:
    """KiB begun, at least one."""
    return max(1, math.ceil(size / KIB))


def item_size(item: Item | None) -> int:
    """Bytes of an item; none has none."""
    return sum(len(name.encode()) + _size(value) for name, value in (item or {}).items())


def _size(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    if kind == "S":
        return len(held.encode())
    if kind == "N":
        return math.ceil(len(held.lstrip("-").replace(".", "")) / 2) + 1
    if kind == "B":
        return len(held)
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "M":
        return 3 + sum(len(name.encode()) + 1 + _size(one) for name, one in held.items())
    if kind == "L":
        return 3 + sum(1 + _size(one) for one in held)
    return sum(_size({kind[0]: one}) for one in held)

"""Reading and emptying a whole partition, whatever kinds of items lie in it.

PynamoDB's polymorphic models filter by the classes that happen to be imported, so a copy or an
erasure would silently pass over kinds unknown to that function: here items are plain values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chalicelib import settings
from chalicelib.storage import connection


@dataclass(frozen=True, slots=True)
class Stored:
    """One item as it lies in the table: its key, its kind, its fields in the clear, its blob."""

    pk: str
    sk: str
    kind: str
    fields: Mapping[str, Any]
    sealed: bytes | None

    @property
    def retention_class(self) -> str:
        """The class that its sort key begins with."""
        return self.sk.split("#", 1)[0]


def read(pk: str, prefix: str = "") -> Iterator[Stored]:
    """All items of a partition whose sort key starts with `prefix`, in its order.

    One strongly consistent Query per MB; only one page is in memory at a time.
    """
    yield from _pages(settings.records_table(), pk, prefix)


def keys_of(pk: str) -> list[str]:
    """Sort keys of a subject's data keys: the retention classes that still have one."""
    return [item.sk for item in _pages(settings.keys_table(), pk, "")]


def remove(pk: str, sks: list[str], *, from_keys: bool = False) -> None:
    """Deletes items of a partition by their sort keys; those already gone are no error."""
    name = settings.keys_table() if from_keys else settings.records_table()
    for start in range(0, len(sks), 25):  # BatchWriteItem takes 25 at most
        pending = [{"pk": {"S": pk}, "sk": {"S": sk}} for sk in sks[start : start + 25]]
        while pending:
            answer = connection.table(name).batch_write_item(delete_items=pending)
            left = answer.get("UnprocessedItems", {}).get(name, [])
            pending = [entry["DeleteRequest"]["Key"] for entry in left]


def _pages(table: str, pk: str, prefix: str) -> Iterator[Stored]:
    from boto3.dynamodb.types import TypeDeserializer
    from pynamodb.expressions.operand import Path

    value = TypeDeserializer().deserialize
    start: Mapping[str, Any] | None = None
    while True:
        page = connection.table(table).query(
            pk,
            range_key_condition=Path("sk").startswith(prefix) if prefix else None,
            consistent_read=True,
            exclusive_start_key=start,
        )
        for raw in page["Items"]:
            yield _stored({name: value(attribute) for name, attribute in raw.items()})
        start = page.get("LastEvaluatedKey")
        if not start:
            return


def _plain(value: Any) -> Any:
    """A value as JSON can carry it: every number that is stored is a whole one."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value


def _stored(item: dict[str, Any]) -> Stored:
    from chalicelib.storage.item import STRUCTURE

    sealed = item.get("sealed")
    return Stored(
        pk=item["pk"],
        sk=item["sk"],
        kind=item["kind"],
        fields={name: _plain(value) for name, value in item.items() if name not in STRUCTURE},
        sealed=None if sealed is None else bytes(sealed),
    )

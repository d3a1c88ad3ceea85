"""Reading and emptying a whole partition, whatever kinds of items lie in it.

PynamoDB's polymorphic models filter by the classes that happen to be imported, so a copy or an
erasure would silently pass over kinds unknown to that function: here items are plain values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chalicelib import settings
from chalicelib.storage import connection
from chalicelib.storage.item import (
    STRUCTURE,
    AccessItem,
    Expiring,
    Item,
    MailedItem,
    NobodysData,
)
from chalicelib.storage.transaction import Transaction

ABOUT = (Item, AccessItem)
"""The tables that hold something about a person, under their partition."""

EVERYWHERE = (*ABOUT, MailedItem)
"""The tables in which anything lies under a person's partition, their data keys apart."""

_AT_ONCE = 100
"""How many items a transaction takes."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One item as it lies in a table: its key, its kind, its fields in the clear, its blob."""

    pk: str
    sk: str
    kind: str
    fields: Mapping[str, Any]
    sealed: bytes | None
    table: type[Expiring] = Item

    @property
    def retention_class(self) -> str:
        """The class that its sort key begins with."""
        return self.sk.split("#", 1)[0]


def read(pk: str, tables: Sequence[type[Expiring]] = (Item,)) -> Iterator[Stored]:
    """All items of a partition in these tables, one table after another, each in its order.

    One strongly consistent Query per table and MB; only one page is in memory at a time.
    """
    for table in tables:
        for item in _pages(table.Meta.table_name, pk):
            yield _stored(item, table)


def keys_of(pk: str) -> list[str]:
    """Sort keys of a subject's data keys: the retention classes that still have one."""
    return [item["sk"] for item in _pages(settings.keys_table(), pk)]


def remove(pk: str, sks: list[str], *, from_keys: bool = False) -> None:
    """Deletes items of a partition by their sort keys; those already gone are no error.

    One BatchWriteItem for 25 of them, of the table of records or that of the data keys.
    """
    name = settings.keys_table() if from_keys else settings.records_table()
    for start in range(0, len(sks), 25):  # BatchWriteItem takes 25 at most
        pending = [{"pk": {"S": pk}, "sk": {"S": sk}} for sk in sks[start : start + 25]]
        while pending:
            answer = connection.table(name).batch_write_item(delete_items=pending)
            left = answer.get("UnprocessedItems", {}).get(name, [])
            pending = [entry["DeleteRequest"]["Key"] for entry in left]


def remove_together(items: Sequence[Stored]) -> None:
    """Deletes items of any table in their order; those already gone are no error.

    One transaction for a hundred of them: unlike a batch it needs no right that would also write.
    Raises Contended.
    """
    for start in range(0, len(items), _AT_ONCE):
        write = Transaction(NobodysData())
        for item in items[start : start + _AT_ONCE]:
            write.delete(item.table(pk=item.pk, sk=item.sk))
        write.commit()


def _pages(table: str, pk: str) -> Iterator[dict[str, Any]]:
    from boto3.dynamodb.types import TypeDeserializer

    value = TypeDeserializer().deserialize
    start: Mapping[str, Any] | None = None
    while True:
        page = connection.table(table).query(
            pk,
            consistent_read=True,
            exclusive_start_key=start,
        )
        for raw in page["Items"]:
            yield {name: value(attribute) for name, attribute in raw.items()}
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


def _stored(item: Mapping[str, Any], table: type[Expiring]) -> Stored:
    sealed = item.get("sealed")
    return Stored(
        pk=item["pk"],
        sk=item["sk"],
        kind=item["kind"],
        fields={name: _plain(value) for name, value in item.items() if name not in STRUCTURE},
        sealed=None if sealed is None else bytes(sealed),
        table=table,
    )

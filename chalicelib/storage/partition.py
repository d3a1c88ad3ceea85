"""Reads and empties a whole partition, with items of any kind.

PynamoDB's polymorphic models filter by the classes that are imported, so a copy or an erasure would
silently skip kinds unknown to that function: here items are plain values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from chalicelib import settings
from chalicelib.storage import connection, lateness
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
"""The tables that hold records about a subject, under its partition."""

EVERYWHERE = (*ABOUT, MailedItem)
"""The tables that hold anything under a subject's partition, except its data keys."""

_RULES = ("rule#", "stuck#")
"""The beginnings of the shards in which items wait for the end of a rule of retention."""

_AT_ONCE = 100
"""Most items of a transaction."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One item of a table: its key, kind, fields in the clear, and sealed blob.

    `ends_at` is the date at which it goes: by its rule in the due index, or by itself. `lane`,
    `due_event` and `due_since` are its place there and what its period runs from.
    """

    pk: str
    sk: str
    kind: str
    fields: Mapping[str, Any]
    sealed: bytes | None
    table: type[Expiring] = Item
    ends_at: datetime | None = None
    lane: str | None = None
    due_event: str | None = None
    due_since: datetime | None = None

    @property
    def retention_class(self) -> str:
        """The class, which its sort key begins with."""
        return self.sk.split("#", 1)[0]


def read(pk: str, tables: Sequence[type[Expiring]] = (Item,)) -> Iterator[Stored]:
    """Yields all items of a partition, table after table, each in the order of its sort keys.

    One strongly consistent Query per table and MB; only one page is in memory at a time, and of it
    only what was not yielded yet.
    """
    for table in tables:
        for item in _pages(table.Meta.table_name, pk):
            yield stored(item, table)


def first(pk: str) -> tuple[tuple[Stored, ...], bool]:
    """Returns the first MB of the records of a partition, and whether there are more. One Query."""
    page = connection.table(Item.Meta.table_name).query(pk, consistent_read=True)
    found = tuple(stored(in_types(one)) for one in page["Items"])
    return found, bool(page.get("LastEvaluatedKey"))


def keys_of(pk: str) -> list[str]:
    """Lists the sort keys of a subject's data keys: the retention classes that still have one."""
    return [item["sk"] for item in _pages(settings.keys_table(), pk)]


def remove(pk: str, sks: list[str], *, from_keys: bool = False) -> None:
    """Deletes items of a partition by their sort keys; a missing one is no error.

    One BatchWriteItem for 25 of them, of the table `records`, or of `keys` with `from_keys`.
    """
    name = settings.keys_table() if from_keys else settings.records_table()
    for start in range(0, len(sks), 25):  # BatchWriteItem takes 25 at most
        pending = [{"pk": {"S": pk}, "sk": {"S": sk}} for sk in sks[start : start + 25]]
        while pending:
            answer = connection.table(name).batch_write_item(delete_items=pending)
            left = answer.get("UnprocessedItems", {}).get(name, [])
            pending = [entry["DeleteRequest"]["Key"] for entry in left]


def remove_together(items: Sequence[Stored]) -> None:
    """Deletes items of any table in their order; a missing one is no error.

    One transaction for a hundred of them: unlike BatchWriteItem it needs no right to put items.
    Raises Contended.
    """
    for start in range(0, len(items), _AT_ONCE):
        write = Transaction(NobodysData())
        for item in items[start : start + _AT_ONCE]:
            write.delete(item.table(pk=item.pk, sk=item.sk))
        write.commit()


def in_types(item: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an item as DynamoDB sends it with plain values in place of typed ones."""
    from boto3.dynamodb.types import TypeDeserializer

    value = TypeDeserializer().deserialize
    return {name: value(attribute) for name, attribute in item.items()}


def _pages(table: str, pk: str) -> Iterator[dict[str, Any]]:
    start: Mapping[str, Any] | None = None
    while True:
        page = connection.table(table).query(
            pk,
            consistent_read=True,
            exclusive_start_key=start,
        )
        items, start = page["Items"], page.get("LastEvaluatedKey")
        del page
        items.reverse()
        while items:
            yield in_types(items.pop())
        if not start:
            return


def _plain(value: Any) -> Any:
    """Returns a value in JSON's types; every stored number is a whole one."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value


def stored(item: Mapping[str, Any], table: type[Expiring] = Item) -> Stored:
    """Returns an item, with plain values (`in_types`), as a record. Raises KeyError, ValueError."""
    sealed = item.get("sealed")
    return Stored(
        pk=item["pk"],
        sk=item["sk"],
        kind=item["kind"],
        fields={name: _plain(value) for name, value in item.items() if name not in STRUCTURE},
        sealed=None if sealed is None else bytes(sealed),
        table=table,
        ends_at=_ends_at(item),
        lane=item.get("lane"),
        due_event=item.get("due_event"),
        due_since=_instant(item.get("due_since")),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _ends_at(item: Mapping[str, Any]) -> datetime | None:
    """Returns the end of a stored item's period, as `Item.ends_at` does; None where it has none."""
    expires, due_at = item.get("expires"), item.get("due_at")
    if expires is not None:
        return datetime.fromtimestamp(int(expires), UTC)
    if due_at is None or not str(item.get("lane")).startswith(_RULES):
        return None
    late = item.get("late")
    if late is not None:
        known = lateness.read(late)
        if known.until == datetime.fromisoformat(due_at):
            return known.first
    return datetime.fromisoformat(due_at)

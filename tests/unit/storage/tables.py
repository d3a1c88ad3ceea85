"""Both tables in memory, behind PynamoDB's models and this project's own ways to read and write.

Every call to them is a step that is counted. A worker can be killed before one: from then on no
call of it happens, as when the process is gone, until the tables are served again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pynamodb.exceptions import DeleteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.storage import connection, reads
from chalicelib.storage.item import (
    AccessItem,
    CountItem,
    Declared,
    Item,
    KeyItem,
    MailedItem,
    Stored,
)
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from tests.unit.storage.memory import Memory, Raw, Write, holds

_KEYS = ("pk", "sk", "lane", "due_at")
_SHELF_KEYS = ("pk", "sk", "shelf", "shelf_at")
_PROJECTED = ("kind", "due_event", "due_since")


class Killed(BaseException):
    """The process is gone: no `except Exception` sees it."""


class Steps:
    """What was called, in order, and before which call the worker is killed."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.kill_at: int | None = None
        self.meanwhile: dict[str, list[Callable[[], object]]] = {}

    def __call__(self, name: str) -> None:
        """A call; before it, what was to happen meanwhile."""
        if self.kill_at is not None and len(self.names) >= self.kill_at:
            raise Killed(name)
        self.names.append(name)
        if self.meanwhile.get(name):
            self.meanwhile[name].pop(0)()

    def kill_before(self, number: int) -> None:
        """Kills the worker before its call of that number, counted from here and from zero."""
        self.names.clear()
        self.kill_at = number

    def revive(self) -> None:
        """Another worker begins, who lives."""
        self.kill_at = None


class Results:
    """What a Query gives: a page, and the key of its last item where it was as long as asked."""

    def __init__(self, items: list[Any], limit: int | None) -> None:
        self._items = items if limit is None else items[:limit]
        full = limit is not None and len(items) >= limit and self._items
        self.last_evaluated_key = _key_of(self._items[-1]) if full else None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)


class Tables(Memory):
    """The tables, as everything that is not a test finds them."""

    def __init__(self, *items: Stored) -> None:
        super().__init__(*items)
        self.steps = Steps()
        self.page = 1_000

    def put(self, *items: Stored) -> None:
        """Lays items there, whatever lay there."""
        self.items |= Memory(*items).items

    def one(self, kind: type[Stored], pk: str, sk: str) -> Any:
        """The item at a place, without a step; None if there is none."""
        return Memory.batch(self, [(kind, pk, sk)])[0]

    def all(self, kind: type[Stored]) -> list[Any]:
        """All items of a kind, without a step."""
        found = [raw for raw in self.items.values() if raw["kind"]["S"] == kind.KIND]
        return [kind.from_raw_data(dict(raw)) for raw in found]

    def batch(self, wanted: Sequence[Place]) -> list[Any]:
        assert len(wanted) == len(set(wanted)) <= 100, "BatchGetItem takes 100, each once"
        self.steps("batch")
        return super().batch(wanted)

    def raw(self, wanted: Sequence[Place]) -> list[Raw | None]:
        """What `reads.raw` answers."""
        assert wanted, "DynamoDB refuses a read of nothing"
        assert len(wanted) == len(set(wanted)) <= 100, "BatchGetItem takes 100, each once"
        self.steps("batch")
        found = [self.items.get(_key(kind, pk, sk)) for kind, pk, sk in wanted]
        return [None if raw is None else dict(raw) for raw in found]

    def transaction(self, declared: Declared) -> Write:
        write = super().transaction(declared)
        commit = write.commit

        def counted() -> None:
            assert len(write._steps) <= 100, "a transaction takes 100"
            self.steps("commit")
            commit()

        write.commit = counted  # type: ignore[method-assign]
        return write

    def play(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Takes the place of DynamoDB."""
        for table in ("records", "access", "links", "limits", "keys"):
            monkeypatch.setenv(f"RISERBO_{table.upper()}_TABLE", table)
        for name, module in list(sys.modules.items()):
            if name.startswith("chalicelib.") and vars(module).get("Transaction") is Transaction:
                monkeypatch.setattr(module, "Transaction", self.transaction)
        monkeypatch.setattr(reads, "batch", self.batch)
        monkeypatch.setattr(reads, "raw", self.raw)
        monkeypatch.setattr(reads, "together", self.batch)
        monkeypatch.setattr(connection, "table", lambda name: _Index(self, name))
        tables = self

        def get(kind: type[Stored], pk: str, sk: str, consistent_read: bool = False) -> Stored:
            tables.steps("get")
            found = tables.one(kind, pk, sk)
            if found is None:
                raise kind.DoesNotExist
            assert isinstance(found, kind)
            return found

        def query(kind: type[Stored], pk: str, *args: Any, **more: Any) -> Results:
            return tables._query(kind, pk, *args, **more)

        def update(item: Stored, actions: list[Action], condition: Condition | None = None) -> None:
            tables.steps("update")
            write = Memory.transaction(tables, _Anything())
            tables._refuse(item, condition, UpdateError)
            write.update(item, actions, None)
            write.commit()
            item.deserialize(tables.items[_key(type(item), item.pk, item.sk)])

        def delete(item: Stored, condition: Condition | None = None) -> None:
            tables.steps("delete")
            tables._refuse(item, condition, DeleteError)
            tables.items.pop(_key(type(item), item.pk, item.sk), None)

        monkeypatch.setattr(Stored, "get", classmethod(get))
        monkeypatch.setattr(Stored, "query", classmethod(query))
        monkeypatch.setattr(Stored, "update", update)
        monkeypatch.setattr(Stored, "delete", delete)

    def index(self, lane: str) -> list[Raw]:
        """The items of one shard of a lane, by their dates."""
        found = [raw for raw in self.items.values() if raw.get("lane") == {"S": lane}]
        return sorted(found, key=lambda raw: (raw["due_at"]["S"], raw["pk"]["S"], raw["sk"]["S"]))

    def _query(
        self,
        kind: type[Stored],
        pk: str,
        condition: Condition | None = None,
        *,
        scan_index_forward: bool = True,
        limit: int | None = None,
        last_evaluated_key: Raw | None = None,
        **_: object,
    ) -> Results:
        self.steps("query")
        table = issubclass(kind, KeyItem)
        found = sorted(
            (sk, raw)
            for (keys, part, sk), raw in self.items.items()
            if (keys, part) == (table, pk) and (condition is None or holds(condition, raw))
        )
        if not scan_index_forward:
            found.reverse()
        if last_evaluated_key is not None:
            last = last_evaluated_key["sk"]["S"]
            found = [
                (sk, raw) for sk, raw in found if (sk > last if scan_index_forward else sk < last)
            ]
        return Results([kind.from_raw_data(dict(raw)) for _, raw in found], limit)

    def _refuse(
        self,
        item: Stored,
        condition: Condition | None,
        error: type[UpdateError] | type[DeleteError],
    ) -> None:
        stored = self.items.get(_key(type(item), item.pk, item.sk))
        if condition is not None and not holds(condition, stored):
            answer: Any = {"Error": {"Code": "ConditionalCheckFailedException"}}
            raise error(cause=ClientError(answer, "UpdateItem"))


class _Index:
    """A table as its connection shows it: its partitions, and the indexes of that of records."""

    def __init__(self, tables: Tables, name: str) -> None:
        self._tables, self._name = tables, name

    @property
    def of_memory(self) -> Tables:
        """The tables that take DynamoDB's place."""
        return self._tables

    def query(
        self,
        lane: str,
        range_key_condition: Condition | None = None,
        *,
        index_name: str | None = None,
        limit: int | None = None,
        exclusive_start_key: Raw | None = None,
        select: str | None = None,
        consistent_read: bool = False,
    ) -> dict[str, Any]:
        if index_name is None:
            assert consistent_read
            return self._partition(lane, exclusive_start_key)
        if index_name == "desk":
            return self._shelf(lane, range_key_condition, limit, exclusive_start_key)
        assert index_name == "due"
        self._tables.steps("walk")
        found = self._tables.index(lane)
        if range_key_condition is not None:
            found = [raw for raw in found if holds(range_key_condition, raw)]
        if exclusive_start_key is not None:
            found = [raw for raw in found if _place(raw) > _place(exclusive_start_key)]
        if select == "COUNT":
            return {"Count": len(found)}
        page = found[:limit]
        answer: dict[str, Any] = {"Items": [_some(raw, *_KEYS, *_PROJECTED) for raw in page]}
        if limit is not None and len(found) >= limit and page:
            answer["LastEvaluatedKey"] = _some(page[-1], *_KEYS)
        return answer

    def _partition(self, pk: str, after: Raw | None) -> dict[str, Any]:
        """A page of a partition: as many items as `page` of the tables says, not a MB of them."""
        self._tables.steps(f"page of {self._name}")
        found = sorted(
            (sk, raw)
            for (keys, part, sk), raw in self._tables.items.items()
            if part == pk and _table_of(keys, raw) == self._name
        )
        left = [one for one in found if after is None or one[0] > after["sk"]["S"]]
        page = left[: self._tables.page]
        answer: dict[str, Any] = {"Items": [dict(raw) for _, raw in page]}
        if len(left) > len(page):
            answer["LastEvaluatedKey"] = {"pk": {"S": pk}, "sk": {"S": page[-1][0]}}
        return answer

    def batch_write_item(self, *, delete_items: Sequence[Raw]) -> dict[str, Any]:
        assert len(delete_items) <= 25, "BatchWriteItem takes 25"
        self._tables.steps(f"remove {self._name}")
        for key in delete_items:
            place = (self._name == "keys", key["pk"]["S"], key["sk"]["S"])
            self._tables.items.pop(place, None)
        return {}

    def _shelf(
        self, shelf: str, condition: Condition | None, limit: int | None, after: Raw | None
    ) -> dict[str, Any]:
        self._tables.steps("shelf")
        found = sorted(
            (_on_shelf(raw), raw)
            for raw in self._tables.items.values()
            if raw.get("shelf") == {"S": shelf} and (condition is None or holds(condition, raw))
        )
        left = [raw for place, raw in found if after is None or place > _on_shelf(after)]
        page = [_some(raw, *_SHELF_KEYS) for raw in left[:limit]]
        answer: dict[str, Any] = {"Items": page}
        if limit is not None and len(left) >= limit and page:
            answer["LastEvaluatedKey"] = page[-1]
        return answer

    def get_item(
        self, pk: str, sk: str, *, consistent_read: bool, attributes_to_get: list[str]
    ) -> dict[str, Any]:
        assert consistent_read
        self._tables.steps("get")
        raw = self._tables.items.get((False, pk, sk))
        if raw is None:
            return {}
        return {"Item": {name: raw[name] for name in attributes_to_get if name in raw}}

    def update_item(self, pk: str, sk: str, *, actions: list[Action], condition: Condition) -> None:
        self._tables.steps("update")
        item = Item(pk=pk, sk=sk)
        self._tables._refuse(item, condition, UpdateError)
        write = Memory.transaction(self._tables, _Anything())
        write.update(item, actions, None)
        write.commit()


class _Anything:
    def refuse_undeclared(self, kind: str, fields: object) -> None:
        """Declares everything: an update outside of a transaction is not checked."""


def _table_of(keys: bool, raw: Raw) -> str:
    """The table that an item of a kind lies in."""
    if keys:
        return "keys"
    known = ((AccessItem, "access"), (MailedItem, "links"), (CountItem, "limits"))
    for base, table in known:
        if raw["kind"]["S"] in {kind.KIND for kind in _kinds(base)}:
            return table
    return "records"


def _kinds(base: type[Stored]) -> Iterator[type[Stored]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _some(raw: Raw, *names: str) -> Raw:
    return {name: raw[name] for name in names if name in raw}


def _place(raw: Raw) -> tuple[str, str, str]:
    return raw["due_at"]["S"], raw["pk"]["S"], raw["sk"]["S"]


def _on_shelf(raw: Raw) -> tuple[str, str, str]:
    return raw["shelf_at"]["S"], raw["pk"]["S"], raw["sk"]["S"]


def _key_of(item: Stored) -> Raw:
    return {"pk": {"S": item.pk}, "sk": {"S": item.sk}}


def _key(kind: type[Stored], pk: str, sk: str) -> tuple[bool, str, str]:
    return issubclass(kind, KeyItem), pk, sk

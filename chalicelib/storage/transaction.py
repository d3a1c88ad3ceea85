"""All-or-nothing writes, which check every item against the notice."""

from collections.abc import Sequence
from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.storage import connection, contention
from chalicelib.storage.condition import ConditionFailed
from chalicelib.storage.contention import CONFLICT, Contended
from chalicelib.storage.item import Declared, Stored

MOST = 100
"""The most writes of a transaction that DynamoDB takes."""


class Transaction:
    """One TransactWriteItems call: up to 100 writes that happen together or not at all.

    Every item that is put is checked against the notice in force, so a field that it does not
    declare cannot be stored. botocore sends the same request token with every retry, so a write
    whose answer was lost does not happen twice.
    """

    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._write = TransactWrite(connection=connection.connection())
        # PynamoDB sends checks, then deletes, then puts, then updates; DynamoDB answers with
        # one reason each in that order.
        self._labels: dict[str, list[str]] = {"check": [], "delete": [], "put": [], "update": []}

    @property
    def room(self) -> int:
        """How many writes more it takes."""
        return MOST - sum(map(len, self._labels.values()))

    def put(self, item: Stored, *, label: str = "", condition: Condition | None = None) -> None:
        """Adds an item that must not exist yet, or that must meet `condition`.

        Raises the notice's refusal when it does not declare the item's kind or a field of it.
        """
        item.refuse_undeclared(self._declared)
        fresh = type(item).pk.does_not_exist()
        self._write.save(item, condition=fresh if condition is None else condition)
        self._labels["put"].append(label or item.KIND)

    def replace(self, item: Stored, *, label: str = "", condition: Condition | None = None) -> None:
        """Adds an item in place of any at its key.

        The caller must guard the data that it is made from by a condition, here or on another item.
        """
        item.refuse_undeclared(self._declared)
        self._write.save(item, condition=condition)
        self._labels["put"].append(label or item.KIND)

    def update(
        self,
        item: Stored,
        actions: Sequence[Action],
        condition: Condition | None,
        *,
        label: str = "",
    ) -> None:
        """Adds an update of an item's fields, in the clear or sealed.

        Without a condition it also creates a missing item. An update that names no field changes
        only dates, which are no personal data.
        """
        names = type(item).plain_fields() | item.sealed_fields
        if names:
            self._declared.refuse_undeclared(item.KIND, names)
        self._write.update(item, actions=list(actions), condition=condition)
        self._labels["update"].append(label or item.KIND)

    def delete(self, item: Stored, *, label: str = "", condition: Condition | None = None) -> None:
        """Adds a deletion; without a condition, deleting a missing item is no error."""
        self._write.delete(item, condition=condition)
        self._labels["delete"].append(label or item.KIND)

    def check(self, kind: type[Stored], pk: str, sk: str, condition: Condition, label: str) -> None:
        """Adds a condition on an item that the transaction does not write."""
        self._write.condition_check(kind, pk, sk, condition=condition)
        self._labels["check"].append(label)

    def commit(self) -> None:
        """Writes everything. Raises ConditionFailed, Contended, or DynamoDB's own error.

        A transaction that meets another one at an item is sent again.
        """
        for _ in contention.attempts():
            try:
                with self._write:
                    return
            except TransactWriteError as error:
                failure = self._translated(error)
            if not isinstance(failure, Contended):
                raise failure from None
        raise Contended

    def _translated(self, error: TransactWriteError) -> Exception:
        labels = [label for group in self._labels.values() for label in group]
        reasons: list[Any] = list(error.cancellation_reasons)
        codes = [
            (label, reason.code) for label, reason in zip(labels, reasons, strict=False) if reason
        ]
        failed = frozenset(label for label, code in codes if code == "ConditionalCheckFailed")
        if failed:
            return ConditionFailed(failed)
        if any(code == CONFLICT for _, code in codes):
            return Contended()
        return error


__all__ = ["ConditionFailed", "Contended", "Transaction"]

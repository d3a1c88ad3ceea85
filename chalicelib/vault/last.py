"""The data key of a class comes with the first record of the class, and goes with the last.

It is so for the classes of which a subject may have nothing: an account's own records and the proof
always have a key. No key is without a record, and no record without its key, whoever dies between
two calls: the remover of what seems to be the last record first marks the key, looks again, and
deletes both in one transaction on condition that the mark is still there. A writer takes the mark
away, in the transaction of its record.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from pynamodb.expressions.condition import Condition

from chalicelib import clock
from chalicelib.storage import condition as conditions
from chalicelib.storage import contention, keys
from chalicelib.storage.item import Item, NobodysData
from chalicelib.storage.transaction import ConditionFailed, Contended, Transaction
from chalicelib.vault.store import DataKeyItem

KEY: Final = "data_key"
"""The label of the condition that a key is as it was read."""

RECORD: Final = "record"
"""The label of the condition on the record that is removed."""

_ALWAYS: Final = frozenset({"account", "evidence"})
"""The classes of which every account has a key as long as it exists."""

Also = Callable[[Transaction], None]
"""Adds what else has to hold, or to happen, in a transaction."""


def goes(retention_class: str) -> bool:
    """Tells whether the key of a class goes with its last record."""
    return retention_class not in _ALWAYS


def require(write: Transaction, key: DataKeyItem) -> None:
    """Adds to the write of a record that its data key, which was read before, is there.

    A key that somebody is about to remove stays: its mark goes.
    """
    there: Condition = DataKeyItem.pk.exists()
    if not goes(key.sk):
        return
    if key.closing is None:
        unmarked = there & DataKeyItem.closing.does_not_exist()
        write.check(DataKeyItem, key.pk, key.sk, unmarked, KEY)
    else:
        write.update(
            DataKeyItem(pk=key.pk, sk=key.sk), [DataKeyItem.closing.remove()], there, label=KEY
        )


def remove(pk: str, sk: str, condition: Condition, also: Also | None = None) -> bool:
    """Deletes a record on a condition, and with the last sealed one of its class the key.

    `also` adds to the same transaction. Returns False where the condition did not hold. A Query of
    the class and a transaction; for the last record another Query, and an UpdateItem. Raises
    Contended, and ConditionFailed for a condition that `also` added.
    """
    retention_class = sk.split("#", 1)[0]
    for _ in contention.attempts():
        found = mark(pk, sk)
        write = Transaction(NobodysData())
        write.delete(Item(pk=pk, sk=sk), condition=condition, label=RECORD)
        if found is not None:
            add_removal(write, pk, retention_class, found)
        if also is not None:
            also(write)
        try:
            write.commit()
        except ConditionFailed as failed:
            if RECORD in failed.labels:
                return False
            if KEY not in failed.labels:
                raise
        else:
            return True
    raise Contended


def settle(pk: str, retention_class: str) -> bool:
    """Deletes the key of a class in which no sealed record is left; True where it did.

    It is for whoever removed many records at once, and can be repeated. A Query, and for an empty
    class another one, an UpdateItem and a transaction.
    """
    found = mark(pk, keys.of_class(retention_class))
    if found is None:
        return False
    write = Transaction(NobodysData())
    add_removal(write, pk, retention_class, found)
    try:
        write.commit()
    except ConditionFailed:
        return False
    return True


def mark(pk: str, sk: str) -> datetime | None:
    """Marks the key of a record's class that seals nothing else; returns the mark, or None.

    A Query of the class; another one and an UpdateItem where nothing else was found.
    """
    retention_class = sk.split("#", 1)[0]
    if not goes(retention_class) or _has_another(pk, retention_class, sk):
        return None
    now, key = clock.now(), DataKeyItem(pk=pk, sk=retention_class)
    marked = conditions.held(
        lambda: key.update(
            actions=[DataKeyItem.closing.set(now)], condition=DataKeyItem.pk.exists()
        )
    )
    # A record that was written before the mark is seen now; a later one takes the mark away.
    return None if not marked or _has_another(pk, retention_class, sk) else now


def add_removal(
    write: Transaction, pk: str, retention_class: str, found: datetime, label: str = KEY
) -> None:
    """Adds that the key of a class goes, if its mark is still the one that was `found`."""
    key = DataKeyItem(pk=pk, sk=retention_class)
    write.delete(key, condition=DataKeyItem.closing == found, label=label)


def _has_another(pk: str, retention_class: str, sk: str) -> bool:
    found = Item.query(
        pk, Item.sk.startswith(keys.of_class(retention_class)), consistent_read=True, page_size=5
    )
    return any(one.sealed is not None and one.sk != sk for one in found)

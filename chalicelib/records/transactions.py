"""Transactions whose contract runs: somebody has to look before their account is erased."""

from __future__ import annotations

from chalicelib.records import store
from chalicelib.subjects.model import Standing


def has_open(standing: Standing) -> bool:
    """Tells whether somebody has a transaction of which nobody told that its contract has ended.

    No call for whom no transaction was ever kept; else a Query of theirs, strongly consistent, up
    to the first that is open.
    """
    if store.TransactionItem.KIND not in standing.filed:
        return False
    return any(one.event is None for one in store.transactions_of(standing.subject))

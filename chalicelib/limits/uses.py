"""Records the time of the last use of a session.

It lies beside the counts of tries, under a hash like them, and not in the session's item: every
role that recognises a session records its use, and most of them must not be able to write sessions.
"""

from datetime import datetime, timedelta

from pynamodb.exceptions import PynamoDBException

from chalicelib import logs
from chalicelib.limits import model, store
from chalicelib.limits.store import LimitItem
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction


def place(key: str) -> Place:
    """Returns the key of the last use of what `key` names, to be read together with it."""
    item = store.use(_found_by(key))
    return LimitItem, item.pk, item.sk


def last(item: LimitItem | None) -> datetime | None:
    """Returns the time of the last use, by the item that was read; None when it is not known."""
    return None if item is None else item.used_at


def lapsed(item: LimitItem | None) -> timedelta:
    """Returns the time without a use that was too long, by the item that was read; else zero."""
    return timedelta(seconds=int(item.lapsed or 0) if item is not None else 0)


def note(key: str, now: datetime, ends_at: datetime, lapsed: timedelta = timedelta(0)) -> None:
    """Records a use, for as long as the thing used can last. One UpdateItem.

    `lapsed` is the time without a use that was too long; it stays recorded until `renew`. A failed
    update is logged, and the act goes on: the next use is recorded again.
    """
    try:
        store.put_use(_found_by(key), now, ends_at, int(lapsed.total_seconds()) or None)
    except PynamoDBException as failed:
        logs.failure("limits.use_not_noted", failed)


def renew(write: Transaction, key: str, now: datetime, ends_at: datetime) -> None:
    """Adds a use after which nothing counts as lapsed, since a code was given with it."""
    write.update(store.use(_found_by(key)), store.used(now, ends_at, lapsed=0), None)


def _found_by(key: str) -> str:
    return model.place("use", "last", key)

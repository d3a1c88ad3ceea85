"""When something was used last: noted among the counts, since it opens nothing by itself.

Whoever recognises a session notes its use, and most of those roles must not be able to write a
session: so the use lies beside the counts of tries, under a hash as they do.
"""

from datetime import datetime

from pynamodb.exceptions import PynamoDBException

from chalicelib import logs
from chalicelib.limits import model, store
from chalicelib.limits.store import LimitItem
from chalicelib.storage.reads import Place


def place(key: str) -> Place:
    """Where the last use of what `key` names lies, to be read together with it."""
    item = store.use(_found_by(key))
    return LimitItem, item.pk, item.sk


def last(item: LimitItem | None) -> datetime | None:
    """When that was, by an item that was read; None when it is not known."""
    return None if item is None else item.used_at


def note(key: str, now: datetime, ends_at: datetime) -> None:
    """Notes a use, for as long as what was used can last. One UpdateItem.

    That it cannot be noted refuses nobody: the next use is noted.
    """
    try:
        store.put_use(_found_by(key), now, ends_at)
    except PynamoDBException as failed:
        logs.failure("limits.use_not_noted", failed)


def _found_by(key: str) -> str:
    return model.place("use", "last", key)

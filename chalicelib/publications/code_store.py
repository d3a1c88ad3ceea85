"""Codes of the second factor that were used or guessed at publishing, in the table `records`.

They are counted apart from those of a sign-in, since the role of `desk_notices` may not write
there. Each sort key is a fingerprint of a subject's id, 128 random bits, with a step or a window.
"""

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute

from chalicelib import ids
from chalicelib.storage import condition, keys
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import Transaction

LABEL, TRIES = "code", "tries"
MOST, WINDOW = 5, timedelta(hours=1)
"""The number of wrong codes that one person may give while publishing, and in which time."""

_KEPT = timedelta(days=1)


class CodeItem(Item):
    """A used code, or the count of wrong codes in a window of time."""

    KIND = "notice"

    tries = NumberAttribute(default=0)


def use(write: Transaction, subject: str, step: int, now: datetime) -> None:
    """Adds the use of a code, on condition that it was not used before and that a try is left."""
    item = _item(f"used {subject} {step}")
    item.kind, item.tries, item.expires = CodeItem.KIND, 0, now + _KEPT
    write.put(item, label=LABEL)
    left = CodeItem.pk.does_not_exist() | (CodeItem.tries < MOST)
    tries = _tries(subject, now)
    write.check(CodeItem, tries.pk, tries.sk, left, TRIES)


def count(subject: str, now: datetime) -> bool:
    """Counts a wrong code; returns False when no try was left. One UpdateItem."""
    return condition.held(
        lambda: _tries(subject, now).update(
            actions=[
                CodeItem.kind.set(CodeItem.KIND),
                CodeItem.v.set(1),
                CodeItem.tries.add(1),
                CodeItem.expires.set(now + _KEPT),
            ],
            condition=CodeItem.pk.does_not_exist() | (CodeItem.tries < MOST),
        )
    )


def _tries(subject: str, now: datetime) -> CodeItem:
    return _item(f"tries {subject} {int(now.timestamp() // WINDOW.total_seconds())}")


def _item(about: str) -> CodeItem:
    return CodeItem(keys.DESK, keys.code(ids.fingerprint(about)))

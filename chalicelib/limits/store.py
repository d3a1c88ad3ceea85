"""Counters of tries, one item a window; DynamoDB removes them some time after its end."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.limits.model import Limit
from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import CountItem
from chalicelib.storage.reads import Place


class LimitItem(CountItem):
    """The count of tries in one window, or, with `used_at`, the time of the last use.

    `lapsed` is the longest time in seconds without a use after which one came, where that was too
    long (`sessions.model.AWAKE`), and 0 once a code was given.
    """

    KIND = "limit"
    CLASS = "core"

    tries = NumberAttribute(default=0)
    expires_at = InstantAttribute()
    used_at = InstantAttribute(null=True)
    lapsed = NumberAttribute(null=True)


def use(found_by: str) -> LimitItem:
    """Returns the item of a last use, with its keys alone."""
    return LimitItem(
        pk=keys.limit(found_by), sk=keys.record(LimitItem.CLASS, LimitItem.KIND, "use")
    )


def put_use(
    found_by: str, used_at: datetime, expires_at: datetime, lapsed: int | None = None
) -> None:
    """Records the time of a use, until `expires_at`. One UpdateItem; idempotent.

    `lapsed` stays as it is stored where it is None.
    """
    use(found_by).update(actions=used(used_at, expires_at, lapsed))


def used(used_at: datetime, expires_at: datetime, lapsed: int | None = None) -> list[Action]:
    """Returns the actions that record a use, as `put_use` does."""
    return [
        LimitItem.kind.set(LimitItem.KIND),
        LimitItem.v.set(1),
        LimitItem.used_at.set(used_at),
        LimitItem.expires_at.set(expires_at),
        LimitItem.expires.set(expires_at),
        *([] if lapsed is None else [LimitItem.lapsed.set(lapsed)]),
    ]


def counter_place(found_by: str, limit: Limit, now: datetime) -> Place:
    """Returns where the counter of the window that `now` lies in is."""
    sk = keys.record(LimitItem.CLASS, LimitItem.KIND, str(limit.starts(now)))
    return LimitItem, keys.limit(found_by), sk


def counter(found_by: str, limit: Limit, now: datetime) -> LimitItem:
    """Returns the counter of the window that `now` lies in, with its keys alone."""
    _, pk, sk = counter_place(found_by, limit, now)
    return LimitItem(pk=pk, sk=sk)


def put_more(item: LimitItem, tries: int, expires_at: datetime) -> None:
    """Adds so many tries to a counter. One UpdateItem."""
    item.update(actions=more(expires_at, tries))


def more(expires_at: datetime, tries: int = 1) -> list[Action]:
    """Returns the actions that add so many tries to a counter, creating it where it is missing."""
    return [
        LimitItem.kind.set(LimitItem.KIND),
        LimitItem.v.set(1),
        LimitItem.tries.add(tries),
        LimitItem.expires_at.set(expires_at),
        LimitItem.expires.set(expires_at),
    ]


def below(tries: int) -> Condition:
    """Condition: the counter is below `tries`, or missing."""
    condition: Condition = LimitItem.pk.does_not_exist() | (LimitItem.tries < tries)
    return condition


def exactly(tries: int) -> Condition:
    """Condition: the counter equals `tries`; a missing one is at 0."""
    condition: Condition = LimitItem.tries == tries
    return condition if tries else LimitItem.pk.does_not_exist()


def not_exactly(tries: int) -> Condition:
    """Condition: the counter does not equal `tries`, or is missing."""
    condition: Condition = LimitItem.pk.does_not_exist() | (LimitItem.tries != tries)
    return condition


def count_of(item: LimitItem | None) -> int:
    """Returns the tries of a counter that was read; 0 for a missing one."""
    return 0 if item is None else int(item.tries)

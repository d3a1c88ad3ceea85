"""Counters of tries, each in a window of its own; DynamoDB removes them some time after it."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.limits.model import Limit
from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import CountItem


class LimitItem(CountItem):
    """How often something was tried in one window; or, with `used_at`, when it was used last."""

    KIND = "limit"
    CLASS = "core"

    tries = NumberAttribute(default=0)
    expires_at = InstantAttribute()
    used_at = InstantAttribute(null=True)


def use(found_by: str) -> LimitItem:
    """The last use of something, as its place alone."""
    return LimitItem(
        pk=keys.limit(found_by), sk=keys.record(LimitItem.CLASS, LimitItem.KIND, "use")
    )


def put_use(found_by: str, used_at: datetime, expires_at: datetime) -> None:
    """Notes that something was used, until it is over. One UpdateItem; idempotent."""
    use(found_by).update(
        actions=[
            LimitItem.kind.set(LimitItem.KIND),
            LimitItem.v.set(1),
            LimitItem.used_at.set(used_at),
            LimitItem.expires_at.set(expires_at),
            LimitItem.expires.set(expires_at),
        ]
    )


def counter(found_by: str, limit: Limit, now: datetime) -> LimitItem:
    """The counter of the window that `now` lies in, as its place alone."""
    sk = keys.record(LimitItem.CLASS, LimitItem.KIND, str(limit.starts(now)))
    return LimitItem(pk=keys.limit(found_by), sk=sk)


def put_more(item: LimitItem, tries: int, expires_at: datetime) -> None:
    """Counts so many tries more at the counter of that place. One UpdateItem."""
    item.update(actions=more(expires_at, tries))


def more(expires_at: datetime, tries: int = 1) -> list[Action]:
    """The actions that add so many tries to a counter, also where there is none yet."""
    return [
        LimitItem.kind.set(LimitItem.KIND),
        LimitItem.v.set(1),
        LimitItem.tries.add(tries),
        LimitItem.expires_at.set(expires_at),
        LimitItem.expires.set(expires_at),
    ]


def below(tries: int) -> Condition:
    """That a counter has not reached so many."""
    condition: Condition = LimitItem.pk.does_not_exist() | (LimitItem.tries < tries)
    return condition


def exactly(tries: int) -> Condition:
    """That a counter stands at just so many."""
    condition: Condition = LimitItem.tries == tries
    return condition if tries else LimitItem.pk.does_not_exist()


def not_exactly(tries: int) -> Condition:
    """That a counter stands at fewer or more than so many."""
    condition: Condition = LimitItem.pk.does_not_exist() | (LimitItem.tries != tries)
    return condition


def count_of(item: LimitItem | None) -> int:
    """How often, by a counter that was read; none is never."""
    return 0 if item is None else int(item.tries)

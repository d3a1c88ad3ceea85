"""The standing in a transaction, on condition that what was decided upon is unchanged."""

from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.notices.model import Notice
from chalicelib.storage.attributes import still
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import guard, store
from chalicelib.subjects.model import Kind, Standing
from chalicelib.subjects.store import StandingItem


def put_standing(
    write: Transaction, before: Standing | None, after: Standing, notice: Notice, now: datetime
) -> None:
    """Adds the standing `after` an act; `before` is what was read, None where there was none.

    The due date is left alone: the sweep reads the last decision and moves it, so that an index
    entry need not be written with every capture.
    """
    item = store.standing_item(after)
    if before is None:
        rule = notice.rule(StandingItem.KIND, "last_decision")
        item.schedule(store.LANE, rule.ends(now), rule.event, now)
        write.put(item, label="standing")
        return
    write.update(
        item,
        actions=[
            StandingItem.seq.set(item.seq),
            StandingItem.head.set(item.head),
            StandingItem.locale.set(item.locale),
            StandingItem.notice_version.set(item.notice_version),
            StandingItem.decisions.set(item.decisions),
            StandingItem.events.set(item.events),
            StandingItem.last_activity_at.set(item.last_activity_at),
            *store.captures(before, after),
            *store.preferences(before, after),
            *_signal(before, after),
        ],
        condition=(StandingItem.head == bytes.fromhex(before.head))
        & guard.unchanged(before)
        & still(StandingItem.revision, before.revision)
        & _same_number(before)
        & store.same_disclosed(before),
        label="standing",
    )


def _same_number(before: Standing) -> Condition:
    """That no session of an account has ended, and that a visitor's yeses are still its own."""
    if before.kind is Kind.VISITOR:
        return still(StandingItem.offered, before.offered)
    return still(StandingItem.generation, before.generation)


def _signal(before: Standing, after: Standing) -> list[Action]:
    if after.signal_at is None or before.signal_at == after.signal_at:
        return []
    return [StandingItem.signal_at.set(after.signal_at)]

"""The sweep: reads due items, asks the rules of the notice in force, and erases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import clock, logs
from chalicelib.erasure.service import saga, tombstone
from chalicelib.holds import service as holds
from chalicelib.kinds.model import Record, has_parts
from chalicelib.kinds.registry import Registry
from chalicelib.notices.model import Notice, UndeclaredRetention
from chalicelib.retention import model
from chalicelib.retention.reviews import service as reviews
from chalicelib.storage import due, keys
from chalicelib.storage.due import Due, Entry, NotReadable, Unreadable
from chalicelib.storage.turns import PAGE, Turns, set_back
from chalicelib.subjects import burial

LANE = "rule"
AGAIN = timedelta(days=30)
"""Time to the next look at an item that has to be reviewed, or that no rule names any more."""


@dataclass
class Swept:
    """The counts of a sweep, and `lag`, the age of the oldest due item that it left."""

    erased: int = 0
    postponed: int = 0
    reviews: int = 0
    failed: int = 0
    left: int = 0
    lag: timedelta = timedelta(0)

    @property
    def done(self) -> int:
        """The number of items that were handled."""
        return self.erased + self.postponed + self.reviews

    def told(self) -> dict[str, int]:
        """Returns the counts as the schedule's answer; all are zero where nothing was due."""
        return {
            "done": self.done,
            "erased": self.erased,
            "postponed": self.postponed,
            "reviews": self.reviews,
            "failed": self.failed,
            "left": self.left,
            "lag_seconds": int(self.lag.total_seconds()),
        }

    def leave(self, due_at: datetime | None, now: datetime) -> None:
        """Records that an item due at an instant is left."""
        if due_at is not None:
            self.lag = max(self.lag, now - due_at)


def sweep(
    notice: Notice, kinds: Registry, remaining: Callable[[], timedelta], page: int = PAGE
) -> Swept:
    """Acts on everything that is due, until four fifths of its time are used.

    `remaining` answers the time that is left. Sixteen Queries when nothing is due, however many
    subjects there are, and one more for each `page` of a shard. An item that cannot be handled is
    logged, counted and set back behind the rest of its shard.
    """
    swept, now = Swept(), clock.now()
    turns = Turns(LANE, now, remaining, page)
    for item in turns:
        _handle(item, notice, kinds, swept, now)
    for count, oldest in turns.rest():
        swept.left += count
        swept.leave(oldest, now)
    logs.measure(
        "retention.swept",
        model.OLDEST_DUE,
        int(swept.lag.total_seconds()),
        "Seconds",
        count=swept.done,
        erased=swept.erased,
        failed=swept.failed,
        remaining=swept.left,
    )
    return swept


def _handle(item: Entry, notice: Notice, kinds: Registry, swept: Swept, now: datetime) -> None:
    try:
        if isinstance(item, Unreadable):
            raise NotReadable
        _act(item, notice, kinds, swept)
    except Exception as error:  # noqa: BLE001 - counted, and measured by the item's age
        # A broken record must not keep later ones from being erased.
        left = set_back(item, error, "retention", now)
        if left is not None:
            swept.failed += 1
            swept.leave(left.due_at, now)


def _act(item: Due, notice: Notice, kinds: Registry, swept: Swept) -> None:
    now, kind = clock.now(), kinds.of(item.kind)
    subject = keys.subject_of(item.pk)
    if item.kind == burial.TOMBSTONE:
        swept.erased += tombstone.take_up(subject, notice, kinds)
        return
    try:
        rule = notice.rule(item.kind, item.event)
    except UndeclaredRetention:
        logs.log("retention.no_rule", kind=item.kind, rule=item.event)
        due.postpone(item, now + AGAIN)
        swept.reviews += 1
        return
    shortened = kind.shorten(keys.record_id(item.sk), notice, now)
    if shortened:
        logs.log("retention.shortened", kind=item.kind, rule=rule.id, count=shortened)
        swept.erased += 1
        return
    if kind.is_used(subject, keys.record_id(item.sk), item.event, notice, now):
        # It gets a later date and is not deleted: its person may refuse again at this moment.
        due.postpone(item, now + AGAIN)
        swept.postponed += 1
        return
    since = kind.began(subject, item.event, item.since)
    fate = model.fate(rule, since, now)
    if fate is model.Fate.KEEP:
        due.postpone(item, rule.ends(since))
        swept.postponed += 1
    elif fate is model.Fate.REVIEW and _waits(item, rule.id, since, notice, swept):
        return
    elif holds.spare(item):
        logs.log("retention.held", kind=item.kind, rule=rule.id)
        swept.postponed += 1
    elif _erase(item, rule.id, since, notice, kinds):
        swept.erased += 1


def _waits(item: Due, rule: str, since: datetime, notice: Notice, swept: Swept) -> bool:
    """Tells whether a record waits for a decision, or was kept; False where it is to go."""
    wait = reviews.look(item, since, notice, clock.now())
    if wait is reviews.Wait.ERASE:
        return False
    logs.log("retention.review", kind=item.kind, rule=rule)
    if wait is reviews.Wait.KEPT:
        swept.postponed += 1
    elif wait is not reviews.Wait.OVERTAKEN:
        swept.reviews += 1
    return True


def _erase(item: Due, rule: str, since: datetime, notice: Notice, kinds: Registry) -> bool:
    subject = keys.subject_of(item.pk)
    if kinds.of(item.kind).declared.whole:
        return _erase_subject(item, since, notice, kinds)
    if has_parts(kinds.of(item.kind)) and not due.begin(item):
        return False
    kinds.of(item.kind).release(subject, Record(item.kind, keys.record_id(item.sk), {}))
    if not due.remove(item):
        return False
    logs.log("retention.erased", kind=item.kind, rule=rule)
    return True


def _erase_subject(item: Due, since: datetime, notice: Notice, kinds: Registry) -> bool:
    """Erases everything about a subject but what stays; an erasure that a request began goes on.

    A subject that is left alone is looked at again after an hour.
    """
    subject = keys.subject_of(item.pk)
    if saga.erase_due(subject, item.event, since, notice, kinds):
        return True
    due.postpone(item, clock.now() + burial.WATCHED)
    return False

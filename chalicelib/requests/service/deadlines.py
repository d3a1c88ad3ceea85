"""Watches the clocks of requests, and of people to be told: does what is due without an act.

Each look does what the agenda says in one transaction, with the jobs of the mails, on condition
that the request is as it was read: of two runs at once one does it, and a crash leaves all or
nothing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from chalicelib import clock, logs
from chalicelib.catalogue import STORED
from chalicelib.decisions.restriction import Ground
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.requests import agenda, store
from chalicelib.requests.agenda import Do
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.machine import Action, Actor, Told, advanced
from chalicelib.requests.model import timed
from chalicelib.requests.service import expiry, inquiries, transitions
from chalicelib.requests.service.mails import tell, warn
from chalicelib.requests.service.progress import advance, limit, place_again
from chalicelib.requests.service.transitions import dates, update
from chalicelib.requests.store import ContactItem, RequestItem
from chalicelib.storage import contention, due, keys
from chalicelib.storage.due import Due, Entry, NotReadable, Unreadable
from chalicelib.storage.transaction import Transaction
from chalicelib.storage.turns import PAGE, Turns, set_back

LIFTED: Final = "lifted"

_RESTRICTION: Final = STORED["restriction"].name
_QUESTION: Final = STORED["question"].name
_TOLD: Final = STORED["told"].name

ORIGINS: Final = "told"
"""The name of the count of people who are mailed again of an origin of their data."""


@dataclass
class Watched:
    """The counts of a run: what was `done`, by `Do`, `lifted` and `asked`, what failed, was left.

    `lag` is the age of the oldest due item that it left.
    """

    done: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    left: int = 0
    lag: timedelta = timedelta(0)

    def told(self) -> dict[str, int]:
        """Returns the counts as the schedule's answer; all are zero where nothing was due."""
        return {
            **{name: self.done[name] for name in (*Do, LIFTED, inquiries.ASKED, ORIGINS)},
            "failed": self.failed,
            "left": self.left,
            "lag_seconds": int(self.lag.total_seconds()),
        }

    def leave(self, due_at: datetime | None, now: datetime) -> None:
        """Records that an item due at an instant is left."""
        if due_at is not None:
            self.lag = max(self.lag, now - due_at)


def watch(notice: Notice, remaining: Callable[[], timedelta], page: int = PAGE) -> Watched:
    """Does all that is due about requests, until four fifths of its time are used.

    `remaining` answers the time that is left. Sixteen Queries when nothing is due, however many
    requests and subjects there are, and one more for each `page` of a shard. An item that cannot be
    handled is logged, counted and set back behind the rest of its shard.
    """
    watched, now = Watched(), clock.now()
    turns = Turns(store.DEADLINE_LANE, now, remaining, page)
    for entry in turns:
        _handle(entry, notice, watched, now)
    for count, oldest in turns.rest():
        watched.left += count
        watched.leave(oldest, now)
    logs.measure(
        "deadlines.watched",
        agenda.OLDEST_DUE,
        int(watched.lag.total_seconds()),
        "Seconds",
        count=watched.done.total(),
        failed=watched.failed,
        remaining=watched.left,
    )
    return watched


def _handle(entry: Entry, notice: Notice, watched: Watched, now: datetime) -> None:
    try:
        done = _act(entry, notice)
    except Exception as error:  # noqa: BLE001 - counted, and measured by the item's age
        # A broken request must not keep others from being looked at.
        left = set_back(entry, error, "deadlines", now)
        if left is not None:
            watched.failed += 1
            watched.leave(left.due_at, now)
    else:
        if done is not None:
            watched.done[done] += 1


def _act(entry: Entry, notice: Notice) -> str | None:
    """Does what is due about an item; returns what was done, or None where nothing was.

    Raises NotReadable, and Contention where the item, or its person, kept being changed.
    """
    if isinstance(entry, Unreadable):
        raise NotReadable
    subject = keys.subject_of(entry.pk)
    if entry.kind == _RESTRICTION:
        # Imported here: most runs find nothing to do, and need none of it.
        from chalicelib.requests.service import effects

        return LIFTED if effects.lift_due(subject, notice) else None
    if entry.kind == ContactItem.KIND:
        expiry.clear(subject)
        return None
    if entry.kind == _QUESTION:
        return inquiries.ASKED if inquiries.ask_again(entry, notice) else None
    if entry.kind == _TOLD:
        from chalicelib.origins.service import watch as origins

        return ORIGINS if contention.patiently(lambda: origins.look(entry, notice)) else None
    if entry.kind != RequestItem.KIND:
        raise NotReadable
    return contention.patiently(lambda: _look(entry, notice))


def _look(entry: Due, notice: Notice) -> str | None:
    """Looks at a request once. One GetItem, and one write where it is as the index has it.

    Raises ConditionFailed where it was changed meanwhile.
    """
    subject = keys.subject_of(entry.pk)
    item = store.get_request(subject, keys.record_id(entry.sk))
    if item is None or item.due_at != entry.due_at:
        return None
    now = clock.now()
    found = timed(store.request_of(item), notice, now)
    calendar = calendar_of(*notice.working_days)
    step = agenda.due(found, calendar, item.ends_at or now, now)
    write = Transaction(notice)
    if step is None:
        if item.shelf is None:  # an earlier release received it: from now on the desk finds it
            place_again(write, item, notice, now)
            write.commit()
        else:
            due.postpone(entry, agenda.next_look(found, calendar, now))
        return None
    asked = _STEPS[step.do](write, item, notice, now)
    write.commit()
    for job in asked:
        jobs.send(job)
    return step.do


def _warn(write: Transaction, item: RequestItem, notice: Notice, now: datetime) -> list[JobItem]:
    place_again(write, item, notice, now)
    return [warn(write, keys.subject_of(item.pk), keys.record_id(item.sk), now)]


def _delay(write: Transaction, item: RequestItem, notice: Notice, now: datetime) -> list[JobItem]:
    """Adds what a delay does: its entry, its limits, the mails to the person and the contact."""
    subject, request = keys.subject_of(item.pk), keys.record_id(item.sk)
    advance(write, item, Action.DELAY, Actor.SYSTEM, notice, now)
    effect = limit(write, item, Ground.DELAY, notice, now)
    told = tell(write, subject, request, Told.DELAY, now)
    return [told, warn(write, subject, request, now), *effect.jobs]


def _resume(write: Transaction, item: RequestItem, notice: Notice, now: datetime) -> list[JobItem]:
    advance(write, item, Action.RESUME, Actor.SYSTEM, notice, now)
    return []


def _remind(write: Transaction, item: RequestItem, notice: Notice, now: datetime) -> list[JobItem]:
    advance(write, item, Action.REMIND, Actor.SYSTEM, notice, now)
    subject, request = keys.subject_of(item.pk), keys.record_id(item.sk)
    return [tell(write, subject, request, Told.REMINDER, now)]


def _erase(write: Transaction, item: RequestItem, notice: Notice, now: datetime) -> list[JobItem]:
    """Adds the beginning of an erasure that its person asked for, with the effects of an approval.

    Where something came in between that the desk has to weigh, the request waits for it.
    """
    from chalicelib.requests.service import effects, own_erasure

    person = effects.read(keys.subject_of(item.pk), effects.asked_in(item), notice)
    if not own_erasure.may_begin(person.standing, effects.asked_in(item), notice, now):
        item.begins_at = None
        placed = dates(store.request_of(item), item.pk, notice, now)
        update(write, item, [RequestItem.begins_at.remove(), *placed], notice)
        return []
    history = store.request_of(item).history
    approved = advanced(history, Action.APPROVE, Actor.SYSTEM, now)[len(history) :]
    effect = effects.approve(write, person, item, notice, now)
    transitions.record(write, item, approved, notice, now, effect.on_request)
    return list(effect.jobs)


def _expire(write: Transaction, item: RequestItem, _notice: Notice, now: datetime) -> list[JobItem]:
    expiry.remove(write, item, now)
    return []


_STEPS: Final[dict[Do, Callable[[Transaction, RequestItem, Notice, datetime], list[JobItem]]]] = {
    Do.WARN: _warn,
    Do.DELAY: _delay,
    Do.RESUME: _resume,
    Do.REMIND: _remind,
    Do.ERASE: _erase,
    Do.EXPIRE: _expire,
    Do.GO_ON: inquiries.go_on,
}

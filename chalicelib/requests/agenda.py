"""The agenda of a request: what is done about it without anybody's act, and when. Pure.

The steps follow from the request's facts alone, so a request that is looked at too early, or twice,
has the same agenda again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.requests.clock.calendar import Calendar
from chalicelib.requests.clock.deadline import ANSWER_DAYS
from chalicelib.requests.history import question
from chalicelib.requests.machine import RUNNING, Action, Question, Status, since_dispute
from chalicelib.requests.model import Timed

WARNINGS: Final = (14, 7, 3, 1)
"""The civil days before the due day on which the notice's contact is warned, each once."""

REMIND_AFTER: Final = timedelta(days=3)
"""The time after which a person is reminded, once, to prove the address."""

EXPIRE_AFTER: Final = timedelta(days=7)
"""The time after which a request whose address was not proven is removed."""

ANSWERS_BEFORE: Final = 3
"""The civil days before the due day at which a request goes on without other systems' answers."""

OLDEST_DUE: Final = "DeadlinesOldestDue"
"""The metric of the age, in seconds, of the oldest due item that a run left; 0 for none."""

REST: Final = timedelta(days=365)
"""The time after which a request without any step is looked at again, to no effect."""

_DAY: Final = timedelta(days=1)
_MOMENT: Final = timedelta(milliseconds=1)


class Do(StrEnum):
    """The kinds of steps."""

    WARN = "warn"
    """Warn the notice's contact that the due day is near."""
    DELAY = "delay"
    """Record that the due day has passed, tell the person, and warn the contact once more."""
    RESUME = "resume"
    """Go on without the answer to a question about what the request means."""
    REMIND = "remind"
    """Remind the person to prove the address."""
    ERASE = "erase"
    """Begin the erasure that a person asked for with the password, three days before."""
    EXPIRE = "expire"
    """Remove a request whose address was not proven."""
    GO_ON = "go_on"
    """Go on without the answers of other systems, or with all of them."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step and its moment; `days` are those left to the due day, of a warning."""

    at: datetime
    do: Do
    days: int = 0


def steps(timed: Timed, calendar: Calendar) -> list[Step]:
    """Returns all steps of a request as its facts are now, in their order, past ones included.

    A clock that stands still has no warnings: its due day moves on with each day.
    """
    status = timed.request.status
    if status is Status.AWAITING_VERIFICATION:
        found = _of_proof(timed)
    elif status is Status.PAUSED:
        found = _of_question(timed, calendar)
    elif status in RUNNING:
        found = _of_deadline(timed, calendar)
    else:
        found = iter(())
    return sorted(found, key=lambda step: step.at)


def due(timed: Timed, calendar: Calendar, since: datetime, now: datetime) -> Step | None:
    """Returns the step that is to be done now; None where there is none.

    It is the latest of those that are due: a request that expires is not reminded of, and one that
    is late is not warned of before. `since` is the date for which this look was meant: the contact
    was warned by earlier looks of what was due before it.
    """
    past = [step for step in steps(timed, calendar) if step.at <= now]
    acts = [step for step in past if step.do is not Do.WARN]
    warnings = [step for step in past if step.do is Do.WARN and step.at >= since]
    return next(reversed(acts or warnings), None)


def next_look(timed: Timed, calendar: Calendar, now: datetime) -> datetime:
    """Returns the moment of the next step after `now`, at which the request is looked at again.

    A request whose wait for other systems was over while it was paused is looked at right away.
    """
    later = (step.at for step in steps(timed, calendar) if step.at > now or step.do is Do.GO_ON)
    return next(later, now + REST)


def _of_proof(timed: Timed) -> Iterator[Step]:
    request = timed.request
    if not any(entry.event is Action.REMIND for entry in request.history):
        yield Step(request.received_at + REMIND_AFTER, Do.REMIND)
    yield Step(request.received_at + EXPIRE_AFTER, Do.EXPIRE)


def _of_question(timed: Timed, calendar: Calendar) -> Iterator[Step]:
    """Yields the end of a question about the request's meaning, 30 days after that of asking."""
    asked = question(timed.request.history)
    if asked is not None and asked.kind is Question.CLARIFICATION:
        last = calendar.day(asked.since) + ANSWER_DAYS * _DAY
        yield Step(_morning(last + _DAY, calendar), Do.RESUME)


def _of_deadline(timed: Timed, calendar: Calendar) -> Iterator[Step]:
    deadline, request = timed.deadline, timed.request
    if request.waits_until is not None:
        last = _morning(deadline.due_on - ANSWERS_BEFORE * _DAY, calendar)
        until = min(request.waits_until, last) if request.waiting else request.received_at
        yield Step(until, Do.GO_ON)
    begun = any(entry.event is Action.APPROVE for entry in request.history)
    if request.begins_at is not None and not begun:
        yield Step(request.begins_at, Do.ERASE)
    for days in WARNINGS:
        yield Step(_morning(deadline.due_on - days * _DAY, calendar), Do.WARN, days)
    answered = since_dispute(request.history)
    if not any(entry.event is Action.DELAY for entry in answered):
        yield Step(deadline.due_at + _MOMENT, Do.DELAY)


def _morning(day: date, calendar: Calendar) -> datetime:
    """Returns the first moment of a civil day."""
    return calendar.last_moment(day - _DAY) + _MOMENT

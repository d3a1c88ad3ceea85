"""The day by which a request is answered, recomputed from the facts of its history. Pure.

The rules are those of GDPR art. 12(3), with the notice's periods, computed by Regulation (EEC,
Euratom) 1182/71:

- The day of receipt is not counted (art. 3(1)). A period of months ends with the last hour of the
  day of the same number, or of the month's last day where there is none (art. 3(2)(c); CJEU,
  C-171/03, Toeters).
- A Saturday, Sunday or public holiday moves the end to the next working day (art. 3(4)).
- An extension runs from receipt: one month and two are three months from receipt. The end is moved
  once, so that no period runs from a day that was moved.
- The civil days of pauses are added before the end is moved to a working day.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Final, Protocol

from chalicelib.requests.clock.calendar import Calendar, DayOff

ANSWER_DAYS: Final = 30
"""The civil days that a person has to answer a question. After them a clarification ends by itself,
and a request may be refused whose person was not identified."""

IDENTITY_DAYS: Final = 5
"""The working days from receipt within which the person may be asked to identify themselves."""


class Period(Protocol):
    """A length of calendar time: years and months are added first, then days."""

    @property
    def years(self) -> int:
        """Years of the calendar."""

    @property
    def months(self) -> int:
        """Months of the calendar."""

    @property
    def days(self) -> int:
        """Civil days."""


class Event(StrEnum):
    """An event that changes the due day."""

    PROOF = "proof"
    """The clock stands still until the person has proven that the address is theirs."""
    IDENTITY = "identity"
    """The clock stands still since the person was asked to identify themselves (GDPR art.
    12(6))."""
    CLARIFICATION = "clarification"
    """The clock stands still since the person was asked which data or processing a request for
    access is about (recital 63)."""
    CONTINUED = "continued"
    """The address was proven, the question answered, or the clock started again by the desk."""
    EXTENDED = "extended"


PAUSING: Final = frozenset({Event.PROOF, Event.IDENTITY, Event.CLARIFICATION})
"""The events that stop the clock: causes of a pause."""


@dataclass(frozen=True, slots=True)
class Fact:
    """An event of a request's history and its moment, which is aware.

    A question stops the clock at the moment at which it is mailed.
    """

    at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the clock stands still, between civil days; `until` is None while it does.

    `cause` is the event that stopped it. `days` are the civil days that it adds: from `since` to
    `until`, or to the day of the computation.
    """

    cause: Event
    since: date
    until: date | None
    days: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """The due day of a request as of the civil day `today`, with the facts that led to it.

    `first_due_on` is the due day without an extension, as it was on the day of the extension where
    there was one. `extended_on` is that day, else None. `ends_on` is the end of the period with all
    pauses, before it is moved; `days_off` are the days over which it is moved. `due_on` is a civil
    day of the calendar's zone and `due_at` its last millisecond. `paused_since` is the moment at
    which the clock stopped, None while it runs.
    """

    today: date
    received_on: date
    first_due_on: date
    extended_on: date | None
    pauses: tuple[Pause, ...]
    ends_on: date
    days_off: tuple[tuple[date, DayOff], ...]
    due_on: date
    due_at: datetime
    paused_since: datetime | None

    def overdue(self, now: datetime) -> bool:
        """Tells whether the last millisecond of the due day is over."""
        return now > self.due_at

    def may_extend(self) -> bool:
        """Tells whether the request may be extended: once, until the first due day (GDPR art.

        12(3)).
        """
        return self.extended_on is None and self.today <= self.first_due_on

    def may_ask_identity(self, calendar: Calendar, *, by_session: bool) -> bool:
        """Tells whether the clock may be stopped to identify the person (GDPR art. 12(6)).

        Only within five working days of receipt; of an address that was proven later, within five
        working days of the proof, since the clock stood still until then. Never where the request
        came by a session, whose person signed in.
        """
        if by_session or not self._may_stop():
            return False
        proven = (pause.until for pause in self.pauses if pause.cause is Event.PROOF)
        start = max((day for day in proven if day is not None), default=self.received_on)
        return self.today <= calendar.after_working_days(start, IDENTITY_DAYS)

    def may_ask_clarification(self, *, access: bool) -> bool:
        """Tells whether the clock may be stopped to ask which data a request is about.

        Recital 63 allows the question for requests for `access` only (GDPR art. 15).
        """
        return access and self._may_stop()

    def unanswered(self) -> bool:
        """Tells whether an open question about identity has had no answer for 30 days.

        The day of the question is not counted (Regulation 1182/71 art. 3(1)). From the day after
        the thirtieth on, the request may be refused since its person is not identified.
        """
        return any(
            pause.cause is Event.IDENTITY and pause.until is None and pause.days > ANSWER_DAYS
            for pause in self.pauses
        )

    def _may_stop(self) -> bool:
        return self.paused_since is None and self.today <= self.due_on


def deadline(
    received_at: datetime,
    facts: Iterable[Fact],
    within: Period,
    extension: Period,
    calendar: Calendar,
    now: datetime,
) -> Deadline:
    """Returns the deadline of a request as of `now`: later facts are left out.

    `within` and `extension` are the notice's periods. The order of facts of one moment makes no
    difference. An extension counts once, and until the first due day. A pause counts if it begins
    until the due day of that moment; an open pause counts up to the day of `now`.
    """
    ends = _Ends(calendar.day(received_at), within, extension, calendar)
    course = _Course(ends)
    past = sorted((fact for fact in facts if fact.at <= now), key=attrgetter("at"))
    for at, together in groupby(past, key=attrgetter("at")):
        course.advance(at, [fact.event for fact in together])
    return course.result(now)


@dataclass(frozen=True, slots=True)
class _Ends:
    """The ends of the period that began with receipt, with and without the extension."""

    received_on: date
    within: Period
    extension: Period
    calendar: Calendar

    def end(self, extended: bool, paused: int) -> date:
        """Returns the end before it is moved, with so many civil days of pauses."""
        periods = (self.within, self.extension) if extended else (self.within,)
        return _after(self.received_on, periods) + timedelta(days=paused)

    def due(self, extended: bool, paused: int) -> date:
        """Returns the end, moved to a working day."""
        return self.calendar.working_day(self.end(extended, paused))


class _Course:
    """A request's course from receipt on, moment after moment."""

    def __init__(self, ends: _Ends) -> None:
        self.ends = ends
        self.pauses: list[Pause] = []
        self.stopped_at: datetime | None = None
        self.first_due_on: date | None = None
        self.extended_on: date | None = None

    def advance(self, at: datetime, events: list[Event]) -> None:
        """Applies the events of one moment, in the only order in which they can have come.

        A stopped clock continues first and then stops; a running one stops first and then
        continues.
        """
        today = self._reckon(at)
        if Event.EXTENDED in events:
            self._extend(today)
        continued = events.count(Event.CONTINUED)
        causes = sorted(event for event in events if event in PAUSING)
        if continued:
            continued -= self._continue(today)
        for cause in causes:
            self._stop(cause, at, today)
            if continued:
                continued -= self._continue(today)

    def result(self, now: datetime) -> Deadline:
        """Returns the deadline as of `now`."""
        today = self._reckon(now)
        calendar, extended = self.ends.calendar, self.extended_on is not None
        end = self.ends.end(extended, self._paused())
        due = calendar.working_day(end)
        return Deadline(
            today=today,
            received_on=self.ends.received_on,
            first_due_on=self.first_due_on or due,
            extended_on=self.extended_on,
            pauses=tuple(self.pauses),
            ends_on=end,
            days_off=tuple(calendar.days_off(end, due)),
            due_on=due,
            due_at=calendar.last_moment(due),
            paused_since=self.stopped_at,
        )

    def _reckon(self, at: datetime) -> date:
        """Returns the civil day of a moment, after counting an open pause up to it.

        A clarification without an answer ends by itself after its 30 days.
        """
        today = self.ends.calendar.day(at)
        if self.stopped_at is not None:
            opened = self.pauses[-1]
            days = (today - opened.since).days
            if opened.cause is Event.CLARIFICATION and days > ANSWER_DAYS:
                self._continue(opened.since + timedelta(days=ANSWER_DAYS))
            else:
                self.pauses[-1] = replace(opened, days=days)
        return today

    def _extend(self, today: date) -> None:
        first = self.ends.due(False, self._paused())
        if self.extended_on is None and today <= first:
            self.extended_on, self.first_due_on = today, first

    def _stop(self, cause: Event, at: datetime, today: date) -> None:
        due = self.ends.due(self.extended_on is not None, self._paused())
        if self.stopped_at is None and today <= due:
            self.pauses.append(Pause(cause, today, None, 0))
            self.stopped_at = at

    def _continue(self, until: date) -> bool:
        """Ends the open pause; returns whether there was one."""
        if self.stopped_at is None:
            return False
        opened = self.pauses[-1]
        self.pauses[-1] = replace(opened, until=until, days=(until - opened.since).days)
        self.stopped_at = None
        return True

    def _paused(self) -> int:
        return sum(pause.days for pause in self.pauses)


def _after(day: date, periods: Iterable[Period]) -> date:
    """Returns the end of periods that run from `day` as one: months together, then days."""
    lengths = list(periods)
    months = sum(one.years * 12 + one.months for one in lengths)
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = gregorian.monthrange(years, month + 1)[1]
    end = date(years, month + 1, min(day.day, last))
    return end + timedelta(days=sum(one.days for one in lengths))

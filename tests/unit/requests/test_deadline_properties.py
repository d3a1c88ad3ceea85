"""What holds of every deadline, whatever the country, the day of receipt and the history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.notices.model import Period
from chalicelib.requests.clock.calendar import Calendar, calendar_of
from chalicelib.requests.clock.deadline import PAUSING, Deadline, Event, Fact, deadline

MONTH, TWO_MONTHS = Period(months=1), Period(months=2)
LATE = datetime(2045, 1, 1, tzinfo=UTC)

calendars = st.sampled_from(
    [
        calendar_of("Europe/Rome", "IT"),
        calendar_of("Europe/Berlin", "DE"),
        calendar_of("Europe/Athens", "GR"),
        calendar_of("America/Nuuk", "GL"),
        calendar_of("Pacific/Auckland", "NZ"),
        calendar_of("America/Havana", "CU"),
    ]
)
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
received = st.integers(0, 24 * 365 * 24 * 60).map(lambda after: FIRST + timedelta(minutes=after))
#: Moments that are close to each other and often the same, in minutes from receipt.
minutes = st.one_of(st.integers(0, 3), st.integers(0, 200_000))
events = st.lists(st.tuples(minutes, st.sampled_from(Event)), max_size=8)


def facts(start: datetime, happened: list[tuple[int, Event]]) -> list[Fact]:
    return [Fact(start + timedelta(minutes=after), event) for after, event in happened]


def of(start: datetime, happened: list[Fact], calendar: Calendar, now: datetime = LATE) -> Deadline:
    return deadline(start, happened, MONTH, TWO_MONTHS, calendar, now)


@given(received, events, calendars)
def test_the_due_day_is_a_working_day_and_never_before_the_period_is_over(
    start: datetime, happened: list[tuple[int, Event]], calendar: Calendar
) -> None:
    result = of(start, facts(start, happened), calendar)
    assert calendar.day_off(result.due_on) is None
    months = 1 if result.extended_on is None else 3
    end = calendar.day(start) + relativedelta(months=months)
    assert result.ends_on == end + timedelta(days=sum(pause.days for pause in result.pauses))
    assert end <= result.ends_on <= result.due_on
    passed = [day for day, _ in result.days_off]
    between = (result.due_on - result.ends_on).days
    assert passed == [result.ends_on + timedelta(days=number) for number in range(between)]


@given(received, calendars)
def test_a_period_of_months_ends_on_the_same_number_or_on_the_last_day(
    start: datetime, calendar: Calendar
) -> None:
    day = calendar.day(start)
    end = of(start, [], calendar).ends_on
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == 1
    is_last = (end + timedelta(days=1)).day == 1
    assert end.day == day.day or (is_last and day.day > end.day)


@given(received, st.timedeltas(timedelta(0), timedelta(days=70)), events, calendars)
def test_who_asks_later_is_answered_later(
    start: datetime, later: timedelta, happened: list[tuple[int, Event]], calendar: Calendar
) -> None:
    # The same facts at the same moments, all of them after both.
    known = facts(start + later, happened)
    assert of(start, known, calendar).due_on <= of(start + later, known, calendar).due_on


@given(received, events, minutes, calendars)
def test_an_extension_never_shortens(
    start: datetime, happened: list[tuple[int, Event]], after: int, calendar: Calendar
) -> None:
    without = [fact for fact in facts(start, happened) if fact.event is not Event.EXTENDED]
    extended = [*without, Fact(start + timedelta(minutes=after), Event.EXTENDED)]
    assert of(start, without, calendar).due_on <= of(start, extended, calendar).due_on


@given(received, events, calendars)
def test_pauses_follow_each_other_and_add_the_days_between_their_ends(
    start: datetime, happened: list[tuple[int, Event]], calendar: Calendar
) -> None:
    now = start + timedelta(days=200)
    result = of(start, facts(start, happened), calendar, now)
    ends = [pause.until or calendar.day(now) for pause in result.pauses]
    starts = [pause.since for pause in result.pauses]
    assert [pause.days for pause in result.pauses] == [
        (until - since).days for since, until in zip(starts, ends, strict=True)
    ]
    assert all(until <= since for until, since in zip(ends, starts[1:], strict=False))
    open_ones = [pause for pause in result.pauses if pause.until is None]
    assert open_ones == ([] if result.paused_since is None else [result.pauses[-1]])
    assert all(pause.days <= 30 for pause in result.pauses if pause.cause is Event.CLARIFICATION)


@given(received, events, calendars, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_told_makes_no_difference(
    start: datetime, happened: list[tuple[int, Event]], calendar: Calendar, random: object
) -> None:
    known = facts(start, happened)
    shuffled = list(known)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert of(start, shuffled, calendar) == of(start, known, calendar)


@given(received, events, calendars)
def test_recomputing_gives_the_same(
    start: datetime, happened: list[tuple[int, Event]], calendar: Calendar
) -> None:
    known = facts(start, happened)
    assert of(start, known, calendar) == of(start, iter(known), calendar)  # type: ignore[arg-type]


@given(received, events, calendars, st.integers(0, 200_000))
def test_what_was_reckoned_once_is_what_is_reckoned_later_of_that_moment(
    start: datetime, happened: list[tuple[int, Event]], calendar: Calendar, after: int
) -> None:
    now = start + timedelta(minutes=after)
    known = facts(start, happened)
    by_then = [fact for fact in known if fact.at <= now]
    assert of(start, known, calendar, now) == of(start, by_then, calendar, now)


@given(received, events, calendars)
def test_the_clock_agrees_with_a_count_of_days(
    start: datetime, happened: list[tuple[int, Event]], calendar: Calendar
) -> None:
    known = facts(start, happened)
    now = start + timedelta(days=300)
    result = of(start, known, calendar, now)
    assert result.due_on == counted(start, known, calendar, now)


def counted(start: datetime, known: list[Fact], calendar: Calendar, now: datetime) -> date:
    """The due day, counted another way: day after day, with what happened on each."""
    first = calendar.day(start)
    state = Counted(first, calendar)
    moments = groupby(sorted(known, key=attrgetter("at")), key=attrgetter("at"))
    by_day = [(calendar.day(at), [fact.event for fact in group]) for at, group in moments]
    day = first
    while day <= calendar.day(now):
        for on, events_of in by_day:
            if on == day:
                state.take(day, events_of)
        state.pass_day(day)
        day += timedelta(days=1)
    return state.due(standing_today=1 if state.question else 0)


class Counted:
    def __init__(self, first: date, calendar: Calendar) -> None:
        self.first, self.calendar = first, calendar
        self.days, self.months = 0, 1
        self.question: Event | None = None
        self.asked_for = 0

    def due(self, standing_today: int = 0) -> date:
        # A day on which the clock stands counts once it is over.
        days = timedelta(days=self.days - standing_today)
        end = self.first + relativedelta(months=self.months) + days
        while self.calendar.day_off(end):
            end += timedelta(days=1)
        return end

    def take(self, day: date, happened: list[Event]) -> None:
        if Event.EXTENDED in happened and day <= self.due():
            self.months = 3
        answers = happened.count(Event.CONTINUED)
        if self.question and answers:
            self.question, answers = None, answers - 1
        for question in sorted(one for one in happened if one in PAUSING):
            if self.question is None and day <= self.due():
                self.question, self.asked_for = question, 0
            if self.question and answers:
                self.question, answers = None, answers - 1

    def pass_day(self, day: date) -> None:
        if self.question is None:
            return
        if self.question is Event.CLARIFICATION and self.asked_for == 30:
            self.question = None
            return
        self.days += 1
        self.asked_for += 1

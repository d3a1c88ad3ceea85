"""The day by which a request is answered: a table of dates, and what holds of all of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.notices.model import Period
from chalicelib.requests.clock.calendar import Calendar, DayOff, calendar_of
from chalicelib.requests.clock.deadline import Deadline, Event, Fact, Pause, deadline
from tests.unit.requests.deadline_rows import ROWS, Row

MONTH, TWO_MONTHS = Period(months=1), Period(months=2)
ROME = calendar_of("Europe/Rome", "IT")


def moment(text: str, zone: str = "Europe/Rome") -> datetime:
    """A moment as the rows write it."""
    if text.endswith("Z"):
        return datetime.fromisoformat(text).astimezone(UTC)
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def facts(text: str, zone: str = "Europe/Rome") -> list[Fact]:
    """The facts of a row: each an event and its moment."""
    parts = (part.split(" ", 1) for part in text.split(", ") if part)
    return [Fact(moment(at, zone), Event(event)) for event, at in parts]


def found(row: Row) -> Deadline:
    return deadline(
        moment(row.received, row.zone),
        facts(row.facts, row.zone),
        MONTH,
        TWO_MONTHS,
        calendar_of(row.zone, row.country),
        moment(row.now, row.zone),
    )


def of(received: str, happened: str = "", now: str = "2035-01-01 12:00") -> Deadline:
    return found(Row(received, "", "", happened, now))


def test_the_table_is_long_enough_and_repeats_nothing() -> None:
    assert len(ROWS) >= 67
    assert len({row[:1] + row[3:] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.received} {row.country}: {row.why}")
def test_a_request_is_due_on_the_day_of_the_table(row: Row) -> None:
    result = found(row)
    due = date.fromisoformat(row.due)
    assert result.due_on == due
    following = datetime.combine(due + timedelta(days=1), datetime.min.time(), ZoneInfo(row.zone))
    assert result.due_at == following.astimezone(UTC) - timedelta(milliseconds=1)
    assert str(result.due_at.tzinfo) == row.zone


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-02-27 10:00", "2026-03-27T22:59:59.999+00:00"),
        ("2026-03-02 10:00", "2026-04-02T21:59:59.999+00:00"),
        ("2026-02-28 10:00", "2026-03-30T21:59:59.999+00:00"),
        ("2026-09-23 10:00", "2026-10-23T21:59:59.999+00:00"),
        ("2026-09-25 10:00", "2026-10-26T22:59:59.999+00:00"),
        ("2026-12-31 10:00", "2027-02-01T22:59:59.999+00:00"),
    ],
)
def test_the_last_millisecond_is_that_of_the_zone(received: str, last: str) -> None:
    result = of(received)
    assert result.due_at.astimezone(UTC).isoformat(timespec="milliseconds") == last
    assert result.due_at.isoformat(timespec="milliseconds").startswith(
        f"{result.due_on}T23:59:59.999"
    )


def test_a_request_is_overdue_when_the_last_millisecond_is_over() -> None:
    result = of("2026-11-16 10:00")
    assert not result.overdue(result.due_at)
    assert result.overdue(result.due_at + timedelta(milliseconds=1))


def test_what_moved_the_end_is_told() -> None:
    result = of("2027-09-02 10:00")
    assert result.ends_on == date(2027, 10, 2)
    assert result.days_off == (
        (date(2027, 10, 2), DayOff.SATURDAY),
        (date(2027, 10, 3), DayOff.SUNDAY),
        (date(2027, 10, 4), DayOff.HOLIDAY),
    )
    assert of("2026-11-16 10:00").days_off == ()


def test_all_that_led_to_the_day_is_told() -> None:
    result = of(
        "2026-11-13 10:00",
        "proof 2026-11-13 10:00, continued 2026-11-17 10:00, "
        "clarification 2026-11-20 10:00, continued 2026-11-25 10:00, extended 2026-12-01 10:00",
        now="2026-12-02 10:00",
    )
    assert result.today == date(2026, 12, 2)
    assert result.received_on == date(2026, 11, 13)
    assert result.first_due_on == date(2026, 12, 22)
    assert result.extended_on == date(2026, 12, 1)
    assert result.pauses == (
        Pause(Event.PROOF, date(2026, 11, 13), date(2026, 11, 17), 4),
        Pause(Event.CLARIFICATION, date(2026, 11, 20), date(2026, 11, 25), 5),
    )
    assert result.ends_on == result.due_on == date(2027, 2, 22)
    assert result.paused_since is None


def test_without_an_extension_the_first_due_day_is_the_due_day() -> None:
    result = of("2026-11-25 10:00")
    assert (result.first_due_on, result.extended_on) == (result.due_on, None)


def test_a_pause_after_the_extension_leaves_the_first_due_day() -> None:
    result = of(
        "2026-11-16 10:00",
        "extended 2026-12-01 10:00, clarification 2026-12-02 10:00, continued 2026-12-07 10:00",
    )
    assert result.first_due_on == date(2026, 12, 16)


def test_an_open_pause_is_told_with_its_moment() -> None:
    asked = "clarification 2026-11-18 17:30"
    result = of("2026-11-16 10:00", asked, now="2026-11-25 10:00")
    assert result.paused_since == moment("2026-11-18 17:30")
    assert result.pauses == (Pause(Event.CLARIFICATION, date(2026, 11, 18), None, 7),)
    assert of("2026-11-16 10:00", asked, now="2026-11-18 17:29").paused_since is None


def test_an_open_pause_is_never_overdue() -> None:
    asked = "identity 2026-11-18 10:00"
    for days in range(200):
        now = moment("2026-11-19 12:00") + timedelta(days=days)
        result = deadline(moment("2026-11-16 10:00"), facts(asked), MONTH, TWO_MONTHS, ROME, now)
        assert result.due_on > ROME.day(now)


@pytest.mark.parametrize(
    ("now", "open_since", "days"),
    [
        ("2026-12-17 10:00", "2026-11-18 10:00", 29),
        ("2026-12-18 23:59", "2026-11-18 10:00", 30),
        ("2026-12-19 00:00", None, 30),
        ("2027-06-01 10:00", None, 30),
    ],
)
def test_a_clarification_is_over_after_30_days(now: str, open_since: str | None, days: int) -> None:
    result = of("2026-11-16 10:00", "clarification 2026-11-18 10:00", now)
    assert result.paused_since == (None if open_since is None else moment(open_since))
    until = None if open_since else date(2026, 12, 18)
    assert result.pauses == (Pause(Event.CLARIFICATION, date(2026, 11, 18), until, days),)


def test_after_a_clarification_is_over_another_question_stops_the_clock_again() -> None:
    result = of(
        "2026-11-16 10:00",
        "clarification 2026-11-18 10:00, clarification 2026-12-20 10:00, "
        "continued 2026-12-22 10:00",
    )
    assert [pause.days for pause in result.pauses] == [30, 2]


@pytest.mark.parametrize(
    ("now", "over"),
    [("2026-12-18 23:59", False), ("2026-12-19 00:00", True), ("2027-03-01 10:00", True)],
)
def test_a_person_has_30_days_to_say_who_they_are(now: str, over: bool) -> None:
    assert of("2026-11-16 10:00", "identity 2026-11-18 10:00", now).unanswered() is over
    answered = "identity 2026-11-18 10:00, continued 2026-11-20 10:00"
    assert not of("2026-11-16 10:00", answered, now).unanswered()
    assert not of("2026-11-16 10:00", "proof 2026-11-16 10:00", now).unanswered()
    assert not of("2026-11-16 10:00", "clarification 2026-11-18 10:00", now).unanswered()


@pytest.mark.parametrize(
    ("happened", "now", "may"),
    [
        ("", "2026-11-16 10:00", True),
        ("", "2026-12-16 23:59", True),
        ("", "2026-12-17 00:00", False),
        ("extended 2026-12-01 10:00", "2026-12-02 10:00", False),
        ("clarification 2026-12-10 10:00", "2026-12-20 10:00", True),
        ("clarification 2026-12-10 10:00, continued 2026-12-11 10:00", "2026-12-17 10:00", True),
        ("clarification 2026-12-10 10:00, continued 2026-12-11 10:00", "2026-12-18 10:00", False),
    ],
)
def test_a_request_is_extended_once_and_until_its_first_due_day(
    happened: str, now: str, may: bool
) -> None:
    assert of("2026-11-16 10:00", happened, now).may_extend() is may


@pytest.mark.parametrize(
    ("received", "happened", "now", "may"),
    [
        ("2026-11-16 10:00", "", "2026-11-16 10:00", True),
        ("2026-11-16 10:00", "", "2026-11-23 23:59", True),
        ("2026-11-16 10:00", "", "2026-11-24 00:00", False),
        ("2026-11-20 10:00", "", "2026-11-27 10:00", True),
        ("2026-11-21 10:00", "", "2026-11-27 10:00", True),
        ("2026-11-21 10:00", "", "2026-11-28 10:00", False),
        # 24 December is the first working day, 28 to 31 December the second to the fifth.
        ("2026-12-23 10:00", "", "2026-12-31 10:00", True),
        ("2026-12-23 10:00", "", "2027-01-01 10:00", False),
        (
            "2026-11-16 10:00",
            "proof 2026-11-16 10:00, continued 2026-11-20 10:00",
            "2026-11-27 10:00",
            True,
        ),
        (
            "2026-11-16 10:00",
            "proof 2026-11-16 10:00, continued 2026-11-20 10:00",
            "2026-11-28 10:00",
            False,
        ),
        ("2026-11-16 10:00", "proof 2026-11-16 10:00", "2026-11-17 10:00", False),
        ("2026-11-16 10:00", "identity 2026-11-17 10:00", "2026-11-18 10:00", False),
    ],
)
def test_who_they_are_is_asked_within_five_working_days(
    received: str, happened: str, now: str, may: bool
) -> None:
    result = of(received, happened, now)
    assert result.may_ask_identity(ROME, by_session=False) is may
    assert not result.may_ask_identity(ROME, by_session=True)


@pytest.mark.parametrize(
    ("happened", "now", "may"),
    [
        ("", "2026-12-16 23:59", True),
        ("", "2026-12-17 00:00", False),
        ("extended 2026-12-16 10:00", "2026-12-17 00:00", True),
        ("clarification 2026-11-20 10:00", "2026-11-21 10:00", False),
        ("clarification 2026-11-20 10:00, continued 2026-11-21 10:00", "2026-11-22 10:00", True),
    ],
)
def test_what_it_is_about_is_asked_of_access_alone_and_until_the_due_day(
    happened: str, now: str, may: bool
) -> None:
    result = of("2026-11-16 10:00", happened, now)
    assert result.may_ask_clarification(access=True) is may
    assert not result.may_ask_clarification(access=False)


@pytest.mark.parametrize(
    ("within", "extension", "due"),
    [
        (Period(days=30), Period(days=60), date(2027, 2, 15)),  # 14 February 2027 is a Sunday
        (Period(days=10), Period(), date(2026, 11, 26)),
        (Period(months=1), Period(months=1, days=15), date(2027, 2, 1)),  # 31 January is a Sunday
        (Period(), Period(years=1), date(2027, 11, 16)),
    ],
)
def test_the_periods_are_those_of_the_notice(within: Period, extension: Period, due: date) -> None:
    received = moment("2026-11-16 10:00")
    happened = [Fact(received, Event.EXTENDED)]
    result = deadline(received, happened, within, extension, ROME, received)
    assert result.due_on == due


def test_facts_that_are_still_to_come_are_left_out() -> None:
    happened = "clarification 2026-11-18 10:00, continued 2026-11-23 10:00"
    assert of("2026-11-16 10:00", happened, now="2026-11-17 10:00").pauses == ()


def test_a_calendar_without_holidays_moves_over_weekends_alone() -> None:
    bare = Calendar(ZoneInfo("Europe/Rome"), "IT", frozenset())
    received = moment("2026-11-25 10:00")
    result = deadline(received, [], MONTH, TWO_MONTHS, bare, received)
    assert result.due_on == date(2026, 12, 25)

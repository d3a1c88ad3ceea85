"""The history of a request in the table, and what the clock reads of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.notices.model import Period
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.clock.deadline import Deadline, Event, Fact, deadline
from chalicelib.requests.history import Course, course, read, written
from chalicelib.requests.machine import Action, Actor, Entry, Status, advanced

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
DAY = timedelta(days=1)
P, D, S = Actor.PERSON, Actor.DESK, Actor.SYSTEM

Step = tuple[int, Action, Actor, str | None]


def history(*steps: Step) -> tuple[Entry, ...]:
    entries: tuple[Entry, ...] = ()
    for day, action, actor, reason in steps:
        entries = advanced(entries, action, actor, NOW + day * DAY, reason)
    return entries


def test_an_entry_is_a_line_of_codes() -> None:
    entry = Entry(NOW, Status.REFUSED, Action.REFUSE, D, "others_data")
    assert written(entry) == "2026-11-16T09:00:00.000Z refused refuse desk others_data"
    assert read(written(entry)) == entry
    without = Entry(NOW, Status.RECEIVED, Action.SUBMIT, P)
    assert written(without) == "2026-11-16T09:00:00.000Z received submit person"
    assert read(written(without)) == without


@pytest.mark.parametrize("status", ["received", "in_progress", "completed"])
def test_an_entry_that_an_earlier_release_wrote_is_read(status: str) -> None:
    text = f"2026-11-16T09:00:00.000Z {status}"
    assert read(text) == Entry(NOW, Status(status))
    assert written(read(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-16T09:00:00.000Z",
        "yesterday received",
        "2026-11-16T09:00:00.000Z lost",
        "2026-11-16T09:00:00.000Z received submit",
        "2026-11-16T09:00:00.000Z received guess person",
        "2026-11-16T09:00:00.000Z received submit nobody",
        "2026-11-16T09:00:00.000Z received submit person code more",
    ],
)
def test_what_is_no_entry_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read(text)


@pytest.mark.parametrize("reason", ["", "Two words", "a b", "Ada", "ada@example.org", "a\n", "à"])
def test_a_reason_is_a_code_and_no_words(reason: str) -> None:
    with pytest.raises(ValueError, match="is a code"):
        written(Entry(NOW, Status.REFUSED, Action.REFUSE, D, reason))


@given(
    st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=5_000)),
    st.sampled_from(Status),
    st.sampled_from(Action),
    st.sampled_from(Actor),
    st.one_of(st.none(), st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True)),
)
def test_what_is_written_is_read_again(
    at: datetime, status: Status, event: Action, by: Actor, reason: str | None
) -> None:
    entry = Entry(at, status, event, by, reason)
    assert read(written(entry)) == entry


def test_the_clock_runs_from_receipt_and_knows_only_what_moves_it() -> None:
    steps = history(
        (0, Action.SUBMIT, P, None),
        (1, Action.START, D, None),
        (2, Action.PAUSE, D, "clarification"),
        (4, Action.ANSWER, P, None),
        (5, Action.PAUSE, D, "identity"),
        (6, Action.RESUME, D, None),
        (7, Action.NOTE, D, None),
        (8, Action.EXTEND, D, "complexity"),
        (9, Action.COMPLETE, S, None),
    )
    received = NOW - 3 * DAY  # by letter: it came before it was entered
    assert course(received, steps) == Course(
        received,
        (
            Fact(NOW + 2 * DAY, Event.CLARIFICATION),
            Fact(NOW + 4 * DAY, Event.CONTINUED),
            Fact(NOW + 5 * DAY, Event.IDENTITY),
            Fact(NOW + 6 * DAY, Event.CONTINUED),
            Fact(NOW + 8 * DAY, Event.EXTENDED),
        ),
    )


def test_the_clock_stands_from_receipt_until_the_proof() -> None:
    steps = history((0, Action.SUBMIT_BY_ADDRESS, P, None), (4, Action.PROVE, P, None))
    assert course(NOW, steps).facts == (
        Fact(NOW, Event.PROOF),
        Fact(NOW + 4 * DAY, Event.CONTINUED),
    )


def test_a_question_stops_the_clock_when_it_is_mailed() -> None:
    asked: tuple[Step, ...] = (
        (0, Action.SUBMIT, P, None),
        (2, Action.PAUSE, D, "clarification"),
    )
    mailed: Step = (4, Action.QUESTION_MAILED, S, None)
    assert course(NOW, history(*asked)).facts == (Fact(NOW + 2 * DAY, Event.CLARIFICATION),)
    assert course(NOW, history(*asked, mailed)).facts == (Fact(NOW + 4 * DAY, Event.CLARIFICATION),)
    again: tuple[Step, ...] = (
        (5, Action.ANSWER, P, None),
        (6, Action.PAUSE, D, "clarification"),
        (7, Action.QUESTION_MAILED, S, None),
    )
    assert course(NOW, history(*asked, *again)).facts == (
        Fact(NOW + 2 * DAY, Event.CLARIFICATION),
        Fact(NOW + 5 * DAY, Event.CONTINUED),
        Fact(NOW + 7 * DAY, Event.CLARIFICATION),
    )


def test_a_pause_without_a_question_is_a_fault() -> None:
    for reason in (None, "proof", "because"):
        steps = history((0, Action.SUBMIT, P, None), (1, Action.PAUSE, D, reason))
        with pytest.raises(ValueError):
            course(NOW, steps)


def test_the_answer_to_a_dispute_has_a_clock_of_its_own() -> None:
    steps = history(
        (0, Action.SUBMIT, P, None),
        (1, Action.EXTEND, D, "number"),
        (20, Action.REFUSE, D, "claims"),
        (60, Action.DISPUTE, P, None),
        (62, Action.PAUSE, D, "clarification"),
    )
    assert course(NOW, steps) == Course(
        NOW + 60 * DAY, (Fact(NOW + 62 * DAY, Event.CLARIFICATION),)
    )


def of(steps: tuple[Entry, ...], now: datetime) -> Deadline:
    received_at, facts = course(NOW, steps)
    calendar = calendar_of("Europe/Rome", "IT")
    return deadline(received_at, facts, Period(months=1), Period(months=2), calendar, now)


def test_from_what_is_stored_to_the_due_day() -> None:
    stored = [
        "2026-11-16T09:00:00.000Z received submit person",
        "2026-11-18T17:00:00.000Z paused pause desk clarification",
        "2026-11-23T09:00:00.000Z in_progress answer person",
        "2026-12-01T09:00:00.000Z in_progress extend desk complexity",
    ]
    result = of(tuple(read(text) for text in stored), NOW + 30 * DAY)
    assert (result.first_due_on, result.due_on) == (date(2026, 12, 21), date(2027, 2, 22))
    old = ["2026-11-16T09:00:00.000Z received", "2026-11-17T09:00:00.000Z completed"]
    assert of(tuple(read(text) for text in old), NOW).due_on == date(2026, 12, 16)

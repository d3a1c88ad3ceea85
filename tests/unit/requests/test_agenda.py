"""What is to be done about a request, and when: a table of states, days and looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.requests.agenda import EXPIRE_AFTER, REST, Do, due, next_look, steps
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.machine import Action, Actor, advanced
from chalicelib.requests.model import Request, Timed, timed
from tests.unit.core.samples import shipped

ROME = ZoneInfo("Europe/Rome")
RECEIVED = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""A Monday; the answer is due on Wednesday 2 December."""
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
P, D, S = Actor.PERSON, Actor.DESK, Actor.SYSTEM

History = tuple[tuple[int, Action, Actor, str | None], ...]
PAUSED: History = ((3, Action.PAUSE, D, "clarification"), (4, Action.QUESTION_MAILED, S, None))


def request(*later: tuple[int, Action, Actor, str | None], by_address: bool = False) -> Request:
    """A request that was received and had these events, so many days later."""
    first = Action.SUBMIT_BY_ADDRESS if by_address else Action.SUBMIT
    history = advanced((), first, P, RECEIVED)
    for days, action, actor, reason in later:
        history = advanced(history, action, actor, RECEIVED + days * DAY, reason)
    return Request("q" * 26, "copy", history[-1].status, "website", RECEIVED, None, history)


def at(known: Request, now: datetime) -> Timed:
    return timed(known, shipped(), now)


CALENDAR = calendar_of(*shipped().working_days)


def morning(day: int, month: int = 11) -> datetime:
    """Midnight of a day of 2026 in Rome."""
    return datetime(2026, month, day, tzinfo=ROME)


def plan(known: Request, now: datetime = RECEIVED) -> list[tuple[str, datetime]]:
    return [(step.do, step.at) for step in steps(at(known, now), CALENDAR)]


def test_the_contact_is_warned_four_times_and_then_the_day_is_over() -> None:
    assert plan(request()) == [
        (Do.WARN, morning(18)),
        (Do.WARN, morning(25)),
        (Do.WARN, morning(29)),
        (Do.WARN, morning(1, 12)),
        (Do.DELAY, morning(3, 12)),
    ]


@pytest.mark.parametrize(
    ("later", "by_address", "planned"),
    [
        ((), True, [(Do.REMIND, RECEIVED + 3 * DAY), (Do.EXPIRE, RECEIVED + 7 * DAY)]),
        (((3, Action.REMIND, S, None),), True, [(Do.EXPIRE, RECEIVED + 7 * DAY)]),
        (PAUSED[:1], False, [(Do.RESUME, morning(6, 12))]),
        (PAUSED, False, [(Do.RESUME, morning(7, 12))]),
        (((3, Action.PAUSE, D, "identity"),), False, []),
        (((3, Action.COMPLETE, D, None),), False, []),
    ],
)
def test_what_else_is_planned(
    later: History, by_address: bool, planned: list[tuple[str, datetime]]
) -> None:
    assert plan(request(*later, by_address=by_address), RECEIVED + 4 * DAY) == planned


def test_a_delay_is_recorded_once_and_after_a_dispute_once_more() -> None:
    late = request((31, Action.DELAY, S, None))
    assert Do.DELAY not in dict(plan(late, RECEIVED + 40 * DAY))
    again = request(
        (31, Action.DELAY, S, None), (32, Action.REFUSE, D, "claims"), (40, Action.DISPUTE, P, None)
    )
    assert dict(plan(again, RECEIVED + 40 * DAY))[Do.DELAY] > RECEIVED + 70 * DAY


@pytest.mark.parametrize(
    ("since", "now", "step"),
    [
        (morning(18), morning(18), (Do.WARN, 14)),
        (morning(18), morning(18) - SECOND, None),
        (morning(18), morning(28), (Do.WARN, 7)),
        (morning(25), morning(20), None),
        (morning(1, 12), morning(2, 12), (Do.WARN, 1)),
        (morning(1, 12) + SECOND, morning(2, 12), None),
        (morning(18), morning(3, 12), (Do.DELAY, 0)),
        (morning(9, 12), morning(9, 12), (Do.DELAY, 0)),
    ],
)
def test_of_what_is_due_the_latest_is_done(
    since: datetime, now: datetime, step: tuple[str, int] | None
) -> None:
    found = due(at(request(), now), CALENDAR, since, now)
    assert (None if found is None else (found.do, found.days)) == step


def test_a_request_that_expires_is_not_reminded_of() -> None:
    now = RECEIVED + EXPIRE_AFTER
    found = due(at(request(by_address=True), now), CALENDAR, RECEIVED, now)
    assert found is not None
    assert found.do is Do.EXPIRE


@given(st.integers(0, 80 * 24))
def test_the_next_look_is_the_next_step_and_never_past(hours: int) -> None:
    now = RECEIVED + timedelta(hours=hours)
    known = at(request(), now)
    looked = next_look(known, CALENDAR, now)
    planned = [step.at for step in steps(known, CALENDAR) if step.at > now]
    assert looked == (planned[0] if planned else now + REST)
    assert looked > now

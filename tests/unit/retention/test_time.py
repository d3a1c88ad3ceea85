"""When a sweep stops, and when it tries again what it could not handle."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.storage import lateness
from chalicelib.storage.lateness import later
from chalicelib.storage.turns import FIRST_PAUSE, LONGEST_PAUSE, is_over, pause
from tests.unit.core.samples import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("whole", "remaining", "over"),
    [
        (5 * MINUTE, 5 * MINUTE, False),
        (5 * MINUTE, MINUTE + timedelta(milliseconds=1), False),
        (5 * MINUTE, MINUTE, True),
        (5 * MINUTE, timedelta(0), True),
        (timedelta(0), timedelta(0), True),
    ],
)
def test_four_fifths_of_the_time_are_for_work(
    whole: timedelta, remaining: timedelta, over: bool
) -> None:
    assert is_over(whole, remaining) is over


def test_pauses_double_up_to_half_a_day() -> None:
    minutes = [pause(tries) // MINUTE for tries in range(1, 8)]
    assert minutes == [50, 100, 200, 400, 720, 720, 720]


def test_the_next_sweep_tries_again() -> None:
    assert FIRST_PAUSE < HOUR


@given(st.integers(1, 10**9))
def test_a_pause_is_bounded_however_often_something_failed(tries: int) -> None:
    assert FIRST_PAUSE <= pause(tries) <= LONGEST_PAUSE


def test_the_first_date_stays_known_over_all_tries() -> None:
    due_at = NOW - 3 * HOUR
    late, now = later(None, due_at, NOW, pause), NOW
    assert (late.first, late.until, late.tries) == (due_at, NOW + FIRST_PAUSE, 1)
    for tries in range(2, 40):
        now = late.until
        late = later(late, late.until, now, pause)
        assert (late.first, late.tries) == (due_at, tries)
        assert late.until == now + pause(tries)
        assert lateness.read(late.text()) == late


def test_what_does_not_even_say_when_it_was_due_is_late_from_now_on() -> None:
    assert later(None, None, NOW, pause).first == NOW

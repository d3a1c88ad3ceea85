from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.jobs.model import FIRST_CHECK, LEASE, LONGEST_WAIT, next_check
from tests.unit.core.samples import NOW


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [
        (0, 10),
        (1, 20),
        (2, 40),
        (3, 80),
        (4, 160),
        (5, 320),
        (6, 640),
        (7, 720),
        (8, 720),
        (10, 720),
        (11, 720),
        (10**9, 720),
    ],
)
def test_the_wait_doubles_up_to_twelve_hours(attempts: int, minutes: int) -> None:
    assert next_check(NOW, attempts) == NOW + timedelta(minutes=minutes)


@given(st.integers(0, 10**6))
def test_it_never_gets_shorter_and_never_longer_than_the_longest(attempts: int) -> None:
    wait = next_check(NOW, attempts) - NOW
    assert FIRST_CHECK <= wait <= LONGEST_WAIT
    assert wait <= next_check(NOW, attempts + 1) - NOW


def test_a_lease_is_over_before_the_relay_looks() -> None:
    assert LEASE < FIRST_CHECK

"""Signs of interest: which consents one comes too late for, and when nobody has to look."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decisions.coverage import ends_at
from chalicelib.decisions.interest import lapses, unbroken_since
from chalicelib.notices.model import Lasting, Notice, Period, Since, Widening
from chalicelib.subjects.model import Decided, Decision
from tests.unit.consents.asked import CONSENT, GIVEN, noticed
from tests.unit.core.samples import NOW, association, shipped, standing

DAY, MS = timedelta(days=1), timedelta(milliseconds=1)
BY_INTEREST = Lasting(Period(months=1), Since.LAST_INTEREST)
OTHER = "offers_email"
"""A purpose of the shipped notice whose consent lasts two years from the last sign of interest."""


def decided(
    at: datetime, interest_at: datetime | None = None, lapsed_at: datetime | None = None
) -> Decided:
    return Decided(Decision.GRANTED, 3, at, GIVEN, interest_at=interest_at, lapsed_at=lapsed_at)


def test_where_nothing_is_renewed_nobody_has_to_look() -> None:
    assert unbroken_since(association(), NOW) is None


def test_the_shortest_time_is_the_one_that_counts() -> None:
    two_years = unbroken_since(shipped(), NOW)
    assert two_years == Period(months=24).before(NOW) + 4 * DAY
    assert unbroken_since(noticed(lasts=BY_INTEREST), NOW) == Period(months=1).before(NOW) + 4 * DAY
    earlier = noticed(widenings=(Widening("2027-01-01", lasts=BY_INTEREST),))
    assert unbroken_since(earlier, NOW) == Period(months=1).before(NOW) + 4 * DAY


MOMENTS = st.integers(0, 30_000).map(lambda hours: NOW + hours * timedelta(hours=1))
PERIODS = st.builds(Period, days=st.integers(5, 40), months=st.integers(0, 14)) | st.builds(
    Period, months=st.integers(1, 30)
)


@given(PERIODS, MOMENTS, st.integers(0, 1_500))
def test_nothing_has_lapsed_of_whom_nobody_has_to_look_at(
    period: Period, now: datetime, hours: int
) -> None:
    notice = noticed(lasts=Lasting(period, Since.LAST_INTEREST))
    since = unbroken_since(notice, now)
    assert since is not None
    last = min(since + MS + timedelta(hours=hours), now)
    if last > since:
        assert period.after(last) > now


@pytest.mark.parametrize(
    ("notice", "made", "gone"),
    [
        (noticed(lasts=BY_INTEREST), decided(NOW - 30 * DAY), False),
        (noticed(lasts=BY_INTEREST), decided(NOW - 31 * DAY), True),
        (noticed(lasts=BY_INTEREST), decided(NOW - 31 * DAY - MS), True),
        (noticed(lasts=BY_INTEREST), decided(NOW - 31 * DAY + MS), False),
        (noticed(lasts=BY_INTEREST), decided(NOW - 99 * DAY, NOW - 30 * DAY), False),
        (noticed(lasts=BY_INTEREST), decided(NOW - 99 * DAY, NOW - 31 * DAY), True),
        (noticed(lasts=Lasting(Period(months=1))), decided(NOW - 99 * DAY), False),
        (noticed(), decided(NOW - 9_999 * DAY), False),
        (association(), decided(NOW - 9_999 * DAY), False),
        (
            noticed(widenings=(Widening("2027-01-01", lasts=BY_INTEREST),)),
            decided(NOW - 31 * DAY),
            True,
        ),
    ],
)
def test_a_sign_comes_too_late(notice: Notice, made: Decided, gone: bool) -> None:
    known = replace(standing(), decisions={CONSENT: made})
    found = lapses(known, notice, NOW)
    assert (found != {}) is gone
    if gone:
        purpose = notice.purposes[CONSENT]
        assert found == {(CONSENT, 3): ends_at(made, purpose, notice.widenings[CONSENT])}


def test_a_refusal_does_not_lapse() -> None:
    refused = replace(decided(NOW - 99 * DAY), decision=Decision.WITHDRAWN)
    known = replace(standing(), decisions={CONSENT: refused})
    assert lapses(known, noticed(lasts=BY_INTEREST), NOW) == {}


def test_what_lapsed_before_is_still_told() -> None:
    before = NOW - 50 * DAY
    made = decided(NOW - 99 * DAY, NOW - DAY, lapsed_at=before)
    known = replace(standing(), decisions={CONSENT: made, OTHER: decided(NOW - DAY)})
    assert lapses(known, noticed(lasts=BY_INTEREST), NOW) == {(CONSENT, 3): before}

"""Ends are true to the calendar of the notice's zone, and no weekend or holiday moves them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import STORED, Ending
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice, Period, RetentionRule
from tests.unit.core.samples import NOW, document_in, shipped

ROME, NEW_YORK, TOKYO = (
    ZoneInfo(zone) for zone in ("Europe/Rome", "America/New_York", "Asia/Tokyo")
)


def rule(zone: ZoneInfo, **period: int) -> RetentionRule:
    return RetentionRule(
        "r", "standing", "registered", Period(**period), "erase", {}, {}, zone=zone
    )


@pytest.mark.parametrize(
    ("zone", "period", "since", "ends"),
    [
        # The last day of a month, and half past midnight, which is the day before in UTC.
        (ROME, {"months": 1}, "2027-01-31T00:30", "2027-02-28T00:30"),
        (ROME, {"months": 1}, "2028-01-31T00:30", "2028-02-29T00:30"),
        (ROME, {"months": 1}, "2027-01-30T23:30", "2027-02-28T23:30"),
        (ROME, {"months": 1}, "2027-03-31T12:00", "2027-04-30T12:00"),
        (NEW_YORK, {"months": 1}, "2027-01-31T21:00", "2027-02-28T21:00"),
        (TOKYO, {"months": 1}, "2027-01-31T05:00", "2027-02-28T05:00"),
        # The leap day.
        (ROME, {"years": 1}, "2028-02-29T00:30", "2029-02-28T00:30"),
        (ROME, {"years": 4}, "2028-02-29T00:30", "2032-02-29T00:30"),
        (ROME, {"months": 12}, "2027-02-28T00:30", "2028-02-28T00:30"),
        (ROME, {"days": 1}, "2028-02-28T00:30", "2028-02-29T00:30"),
        # Clocks go forward on 28 March 2027 and back on 31 October 2027: the hour stays.
        (ROME, {"days": 1}, "2027-03-27T12:00", "2027-03-28T12:00"),
        (ROME, {"days": 7}, "2027-10-28T12:00", "2027-11-04T12:00"),
        (ROME, {"months": 6}, "2026-11-22T17:00", "2027-05-22T17:00"),
        (ROME, {"days": 0}, "2027-03-28T03:30", "2027-03-28T03:30"),
        # A Sunday, Christmas, and the first of the year stay what they are.
        (ROME, {"days": 7}, "2027-12-18T10:00", "2027-12-25T10:00"),
        (ROME, {"days": 7}, "2026-12-25T10:00", "2027-01-01T10:00"),
        (ROME, {"days": 1}, "2026-11-28T10:00", "2026-11-29T10:00"),
    ],
)
def test_an_end_has_the_day_and_the_hour_of_its_place(
    zone: ZoneInfo, period: dict[str, int], since: str, ends: str
) -> None:
    start, end = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in (since, ends))
    found = rule(zone, **period).ends(start.astimezone(UTC))
    assert found == end.astimezone(UTC)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("since", "ends"),
    [
        # Half past two does not happen on 28 March: the clock shows half past three.
        ("2027-03-27T01:30:00+00:00", "2027-03-28T01:30:00+00:00"),
        # It happens twice on 31 October: the first of the two counts.
        ("2027-10-30T00:30:00+00:00", "2027-10-31T00:30:00+00:00"),
    ],
)
def test_an_hour_that_is_missing_or_comes_twice(since: str, ends: str) -> None:
    found = rule(ROME, days=1).ends(datetime.fromisoformat(since))
    assert found == datetime.fromisoformat(ends)


def test_a_day_is_not_always_24_hours() -> None:
    before = datetime(2027, 3, 27, 12, tzinfo=ROME).astimezone(UTC)
    assert rule(ROME, days=1).ends(before) - before == timedelta(hours=23)
    before = datetime(2027, 10, 30, 12, tzinfo=ROME).astimezone(UTC)
    assert rule(ROME, days=1).ends(before) - before == timedelta(hours=25)


@given(
    st.sampled_from([ROME, NEW_YORK, TOKYO]),
    st.integers(0, 400),
    st.integers(0, 60),
    st.integers(0, 20_000),
)
def test_a_later_beginning_never_ends_earlier(
    zone: ZoneInfo, days: int, months: int, hours: int
) -> None:
    kept = rule(zone, days=days, months=months)
    start = NOW + timedelta(hours=hours)
    later = start + timedelta(hours=1)
    # A clock that goes back an hour may show the same time for both.
    assert kept.ends(start) <= kept.ends(later) + timedelta(hours=1)
    assert kept.ends(start) >= start - timedelta(hours=1)


def test_a_period_beyond_all_calendars_does_not_end() -> None:
    for zone in (ROME, NEW_YORK, TOKYO):
        assert rule(zone, years=9_000).ends(NOW).year == 9999


@pytest.mark.parametrize("zone", ["Europe/Rome", "America/New_York"])
def test_the_zone_is_the_notice_s_for_what_this_software_ends(zone: str) -> None:
    notice = in_zone(zone)
    for one in notice.retention.values():
        known = STORED[one.kind].rule(one.event)
        assert known is not None
        by_itself = known.ending in {Ending.EXPIRY, Ending.BUCKET}
        assert one.zone == (UTC if by_itself else ZoneInfo(zone))


def test_two_places_end_an_account_on_their_own_day() -> None:
    since = datetime(2027, 1, 31, 3, tzinfo=UTC)  # still the 30th in New York
    rome, york = (
        in_zone(zone).rule("standing", "registered") for zone in ("Europe/Rome", "America/New_York")
    )
    month = Period(months=1)
    ends = [
        RetentionRule("r", "standing", "x", month, "erase", {}, {}, zone=one.zone).ends(since)
        for one in (rome, york)
    ]
    assert [one.isoformat() for one in ends] == [
        "2027-02-28T03:00:00+00:00",
        "2027-03-01T03:00:00+00:00",
    ]


def in_zone(zone: str) -> Notice:
    document = document_in(shipped().locales)
    document["requests"]["calendar"]["zone"] = zone
    return compile_notice(document, STORED)

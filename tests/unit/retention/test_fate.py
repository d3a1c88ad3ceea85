from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.notices.model import Period, RetentionRule
from chalicelib.retention.model import Fate, fate
from tests.unit.core.samples import NOW, shipped

MS = timedelta(milliseconds=1)


def rule(then: str = "erase", **period: int) -> RetentionRule:
    return RetentionRule("r", "standing", "registered", Period(**period), then, {}, {})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "since", "ends"),
    [
        ({"days": 0}, "2026-11-22T16:00:00", "2026-11-22T16:00:00"),
        ({"days": 7}, "2026-11-22T16:00:00", "2026-11-29T16:00:00"),
        ({"days": 1}, "2028-02-28T12:00:00", "2028-02-29T12:00:00"),
        ({"days": 1}, "2026-02-28T12:00:00", "2026-03-01T12:00:00"),
        ({"days": 366}, "2027-03-01T00:00:00", "2028-03-01T00:00:00"),
        ({"months": 1}, "2026-01-31T10:00:00", "2026-02-28T10:00:00"),
        ({"months": 1}, "2028-01-31T10:00:00", "2028-02-29T10:00:00"),
        ({"months": 1}, "2026-03-31T10:00:00", "2026-04-30T10:00:00"),
        ({"months": 12}, "2028-02-29T08:00:00", "2029-02-28T08:00:00"),
        ({"months": 24}, "2026-11-22T16:00:00", "2028-11-22T16:00:00"),
        ({"months": 48}, "2024-02-29T08:00:00", "2028-02-29T08:00:00"),
        ({"years": 1}, "2028-02-29T08:00:00", "2029-02-28T08:00:00"),
        ({"years": 4}, "2024-02-29T08:00:00", "2028-02-29T08:00:00"),
        ({"years": 100}, "2000-02-29T00:00:00", "2100-02-28T00:00:00"),
        ({"years": 5}, "2026-12-31T23:59:59", "2031-12-31T23:59:59"),
        ({"years": 1, "months": 1, "days": 1}, "2027-01-31T00:00:00", "2028-03-01T00:00:00"),
    ],
)
@pytest.mark.parametrize(
    ("then", "over"),
    [("erase", Fate.ERASE), ("review", Fate.REVIEW), ("anonymise", Fate.ANONYMISE)],
)
def test_a_record_is_kept_to_its_last_millisecond_and_not_a_moment_longer(
    period: dict[str, int], since: str, ends: str, then: str, over: Fate
) -> None:
    applied, start, end = rule(then, **period), at(since), at(ends)
    if start < end:
        assert fate(applied, start, start) is Fate.KEEP
    assert fate(applied, start, end - MS) is Fate.KEEP
    assert fate(applied, start, end) is over
    assert fate(applied, start, end + timedelta(days=10_000)) is over


def test_the_clock_of_another_zone_tells_the_same() -> None:
    rome = timezone(timedelta(hours=1))
    ended = at("2026-11-29T16:00:00")
    assert fate(rule(days=7), at("2026-11-22T16:00:00"), ended.astimezone(rome)) is Fate.ERASE
    early = (ended - MS).astimezone(rome)
    assert fate(rule(days=7), at("2026-11-22T16:00:00"), early) is Fate.KEEP


def test_a_period_beyond_all_calendars_keeps() -> None:
    assert fate(rule(years=9_999), NOW, datetime(9998, 1, 1, tzinfo=UTC)) is Fate.KEEP


@given(st.integers(0, 400), st.integers(0, 60), st.integers(0, 20), st.integers(0, 20_000))
def test_who_is_erased_stays_erased(days: int, months: int, years: int, later: int) -> None:
    if not days + months + years:
        return
    applied = rule(days=days, months=months, years=years)
    ends = applied.ends(NOW)
    assert ends > NOW
    assert fate(applied, NOW, ends + timedelta(days=later)) is Fate.ERASE


@pytest.mark.parametrize(
    ("kind", "event", "days", "expected"),
    [
        ("standing", "registered", 6, Fate.KEEP),
        ("standing", "registered", 7, Fate.ERASE),
        ("standing", "disowned", 0, Fate.ERASE),
        ("email_change", "created", 2, Fate.KEEP),
        ("email_change", "created", 3, Fate.ERASE),
        ("standing", "last_decision", 730, Fate.KEEP),
        ("standing", "last_decision", 731, Fate.ERASE),
        ("standing", "last_activity", 731, Fate.ERASE),
        ("export", "created", 7, Fate.ERASE),
        ("request", "closed", 5 * 365, Fate.KEEP),
        ("request", "closed", 5 * 365 + 1, Fate.ERASE),
    ],
)
def test_the_shipped_rules(kind: str, event: str, days: int, expected: Fate) -> None:
    # From 22 November 2026, with the leap day of 2028 in between.
    now = NOW + timedelta(days=days)
    assert fate(shipped().rule(kind, event), NOW, now) is expected

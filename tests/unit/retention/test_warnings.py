"""When an unused account is warned and when it ends: nobody goes unwarned, whatever runs come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.notices.model import Period, RetentionRule
from chalicelib.retention import warnings
from chalicelib.retention.warnings import End, Step, Wait, Warn
from chalicelib.subjects.model import Warned
from tests.unit.core.samples import shipped

SINCE = datetime(2026, 11, 30, 18, 59, 51, 120_000, UTC)
DAY, MONTH, WEEK = Period(days=1), Period(days=30), Period(days=7)
SECOND = timedelta(seconds=1)


def rule(period: Period, *warn: Period) -> RetentionRule:
    """A rule of unused accounts with that period and those warnings."""
    known = shipped().rule("standing", "last_activity")
    return replace(known, period=period, warn=warn)


SHIPPED = rule(Period(months=24), MONTH, WEEK)
ENDS = SHIPPED.ends(SINCE)


def walk(
    by: RetentionRule, since: datetime, looks: list[datetime]
) -> Iterator[tuple[datetime, Step]]:
    """What happens at each look until the end, where every step is carried out."""
    warned: Warned | None = None
    for now in looks:
        step = warnings.step(by, since, warned, now)
        yield now, step
        if isinstance(step, End):
            return
        if isinstance(step, Warn):
            warned = step.warned


def test_the_shipped_rule_warns_thirty_and_seven_days_before() -> None:
    assert shipped().rule("standing", "last_activity").warn == (MONTH, WEEK)
    looks = [
        SINCE,
        ENDS - timedelta(days=30) - SECOND,
        ENDS - timedelta(days=30),
        ENDS - timedelta(days=7) - SECOND,
        ENDS - timedelta(days=7),
        ENDS - SECOND,
        ENDS,
    ]
    first, early, one, between, two, last, end = (step for _, step in walk(SHIPPED, SINCE, looks))
    assert first == early == Wait(ENDS - timedelta(days=30))
    assert one == Warn(Warned(SINCE, looks[2], ENDS, MONTH), ENDS - timedelta(days=7))
    assert between == Wait(ENDS - timedelta(days=7))
    assert two == Warn(Warned(SINCE, looks[4], ENDS, WEEK), ENDS)
    assert last == Wait(ENDS)
    assert end == End()


def test_an_account_first_seen_after_its_end_gets_every_warning() -> None:
    seen = ENDS + timedelta(days=400)
    later = [seen + timedelta(days=days) for days in (0, 1, 23, 24, 30)]
    steps = [step for _, step in walk(SHIPPED, SINCE, later)]
    ends = seen + timedelta(days=30)
    assert steps == [
        Warn(Warned(SINCE, seen, ends, MONTH), ends - timedelta(days=7)),
        Wait(ends - timedelta(days=7)),
        Warn(Warned(SINCE, later[2], ends, WEEK), ends),
        Wait(ends),
        End(),
    ]


def test_a_last_warning_that_is_late_moves_the_end() -> None:
    given_at = ENDS - timedelta(days=30)
    warned = Warned(SINCE, given_at, ENDS, MONTH)
    late = ENDS + timedelta(hours=5)
    step = warnings.step(SHIPPED, SINCE, warned, late)
    ends = late + timedelta(days=7)
    assert step == Warn(Warned(SINCE, late, ends, WEEK), ends)
    assert warnings.step(SHIPPED, SINCE, step.warned, ends - SECOND) == Wait(ends)
    assert warnings.step(SHIPPED, SINCE, step.warned, ends) == End()


def test_a_later_activity_begins_another_series() -> None:
    warned = Warned(SINCE, ENDS - timedelta(days=7), ENDS, WEEK)
    active = ENDS - timedelta(days=1)
    due_at = SHIPPED.ends(active) - timedelta(days=30)
    assert warnings.step(SHIPPED, active, warned, ENDS) == Wait(due_at)
    step = warnings.step(SHIPPED, active, warned, due_at)
    assert isinstance(step, Warn)
    assert step.warned.ends_at == SHIPPED.ends(active)


def test_a_rule_without_warnings_ends_at_its_end() -> None:
    plain = rule(Period(months=24))
    assert plain.first_look(SINCE) == ENDS
    assert warnings.step(plain, SINCE, None, ENDS - SECOND) == Wait(ENDS)
    assert warnings.step(plain, SINCE, None, ENDS) == End()


@pytest.mark.parametrize("now", [SINCE, ENDS - timedelta(days=31)])
def test_it_is_first_looked_at_when_the_first_warning_is_due(now: datetime) -> None:
    assert SHIPPED.first_look(SINCE) == ENDS - timedelta(days=30)
    assert warnings.step(SHIPPED, SINCE, None, now) == Wait(SHIPPED.first_look(SINCE))


def test_months_are_of_the_calendar() -> None:
    since = datetime(2027, 3, 31, 12, tzinfo=UTC)
    by = rule(Period(months=12), Period(months=1))
    due_at = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert by.first_look(since) == due_at
    step = warnings.step(by, since, None, due_at)
    assert step == Warn(Warned(since, due_at, by.ends(since), by.warn[0]), by.ends(since))


class TestAnotherVersion:
    """What was promised holds, and what is new is given, from where the version before was."""

    GIVEN = Warned(SINCE, ENDS - timedelta(days=30), ENDS, MONTH)

    def test_shorter_does_not_end_before_what_was_promised(self) -> None:
        shorter = rule(Period(months=12), MONTH, WEEK)
        step = warnings.step(shorter, SINCE, self.GIVEN, ENDS - timedelta(days=20))
        assert step == Wait(ENDS - timedelta(days=7))

    def test_without_warnings_does_not_either(self) -> None:
        step = warnings.step(rule(Period(months=12)), SINCE, self.GIVEN, ENDS - SECOND)
        assert step == Wait(ENDS)

    def test_longer_warns_anew(self) -> None:
        longer = rule(Period(months=36), MONTH, WEEK)
        ends = longer.ends(SINCE)
        last = Warned(SINCE, ENDS - timedelta(days=7), ENDS, WEEK)
        assert warnings.step(longer, SINCE, last, ENDS) == Wait(ends - timedelta(days=30))
        step = warnings.step(longer, SINCE, last, ends)
        assert isinstance(step, Warn)
        assert step.warned.ends_at == ends + timedelta(days=30)

    @pytest.mark.parametrize(
        ("warn", "next_one"),
        [((Period(days=60), MONTH, WEEK), 7), ((Period(days=14),), 14), ((MONTH, DAY), 1)],
    )
    def test_with_other_warnings_gives_the_next_that_is_shorter(
        self, warn: tuple[Period, ...], next_one: int
    ) -> None:
        other = rule(Period(months=24), *warn)
        step = warnings.step(other, SINCE, self.GIVEN, ENDS - timedelta(days=29))
        assert step == Wait(ENDS - timedelta(days=next_one))


def average(period: Period) -> float:
    return period.days + 30.44 * period.months


def periods(longest: int) -> st.SearchStrategy[Period]:
    made = st.builds(Period, days=st.integers(0, longest), months=st.integers(0, longest // 30))
    return made.filter(bool)


@st.composite
def rules(draw: st.DrawFn) -> RetentionRule:
    """Rules that the compiler takes: each warning is shorter wherever it begins."""
    longest = draw(periods(800))
    warn: list[Period] = []
    drawn = draw(st.lists(periods(120), max_size=3))
    for period in sorted(drawn, key=average, reverse=True):
        if average(period) + 5 < average(warn[-1] if warn else longest):
            warn.append(period)
    return rule(longest, *warn)


STARTS = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    datetime(2032, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(rules(), STARTS, st.lists(st.integers(0, 3_000), max_size=12))
def test_nobody_goes_unwarned(by: RetentionRule, since: datetime, pauses: list[int]) -> None:
    """However late and rarely a run comes: every warning is given once, and in time."""
    now, warned, given_at = since, None, []
    late = iter(pauses)
    for _ in range(40):
        step = warnings.step(by, since, warned, now)
        if isinstance(step, End):
            break
        if isinstance(step, Wait):
            assert step.until > now, "a look that changes nothing is not repeated at once"
        else:
            warned = step.warned
            given_at.append(warned)
            assert warned == Warned(since, now, warned.ends_at, warned.ahead)
        now = max(now, step.until) + timedelta(hours=next(late, 0))
    else:
        raise AssertionError("it never ends")
    assert [one.ahead for one in given_at] == list(by.warn), "each warning, and none twice"
    assert now >= by.ends(since)
    promised = [one.ends_at for one in given_at]
    assert promised == sorted(promised), "an end is put off, and never brought forward"
    for one in given_at:
        assert now >= one.ends_at >= one.ahead.after(one.at)
    if not any(pauses):
        assert now == by.ends(since), "with runs in time, the end is that of the rule"

"""A month of retention in sums: by rule and day, how late, and whether its records are whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.chain import NOTHING, Head
from chalicelib.retention.evidence import report
from chalicelib.retention.evidence.model import LATE, Line, one, total
from chalicelib.retention.evidence.report import State, month_of
from chalicelib.retention.evidence.run import Run
from chalicelib.retention.model import Outcome
from tests.unit.core.samples import NOW
from tests.unit.retention.evidence.chains import BEGINS, DAY, HOUR, NOVEMBER, RULE, chain, erased

ROME = ZoneInfo("Europe/Rome")


def made(runs: Sequence[Run], head: Head, rule: str | None = None) -> report.Report:
    since = runs[0].at if runs else None
    return report.report(NOVEMBER, rule, runs, head, since, NOW)


def test_a_month_is_that_of_the_notices_zone() -> None:
    assert NOVEMBER.begins.astimezone(UTC) == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert NOVEMBER.ends.astimezone(UTC) == datetime(2026, 11, 30, 23, tzinfo=UTC)
    days = NOVEMBER.days()
    assert (len(days), str(days[0]), str(days[-1])) == (30, "2026-11-01", "2026-11-30")
    assert len(month_of("2026-10", ROME).days()) == 31  # with the day of 25 hours
    assert month_of("2026-12", ROME).ends.year == 2027
    assert len(month_of("2028-02", UTC).days()) == 29


def test_a_month_is_past_running_or_future() -> None:
    states = [NOVEMBER.state(at) for at in (BEGINS - HOUR, BEGINS, NOVEMBER.ends)]
    assert states == [State.FUTURE, State.RUNNING, State.PAST]


@pytest.mark.parametrize("name", ["0000-01", "9999-12"])
def test_a_month_that_no_calendar_has(name: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        month_of(name, ROME)


def test_the_sums_of_a_month_are_those_of_its_runs() -> None:
    runs, head = chain(
        erased(3),
        total("2026-11-22", [erased(2), one("2026-11-22", "sign_in", Outcome.KEPT, count=4)]),
        one("2026-11-22", RULE, Outcome.STUCK, oldest=9 * HOUR),
    )
    found = made(runs, head)
    assert (found.runs, found.batches, found.fault) == (3, 3, None)
    assert found.sums.outcomes == {Outcome.ERASED: 5, Outcome.KEPT: 4, Outcome.STUCK: 1}
    assert [(one.rule, one.line.looked_at) for one in found.rules] == [("sign_in", 4), (RULE, 6)]
    assert found.sums.oldest == 9 * 3600
    assert (found.first, found.last) == (runs[0].link, runs[2].link)
    assert (found.previous, found.head) == (NOTHING, head)
    assert sum(found.days.values()) == 5


def test_one_rule_alone() -> None:
    both = total("2026-11-22", [erased(2), one("2026-11-22", "sign_in", Outcome.ERASED, count=4)])
    runs, head = chain(both)
    found = made(runs, head, "sign_in")
    assert [one.rule for one in found.rules] == ["sign_in"]
    assert (found.sums.looked_at, sum(found.days.values()), found.runs) == (4, 4, 1)


def test_a_rule_is_told_in_the_words_of_its_last_version() -> None:
    runs, head = chain(erased(version="2026-11-22.9"), erased(version="2026-11-22.10"))
    assert [one.version for one in made(runs, head).rules] == ["2026-11-22.10"]


def test_a_day_is_the_one_on_which_it_was_recorded_in_the_notices_zone() -> None:
    runs, head = chain(erased(2), at=datetime(2026, 11, 9, 23, 30, tzinfo=UTC))
    days = {str(day): count for day, count in made(runs, head).days.items() if count}
    assert days == {"2026-11-10": 2}


def test_a_month_without_runs_has_sums_of_nothing() -> None:
    found = report.report(NOVEMBER, None, [], Head(), None, NOW)
    assert (found.runs, found.first, found.last, found.previous) == (0, None, None, None)
    assert (found.fault, found.sums, found.rules) == (None, Line(), ())
    assert (report.most(found.sums), report.p99(found.sums)) == (None, None)
    assert set(found.days.values()) == {0}


def test_what_is_gone_may_lie_in_backups_for_a_while() -> None:
    found = report.report(NOVEMBER, None, [], Head(), None, NOVEMBER.ends + 400 * DAY)
    assert found.recoverable_until == NOVEMBER.ends + 35 * DAY
    assert made(*chain(erased())).recoverable_until == NOW + 35 * DAY


@pytest.mark.parametrize(
    ("late", "most", "p99"),
    [
        ({0: 100}, 0, 0),
        ({0: 99, 1: 1}, 1, 0),
        ({0: 98, 1: 2}, 1, 1),
        ({0: 198, 3: 1, 24: 1}, 24, 0),
        ({2: 1}, 2, 2),
        ({0: 0, 6: 5}, 6, 6),
    ],
)
def test_lateness(late: dict[int, int], most: int, p99: int) -> None:
    line = Line(late=late)
    assert (report.most(line), report.p99(line)) == (most, p99)


@given(st.lists(st.sampled_from(LATE), min_size=1, max_size=300))
def test_99_in_100_are_no_later_than_it_says(hours: list[int]) -> None:
    line = Line(late={step: hours.count(step) for step in LATE if step in hours})
    found, latest = report.p99(line), report.most(line)
    assert found is not None
    assert latest == max(hours) >= found
    assert sum(one <= found for one in hours) * 100 >= 99 * len(hours)
    assert sum(one < found for one in hours) * 100 < 99 * len(hours)


class TestWhole:
    """A month's records follow each other, from the oldest that is kept and up to the head."""

    def test_a_month_in_the_middle_of_the_chain(self) -> None:
        before, head = chain(erased(), at=BEGINS - 5 * HOUR)
        runs, head = chain(erased(), erased(), head=head)
        _, head = chain(erased(), at=NOVEMBER.ends + HOUR, head=head)
        found = report.report(NOVEMBER, None, runs, head, before[0].at, NOW)
        assert found.fault is None
        assert found.previous == before[0].link

    @pytest.mark.parametrize("gone", [0, 1, 2])
    def test_a_record_that_is_missing(self, gone: int) -> None:
        runs, head = chain(erased(), erased(), erased())
        left = [run for number, run in enumerate(runs) if number != gone]
        assert report.report(NOVEMBER, None, left, head, runs[0].at, NOW).fault == gone + 1

    def test_all_records_are_missing(self) -> None:
        runs, head = chain(erased(), erased())
        assert report.report(NOVEMBER, None, [], head, runs[0].at, NOW).fault == 2

    def test_a_record_that_was_changed(self) -> None:
        runs, head = chain(erased(), erased(), erased())
        changed = [runs[0], replace(runs[1], did=erased(9)), runs[2]]
        assert made(changed, head).fault == 2

    def test_a_last_record_that_was_written_anew(self) -> None:
        runs, head = chain(erased(), erased())
        last = replace(runs[1], did=erased(9), stored=None)
        anew = replace(last, stored=last.hash)
        assert made([runs[0], anew], head).fault == 2

    def test_the_oldest_were_pruned(self) -> None:
        runs, head = chain(erased(), erased(), erased())
        pruned = replace(head, pruned=runs[0].link)
        assert report.report(NOVEMBER, None, runs[1:], pruned, runs[1].at, NOW).fault is None
        assert report.report(NOVEMBER, None, runs[2:], pruned, runs[1].at, NOW).fault == 2

    def test_all_were_pruned(self) -> None:
        runs, head = chain(erased())
        pruned = replace(head, pruned=runs[0].link)
        assert report.report(NOVEMBER, None, [], pruned, None, NOW).fault is None

    def test_a_record_that_came_after_the_head_was_read(self) -> None:
        runs, _ = chain(erased(), erased())
        head = Head(runs[0].link, runs[0].at)
        assert made(runs, head).fault is None

"""Chains of runs as they would be stored, and a report on a month of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.chain import Head, Link
from chalicelib.notices.model import Notice
from chalicelib.retention.evidence import report
from chalicelib.retention.evidence.model import Tally, one, total
from chalicelib.retention.evidence.month import Reported
from chalicelib.retention.evidence.report import Month, month_of
from chalicelib.retention.evidence.run import Met, Run, following
from chalicelib.retention.model import Outcome
from tests.unit.core.samples import NOW, shipped

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULE = "visitor_choices"
NOVEMBER: Month = month_of("2026-11", shipped().zone)
BEGINS = NOVEMBER.begins


def chain(*did: Tally, at: datetime = BEGINS, head: Head | None = None) -> tuple[list[Run], Head]:
    """Records of what hourly runs did, as they are stored, and their head."""
    found, head = list[Run](), Head() if head is None else head
    for number, tally in enumerate(did):
        (run,) = following(head, [Met(tally, at)], at + number * HOUR)
        found.append(replace(run, stored=run.hash))
        head = Head(Link(run.seq, run.hash), run.at)
    return found, head


def erased(count: int = 1, late: timedelta = HOUR, version: str = "2026-11-22") -> Tally:
    """A batch that erased so many visitors' choices, so late."""
    return one(version, RULE, Outcome.ERASED, count=count, oldest=late, late=late)


def reported(notice: Notice) -> Reported:
    """A report on two weeks of hourly runs, in which every rule had something of every sort."""
    rules = list(notice.retention)
    did = [
        total(
            notice.version,
            [
                one(
                    notice.version,
                    rules[(number + place) % len(rules)],
                    outcome,
                    count=1 + number * 7 % 90,
                    late=number % 30 * HOUR,
                    oldest=number % 30 * HOUR,
                )
                for place, outcome in enumerate(Outcome)
            ],
        )
        for number in range(14 * 24)
    ]
    runs, head = chain(*did)
    found = report.report(NOVEMBER, None, runs, head, runs[0].at, NOW)
    return Reported(found, f"{'a' * 100}.{'b' * 4_000}.{'c' * 86}", {notice.version: notice})

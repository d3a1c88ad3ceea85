"""The report on a month of retention: sums of its runs, by rule and by day, of nobody. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from chalicelib.chain import Head, Link, first_break
from chalicelib.notices.model import version_order
from chalicelib.retention.evidence.model import Line
from chalicelib.retention.evidence.run import Run
from chalicelib.retention.model import Outcome

GONE: Final = (Outcome.ERASED, Outcome.ANONYMISED, Outcome.DEACTIVATED)
"""The outcomes of a record whose period came to its end."""

BACKUPS: Final = timedelta(days=35)
"""Time for which DynamoDB's recovery to a point in time can bring a table back as it was."""


class State(StrEnum):
    """Where a month lies: a past one changes no more, a future one has nothing yet."""

    PAST = "past"
    RUNNING = "running"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Month:
    """A month, such as `2026-11`, in the notice's zone: from `begins` on and before `ends`."""

    name: str
    begins: datetime
    ends: datetime
    zone: tzinfo

    def state(self, now: datetime) -> State:
        """Returns where the month lies at a time."""
        if now < self.begins:
            return State.FUTURE
        return State.RUNNING if now < self.ends else State.PAST

    def days(self) -> list[date]:
        """Lists its days."""
        first = self.begins.astimezone(self.zone).date()
        last = self.ends.astimezone(self.zone).date()
        return [first + number * timedelta(days=1) for number in range((last - first).days)]

    def has(self, moment: datetime | None) -> bool:
        """Tells whether a moment lies in it."""
        return moment is not None and self.begins <= moment < self.ends


@dataclass(frozen=True, slots=True)
class OfRule:
    """The sums of one rule, and the last version of the notice by which the month's runs acted."""

    rule: str
    version: str
    line: Line


@dataclass(frozen=True, slots=True)
class Report:
    """The sums of a month's runs, or of one rule in them, and their place in the chain.

    `runs` are the records of the month, of which `first` and `last` are the ends and `previous` the
    one before; None without any. `fault` is the number of the first that is not as it was written.
    `since` is the time of the oldest record that is kept. `took` is in milliseconds. `days` has the
    records that went on each day of the month.
    """

    month: Month
    rule: str | None
    made_at: datetime
    since: datetime | None
    runs: int
    batches: int
    took: int
    previous: Link | None
    first: Link | None
    last: Link | None
    head: Head
    fault: int | None
    sums: Line
    rules: tuple[OfRule, ...]
    days: Mapping[date, int]

    @property
    def state(self) -> State:
        """Where the month lay when the report was made."""
        return self.month.state(self.made_at)

    @property
    def recoverable_until(self) -> datetime:
        """The end of the time in which backups can still have what the month's last run erased."""
        return min(self.made_at, self.month.ends) + BACKUPS


def month_of(name: str, zone: tzinfo) -> Month:
    """Returns a month, given as `2026-11`, in a zone. Raises ValueError for what is none."""
    year, number = int(name[:4]), int(name[5:])
    begins = datetime(year, number, 1, tzinfo=zone)
    # The month after the last of all is a year that no datetime has.
    ends = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone)
    return Month(name, begins, ends, zone)


def report(
    month: Month,
    rule: str | None,
    runs: Sequence[Run],
    head: Head,
    since: datetime | None,
    now: datetime,
) -> Report:
    """Returns the report on a month's runs, oldest first; of all rules, or of one.

    `since` is the time of the oldest record of the whole chain.
    """
    lines: dict[str, Line] = {}
    versions: dict[str, str] = {}
    days = dict.fromkeys(month.days(), 0)
    for run in runs:
        day = run.at.astimezone(month.zone).date()
        for name, line in run.did.lines.items():
            if rule is None or name == rule:
                lines[name] = lines.get(name, Line()) + line
                versions[name] = max(
                    versions.get(name, run.did.version), run.did.version, key=version_order
                )
                days[day] += gone(line)
    first, last = (runs[0], runs[-1]) if runs else (None, None)
    return Report(
        month=month,
        rule=rule,
        made_at=now,
        since=since,
        runs=len(runs),
        batches=sum(run.batches for run in runs),
        took=sum(run.did.took for run in runs),
        previous=None if first is None else Link(first.seq - 1, first.previous),
        first=None if first is None else first.link,
        last=None if last is None else last.link,
        head=head,
        fault=fault(month, runs, head, since),
        sums=added(lines.values()),
        rules=tuple(OfRule(name, versions[name], lines[name]) for name in sorted(lines)),
        days=days,
    )


def fault(month: Month, runs: Sequence[Run], head: Head, since: datetime | None) -> int | None:
    """Returns the number of the first of a month's records that is not as it was written, or None.

    The records have to follow each other, from the oldest that is kept and up to the head where
    these lie in the month.
    """
    if not runs:
        return head.last.seq if month.has(head.at) and since is not None else None
    before = Link(runs[0].seq - 1, runs[0].previous)
    if month.has(since) and before != head.pruned:
        return head.pruned.seq + 1
    found, last = first_break(runs, before)
    if found is not None:
        return found
    if month.has(head.at):
        if last.seq < head.last.seq:
            return last.seq + 1
        ends = next((run for run in runs if run.seq == head.last.seq), None)
        if ends is None or ends.hash != head.last.hash:
            return head.last.seq
    return None


def added(lines: Iterable[Line]) -> Line:
    """Returns the sum of lines."""
    return sum(lines, Line())


def gone(line: Line) -> int:
    """Returns the number of records whose period came to its end."""
    return sum(line.outcomes.get(outcome, 0) for outcome in GONE)


def most(line: Line) -> int | None:
    """Returns the hours by which the latest of the records that ended was late; None without any.

    Hours are those of the steps in which they are counted (`model.LATE`), rounded down.
    """
    return max((hours for hours, count in line.late.items() if count), default=None)


def p99(line: Line) -> int | None:
    """Returns the hours by which 99 in 100 of the records that ended were late at most, or None.

    Hours are rounded down as in `most`.
    """
    ended = sum(line.late.values())
    if not ended:
        return None
    enough, seen = ended * 99, 0
    for hours in sorted(line.late):
        seen += line.late[hours]
        if seen * 100 >= enough:
            return hours
    raise AssertionError("the last step has all of them")

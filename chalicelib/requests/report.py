"""The report on the requests that were received in a month: counts and days, without ids. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from chalicelib.requests.machine import Status

OPEN: Final = "open"
"""The outcome of a request that has no answer yet."""

_ANSWERED: Final = frozenset({str(Status.COMPLETED), str(Status.REFUSED)})


@dataclass(frozen=True, slots=True)
class Counted:
    """The facts of one request that a report counts.

    `days` are the civil days from receipt to the answer; None without one. `overdue` says that the
    answer came late, or is late now.
    """

    right: str
    channel: str
    outcome: str
    days: int | None
    extended: bool
    overdue: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The requests of one right, channel and outcome; of all where these are None."""

    right: str | None
    channel: str | None
    outcome: str | None
    received: int
    median_days: float | None
    longest_days: int | None
    extended: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Report:
    """The requests that were received in a month of the notice's zone, such as `2026-11`."""

    month: str
    whole: Row
    rights: dict[str, int]
    channels: dict[str, int]
    outcomes: dict[str, int]
    rows: tuple[Row, ...]


def counted(
    right: str,
    channel: str,
    status: Status,
    days: tuple[date, date | None],
    *,
    extended: bool,
    overdue: bool,
) -> Counted:
    """Returns what is counted of a request; `days` are those of its receipt and of its answer."""
    received, answered = days
    outcome = str(status)
    if outcome not in _ANSWERED and status is not Status.CANCELLED:
        outcome = OPEN
    taken = (answered - received).days if outcome in _ANSWERED and answered is not None else None
    return Counted(right, channel, outcome, taken, extended, overdue)


def report(month: str, found: Iterable[Counted]) -> Report:
    """Returns the report on a month's requests: one row for each right, channel and outcome."""
    every = list(found)
    groups: dict[tuple[str, str, str], list[Counted]] = {}
    for one in every:
        groups.setdefault((one.right, one.channel, one.outcome), []).append(one)
    return Report(
        month,
        _row((None, None, None), every),
        dict(sorted(Counter(one.right for one in every).items())),
        dict(sorted(Counter(one.channel for one in every).items())),
        dict(sorted(Counter(one.outcome for one in every).items())),
        tuple(_row(key, group) for key, group in sorted(groups.items())),
    )


def _row(key: tuple[str | None, str | None, str | None], group: Sequence[Counted]) -> Row:
    # Imported here: it loads decimals and fractions, and few calls need a report.
    from statistics import median

    days = [one.days for one in group if one.days is not None]
    return Row(
        *key,
        received=len(group),
        median_days=float(median(days)) if days else None,
        longest_days=max(days, default=None),
        extended=sum(one.extended for one in group),
        overdue=sum(one.overdue for one in group),
    )

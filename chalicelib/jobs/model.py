"""The rules of jobs: how long a worker may hold one, and when it is sent again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

QUEUES: Final = ("mail", "fulfilment", "retention", "announcements", "propagation")
"""The queues whose messages hold ids alone."""


@dataclass(frozen=True, slots=True)
class Task:
    """The work of one job: an action on one record of one subject. Ids only."""

    subject: str
    action: str
    target: str


LEASE = timedelta(minutes=6)
"""Longest time that a worker holds a job: longer than any queue function may run."""

SKEW = timedelta(minutes=1)
"""Most time by which the clock of a worker may be behind that of the function that asked for a job.

A job is free from then on before it was made: a worker that is a moment behind would take it for
leased, drop its message, and leave the work to the relay."""

FIRST_CHECK = timedelta(minutes=10)
"""Time from recording a job to the relay's first check of whether it was done.

The queue may still be retrying it then: a second message does no harm, since the lease lets one
worker at a time have the job."""

LONGEST_WAIT = timedelta(hours=12)
"""The relay's longest pause between two sendings of one job."""


def wait(attempts: int) -> timedelta:
    """Time until the next check of a job that was tried `attempts` times.

    It doubles each time, up to 12 hours.
    """
    return min(FIRST_CHECK * (1 << min(attempts, 10)), LONGEST_WAIT)


def next_check(now: datetime, attempts: int) -> datetime:
    """Instant of the next check of a job that was tried `attempts` times."""
    return now + wait(attempts)

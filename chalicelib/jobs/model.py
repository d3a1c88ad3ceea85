"""The rules of jobs: how long a worker may hold one, and when it is sent again."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Task:
    """What a job asks for: which action, on which record of which subject. Ids only."""

    subject: str
    action: str
    target: str


LEASE = timedelta(minutes=6)
"""How long a worker may hold a job: longer than any queue function may run."""

FIRST_CHECK = timedelta(minutes=10)
"""When the relay first asks whether a job was finished.

The queue may still be retrying it then: a second message does no harm, since the lease lets one
worker at a time have the job."""

LONGEST_WAIT = timedelta(hours=12)
"""The relay's longest pause between two sendings of one job."""


def wait(attempts: int) -> timedelta:
    """How long to wait before looking again at a job that was tried `attempts` times.

    The wait doubles each time, up to 12 hours.
    """
    return min(FIRST_CHECK * (1 << min(attempts, 10)), LONGEST_WAIT)


def next_check(now: datetime, attempts: int) -> datetime:
    """When to look again at a job that was tried `attempts` times."""
    return now + wait(attempts)

"""Retries calls that DynamoDB cancels because another one was at the same items.

botocore does not retry a cancelled transaction. Nothing of it was written, so it is sent again
here, after a pause with full jitter. Callers without any relation may write one item: all failed
sign-ins of a network write one counter. Of sixty that come at once, with transactions of 10 ms,
each gets its turn.
"""

import itertools
import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

from chalicelib import logs
from chalicelib.errors import Contention, Unavailable
from chalicelib.storage.condition import ConditionFailed

T = TypeVar("T")

ATTEMPTS = 14
"""Number of attempts of a call that keeps meeting others: about two seconds."""

PATIENCE = timedelta(seconds=5)
"""Time for which a write that loses the race for the head of a chain is retried."""

LONGEST_PAUSE = 0.4
"""Longest pause between two attempts, in seconds."""

CONFLICT = "TransactionConflict"
"""DynamoDB's code for it, in the reasons of a cancelled transaction."""


class Contended(Unavailable):
    """Other calls kept using the same items; nothing was written, and the caller may try again."""


def attempts(patience: timedelta | None = None) -> Iterator[int]:
    """Yields the numbers of the attempts from 0, after a pause with full jitter before each but 0.

    Yields ATTEMPTS numbers, or as many as begin within `patience`.
    """
    started = time.monotonic()
    for attempt in itertools.count():
        if attempt:
            if _is_over(attempt, started, patience):
                return
            most = min(LONGEST_PAUSE, 0.01 * 2**attempt)
            time.sleep(random.uniform(0, most))  # noqa: S311 - jitter
        yield attempt


def patiently(once: Callable[[], T], patience: timedelta | None = None) -> T:
    """Returns the answer of the first call of `once` that does not lose a race.

    A call that raises ConditionFailed or Contended has lost. Raises Contention when calls kept
    losing for `patience` (PATIENCE by default).
    """
    lost = 0
    for _ in attempts(PATIENCE if patience is None else patience):
        try:
            return once()
        except (ConditionFailed, Contended):
            lost += 1
    logs.log("capture.contended", attempt=lost)
    raise Contention("Too many decisions at once; try again.")


def _is_over(attempt: int, started: float, patience: timedelta | None) -> bool:
    if patience is None:
        return attempt == ATTEMPTS
    return time.monotonic() - started > patience.total_seconds()

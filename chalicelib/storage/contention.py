"""What to do when DynamoDB cancels a call because another one was at the same items.

botocore does not send a cancelled transaction again. Nothing of it was done, so here it is sent
again, after a pause with full jitter, some times over. All who fail to sign in on one network write
one counter, so many may be at one item who have nothing to do with each other: each of sixty that
come at once, with transactions of 10 ms, gets its turn.
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
"""How often a call is sent that keeps meeting others: for about two seconds."""

PATIENCE = timedelta(seconds=5)
"""For how long a write that keeps losing the race for the head of a chain is tried again."""

LONGEST_PAUSE = 0.4
"""Seconds between two attempts at most."""

CONFLICT = "TransactionConflict"
"""DynamoDB's word for it, in the reasons of a cancelled transaction."""


class Contended(Unavailable):
    """Others kept using the same items; nothing was done, try again."""


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

    A call has lost that raises ConditionFailed or Contended. Raises Contention when calls kept
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

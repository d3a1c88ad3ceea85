"""What to do when DynamoDB cancels a call because another one was at the same items.

botocore does not send a cancelled transaction again. Nothing of it was done, so here it is sent
again, after a pause with full jitter, some times over. All who fail to sign in on one network write
one counter, so many may be at one item who have nothing to do with each other: each of sixty that
come at once, with transactions of 10 ms, gets its turn.
"""

import random
import time
from collections.abc import Iterator

from chalicelib.errors import Unavailable

ATTEMPTS = 14
"""How often a call is sent that keeps meeting others: for about two seconds."""

LONGEST_PAUSE = 0.4
"""Seconds between two attempts at most."""

CONFLICT = "TransactionConflict"
"""DynamoDB's word for it, in the reasons of a cancelled transaction."""


class Contended(Unavailable):
    """Others kept using the same items; nothing was done, try again."""


def attempts() -> Iterator[int]:
    """The numbers of the attempts, with a pause after each but the last."""
    for attempt in range(ATTEMPTS):
        if attempt:
            most = min(LONGEST_PAUSE, 0.01 * 2**attempt)
            time.sleep(random.uniform(0, most))  # noqa: S311 - jitter
        yield attempt

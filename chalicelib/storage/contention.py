"""What to do when DynamoDB cancels a call because another one was at the same items.

botocore does not send a cancelled transaction again. Nothing of it was done, so here it is sent
again, after a pause with full jitter, some times over.
"""

import random
import time
from collections.abc import Iterator

from chalicelib.errors import Unavailable

ATTEMPTS = 6
"""How often a call is sent that keeps meeting others: for about a third of a second."""

CONFLICT = "TransactionConflict"
"""DynamoDB's word for it, in the reasons of a cancelled transaction."""


class Contended(Unavailable):
    """Others kept using the same items; nothing was done, try again."""


def attempts() -> Iterator[int]:
    """The numbers of the attempts, with a pause after each but the last."""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter
        yield attempt

"""The rate of mails: how much of the quota of SES each function uses, as pure rules.

SES takes so many mails a second of an account and refuses the rest (`Throttling`). Two functions
send: `mail` what somebody waits for, `announcements` what a version tells everybody. Both run in
several workers at once, and no worker knows of the others: each keeps to its part of the rate.
"""

from math import ceil
from typing import Final

DEFAULT: Final = 14
"""Mails a second that SES gives an account when it leaves the sandbox."""

SHARE: Final = 0.8
"""The part of the quota that a mailing to many may use: the rest is kept for mails that people
wait for."""

BY_TELLER: Final = 10
"""Mails a second that one worker of `announcements` gets done (docs/performance.md reckons it)."""

BY_SENDER: Final = 8
"""Mails a second that one worker of `mail` gets done at most (docs/performance.md reckons it)."""

FEWEST, MOST_TELLERS, MOST_SENDERS = 2, 16, 100
"""Bounds of workers: SQS invokes at least two at once, and the index has sixteen shards to tell."""

LEAST: Final = 0.1
"""Mails a second below which no worker goes: a page would outlast its function."""


def tellers(a_second: float) -> int:
    """Returns how many workers of `announcements` run at once for a quota of mails a second."""
    return min(MOST_TELLERS, max(FEWEST, ceil(a_second * SHARE / BY_TELLER)))


def senders(a_second: float) -> int:
    """Returns how many workers of `mail` run at once for a quota of mails a second."""
    return min(MOST_SENDERS, max(FEWEST, int(a_second // BY_SENDER)))


def pace(a_second: float, deployed: float) -> float:
    """Returns the mails a second of one worker of `announcements`.

    `a_second` is the quota as SES tells it now, `deployed` the one that the number of workers was
    reckoned from: the smaller one holds.
    """
    return max(min(a_second, deployed) * SHARE / tellers(deployed), LEAST)

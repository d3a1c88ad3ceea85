"""The fate of a record at a point in time, by the notice's rule, and the timing of a sweep."""

from datetime import datetime, timedelta
from enum import Enum

from chalicelib.notices.model import RetentionRule

OLDEST_DUE = "RetentionOldestDue"
"""The metric of the age, in seconds, of the oldest due item that a sweep left; 0 for none."""

FIRST_PAUSE = timedelta(minutes=50)
"""Time to the second try of an item that failed once; the next sweep tries it again."""

LONGEST_PAUSE = timedelta(hours=12)
"""The longest time between two tries of an item. The alarm on the oldest item looks further
back."""

WORKS = 0.8
"""The share of its time in which a sweep acts; in the rest it counts the items that are left."""


class Fate(Enum):
    """The action on a record whose period is looked at."""

    KEEP = "keep"
    ERASE = "erase"
    REVIEW = "review"


def fate(rule: RetentionRule, since: datetime, now: datetime) -> Fate:
    """Returns the fate of a record whose period began at `since`, by a rule.

    The rule is the one in force now: a period that a later notice shortened or lengthened applies
    from the same beginning. A rule that anonymises gives REVIEW, since no record kind defines how
    yet.
    """
    if rule.ends(since) > now:
        return Fate.KEEP
    return Fate.ERASE if rule.then == "erase" else Fate.REVIEW


def is_over(whole: timedelta, remaining: timedelta) -> bool:
    """Tells whether a sweep that had `whole` has to stop now that `remaining` is left of it."""
    return whole - remaining >= WORKS * whole


def pause(tries: int) -> timedelta:
    """Returns the time to the next try of an item that failed `tries` times: doubling, bounded."""
    return min(FIRST_PAUSE * (1 << min(tries - 1, 10)), LONGEST_PAUSE)

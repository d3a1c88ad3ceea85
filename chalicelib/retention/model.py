"""What time does to a record, by the notice's rule."""

from datetime import datetime, timedelta
from enum import Enum

from chalicelib.notices.model import RetentionRule

OLDEST_DUE = "RetentionOldestDue"
"""The metric: for how many seconds the oldest item is due that a sweep left behind, 0 for none."""

FIRST_PAUSE = timedelta(minutes=50)
"""How long an item rests that could not be handled once: it is tried again by the next sweep."""

LONGEST_PAUSE = timedelta(hours=12)
"""The longest rest between two tries of one item. The alarm on the oldest looks further back."""

WORKS = 0.8
"""The share of its time that a sweep works; the rest is for saying what is left."""


class Fate(Enum):
    """What is to be done with a record now."""

    KEEP = "keep"
    ERASE = "erase"
    REVIEW = "review"


def fate(rule: RetentionRule, since: datetime, now: datetime) -> Fate:
    """What the rule says of a record whose period began at `since`.

    The rule is the one in force now: a period that a later notice shortened or lengthened is
    applied to the same beginning. What is to be anonymised is reviewed until a kind says how.
    """
    if rule.ends(since) > now:
        return Fate.KEEP
    return Fate.ERASE if rule.then == "erase" else Fate.REVIEW


def is_over(whole: timedelta, remaining: timedelta) -> bool:
    """Whether a sweep that had `whole` has to stop now that `remaining` is left of it."""
    return whole - remaining >= WORKS * whole


def pause(tries: int) -> timedelta:
    """How long an item rests after it could not be handled `tries` times: doubling, bounded."""
    return min(FIRST_PAUSE * (1 << min(tries - 1, 10)), LONGEST_PAUSE)

"""The fate of a record at a point in time, by the notice's rule."""

from datetime import datetime
from enum import Enum

from chalicelib.notices.model import RetentionRule

OLDEST_DUE = "RetentionOldestDue"
"""The metric of the age, in seconds, of the oldest due item that a sweep left; 0 for none."""


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

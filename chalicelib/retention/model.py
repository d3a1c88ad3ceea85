"""The fate of a record at a point in time, by the notice's rule."""

from datetime import datetime
from enum import Enum, StrEnum

from chalicelib.notices.model import RetentionRule

OLDEST_DUE = "RetentionOldestDue"
"""The metric of the age, in seconds, of the oldest due item that a sweep left; 0 for none."""


class Fate(Enum):
    """The action on a record whose period is looked at."""

    KEEP = "keep"
    ERASE = "erase"
    REVIEW = "review"


class Outcome(StrEnum):
    """The result of a look at a record that was due."""

    ERASED = "erased"
    ANONYMISED = "anonymised"
    DEACTIVATED = "deactivated"
    WARNED = "warned"
    """Its person was told that it is going to end."""
    KEPT = "kept"
    """Its period has not ended, or it is needed still: it has a later date."""
    HELD = "held"
    """A hold keeps it."""
    RESTRICTED = "restricted"
    """A restriction of processing keeps it (GDPR art. 18(2))."""
    REVIEWED = "reviewed"
    """It waits for a person's decision."""
    STUCK = "stuck"
    """It could not be handled so often that it was set aside, and somebody was told."""
    FAILED = "failed"
    """It could not be handled, and is tried again."""


def fate(rule: RetentionRule, since: datetime, now: datetime) -> Fate:
    """Returns the fate of a record whose period began at `since`, by a rule.

    The rule is the one in force now: a period that a later notice shortened or lengthened applies
    from the same beginning. A rule that anonymises gives REVIEW, since no record kind defines how
    yet.
    """
    if rule.ends(since) > now:
        return Fate.KEEP
    return Fate.ERASE if rule.then == "erase" else Fate.REVIEW

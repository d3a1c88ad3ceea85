"""What time does to a record, by the notice's rule."""

from datetime import datetime
from enum import Enum

from chalicelib.notices.model import RetentionRule


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

"""The fate of a record at a point in time, by the notice's rule, and what came of looking at it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Final

from chalicelib.notices.model import RetentionRule

OLDEST_DUE = "RetentionOldestDue"
"""The metric of the age, in seconds, of the oldest due item that was left; 0 for none."""

LEFT: Final = "RetentionLeft"
"""The metric of the number of due items that a run of the schedule left."""

STUCK: Final = "RetentionStuck"
"""The metric of the records that could not be handled so often that they were set aside."""

AGAIN: Final = timedelta(days=30)
"""Time to the next look at a record that waits for a person, or that no rule names any more."""

RESTRICTED_AGAIN: Final = timedelta(days=1)
"""Time to the next look at a record whose person's data is restricted."""

TRIES: Final = 5
"""Tries after which a record that cannot be handled is set aside."""

NEXT_TRY: Final = timedelta(minutes=50)
"""Time to the next try of a record that could not be handled: the next hourly run finds it."""

WAITING_AGAIN: Final = timedelta(days=1)
"""Time to the next look at an unused account that has to wait."""

STUCK_AGAIN: Final = timedelta(hours=20)
"""Time after which a record that was set aside is due again; one run a day looks at these."""

STUCK_HOUR: Final = 3
"""The hour, in UTC, whose runs also look at what was set aside."""


class Fate(Enum):
    """The action on a record whose period is looked at; that of an unused account has more steps.

    It may be warned and stopped (`unused`).
    """

    KEEP = "keep"
    ERASE = "erase"
    ANONYMISE = "anonymise"
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


_AT_THE_END: Final[Mapping[str, Fate]] = {
    "erase": Fate.ERASE,
    "anonymise": Fate.ANONYMISE,
}
"""The `then` of a rule -> the fate at its end; every other one is a person's decision."""


def fate(rule: RetentionRule, since: datetime, now: datetime) -> Fate:
    """Returns the fate of a record whose period began at `since`, by a rule.

    The rule is the one in force now: a period that a later notice shortened or lengthened applies
    from the same beginning.
    """
    if rule.ends(since) > now:
        return Fate.KEEP
    return _AT_THE_END.get(rule.then, Fate.REVIEW)


def pause(tries: int) -> timedelta:
    """Returns the time to the next try of a record that could not be handled `tries` times."""
    return NEXT_TRY if tries < TRIES else STUCK_AGAIN

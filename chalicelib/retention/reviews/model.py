"""A review of a record whose rule wants a person to decide at its end. Pure values and rules."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

KIND: Final = "retention_review"
"""The kind of record that a review is."""

EVENT: Final = "ended"
"""The event from which a review itself is kept: its next look, or the end of what was decided."""

AGAIN: Final = timedelta(days=30)
"""Time between two looks of the sweep at a record that waits for a decision."""

YEARS: Final = 2
"""Longest time for which a decision keeps a record."""

NAME: Final = re.compile(r"([a-z2-7]{26,40})\.([a-z2-7]{26,40})")
"""The form of the public name of a review: its subject and its id."""


class Decision(StrEnum):
    """The decision of a member of the desk about a record that waits."""

    ERASE = "erase"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a record: `record` is the record's sort key, and a record has one review.

    The period of the record began at `since` with `event`; it waits since `asked_at`. `decision` is
    None while it waits; KEEP holds until just before `until`. `by` is the subject of the member of
    the desk who decided.
    """

    id: str
    subject: str
    kind: str
    record: str
    event: str
    since: datetime
    asked_at: datetime
    decision: Decision | None = None
    until: datetime | None = None
    by: str | None = None

    @property
    def name(self) -> str:
        """Its public name, which leads to its subject: both ids with a full stop between them."""
        return f"{self.subject}.{self.id}"

    def keeps(self, now: datetime) -> bool:
        """Whether the record was kept by a decision that has not ended."""
        return self.decision is Decision.KEEP and self.until is not None and now < self.until

    def erases(self, since: datetime) -> bool:
        """Whether it was decided that a record whose period began at `since` goes.

        A record that was renewed after the decision has another beginning, and is asked about anew.
        """
        return self.decision is Decision.ERASE and self.since == since

    def is_open(self, now: datetime) -> bool:
        """Whether a decision can be made: there is none, or what it kept it keeps no longer."""
        return self.decision is not Decision.ERASE and not self.keeps(now)


def asked(known: Review | None, fresh: Review) -> Review:
    """Returns the review of a record at a look of the sweep that finds no decision in force.

    `fresh` is the one that would begin now, `known` the one that is there. A wait goes on from its
    beginning; where the record was renewed meanwhile, or was kept until now, it begins anew.
    """
    if known is None or known.decision is not None or known.since != fresh.since:
        return fresh
    return replace(fresh, asked_at=known.asked_at)


def decided(review: Review, decision: Decision, until: datetime | None, by: str) -> Review:
    """Returns a review after a decision by a member of the desk."""
    return replace(review, decision=decision, until=until, by=by)

"""Rules for when a publication needs a second person of the desk, and when it has one: pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.notices.model import Notice, RetentionRule
from chalicelib.notices.periods import cut_below_a_month
from chalicelib.publications import trial
from chalicelib.publications.simulation import Figures
from chalicelib.publications.trial import Trial
from chalicelib.retention.amendments.model import Amended

VALID = timedelta(days=7)
"""Time for which a first person's approval waits for the second."""

ALONE_AFTER = timedelta(hours=24)
"""After so long the only person of a desk may give the second approval too: this keeps them from
erasing in haste, and a thief from doing so with a session stolen the same night."""

REVIEW = "review"


class Gravity(StrEnum):
    """The reason why a version is not published by one person alone."""

    ERASES_AT_ONCE = "erases_at_once"
    BELOW_A_MONTH = "below_a_month"
    NOT_REVIEWED = "not_reviewed"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason, with the path of the rule or period that it is about."""

    gravity: Gravity
    about: str


@dataclass(frozen=True, slots=True)
class Approval:
    """The approval of a document, by its digest, by one person of the desk.

    `by` is a fingerprint of that person, from which a reader cannot tell who it is.
    """

    version: str
    digest: str
    by: str
    asked_at: datetime
    expires_at: datetime

    def of(self, digest: str, now: datetime) -> bool:
        """Tells whether the approval is of the document with this digest, and has not expired."""
        return self.digest == digest and now < self.expires_at

    @property
    def alone_from(self) -> datetime:
        """The instant from which the same person can approve again, if they are the only one."""
        return self.asked_at + ALONE_AFTER

    def completed(self, by: str, *, alone: bool, now: datetime) -> bool:
        """Tells whether an approval by `by` now is the second one, or may stand for it."""
        return by != self.by or (alone and now >= self.alone_from)


def asked(version: str, digest: str, by: str, now: datetime) -> Approval:
    """Returns the first approval of a document."""
    return Approval(version, digest, by, now, now + VALID)


def reasons(tried: Trial, figures: Figures | None) -> tuple[Reason, ...]:
    """Lists the reasons why a version needs a second person; none where one is enough.

    `figures` are the counts of its simulation, None where there are none. Only an exact count
    proves that no record is erased at once; without one, every rule that may end records earlier
    counts as one that does.
    """
    found = [
        Reason(Gravity.ERASES_AT_ONCE, f"retention/{one.after.id}")
        for one in _ending_earlier(tried)
        if _may_erase_at_once(one.after, figures)
    ]
    found += [Reason(Gravity.BELOW_A_MONTH, name) for name in _cut(tried.before, tried.after)]
    found += [Reason(Gravity.NOT_REVIEWED, name) for name in _unreviewed(tried)]
    return tuple(found)


def counts(tried: Trial) -> bool:
    """Tells whether it depends on the counts of a simulation how many people a version needs."""
    return any(True for _ in _ending_earlier(tried))


def _ending_earlier(tried: Trial) -> Iterator[Amended]:
    """Yields the rules that may end records which the version in force would keep."""
    for one in tried.amended.values():
        if one.is_guarded or (one.shorter and one.after.waits and one.after.then != REVIEW):
            yield one


def _cut(before: Notice, after: Notice) -> Collection[str]:
    return cut_below_a_month(before, after)


def _may_erase_at_once(rule: RetentionRule, figures: Figures | None) -> bool:
    if not rule.waits:
        return False
    if figures is None or not figures.exact:
        return True
    return figures.counts.get(f"records.{rule.id}.{trial.AT_ONCE}", 0) > 0


def _unreviewed(tried: Trial) -> list[str]:
    """Lists the rules that had a person review records and now erase them, also waiting ones."""
    rules = {(rule.kind, rule.event): rule for rule in tried.before.retention.values()}
    return [
        f"retention/{rule.id}/then"
        for rule in tried.after.retention.values()
        if rule.then != REVIEW
        and (known := rules.get((rule.kind, rule.event))) is not None
        and known.then == REVIEW
    ]

"""When a publication needs a second person of the desk, and when it has one: pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.notices.model import Notice
from chalicelib.notices.periods import cut_below_a_month
from chalicelib.publications import trial
from chalicelib.publications.simulation import INDEXED, WITH_THE_SUBJECT, Figures
from chalicelib.publications.trial import Trial

VALID = timedelta(days=7)
"""How long a first person's approval waits for the second."""

ALONE_AFTER = timedelta(hours=24)
"""After so long the only person of a desk may approve a second time: nobody erases in haste, nor
with a session that was stolen this night."""

REVIEW = "review"


class Gravity(StrEnum):
    """Why a version is not published by one person alone."""

    ERASES_AT_ONCE = "erases_at_once"
    BELOW_A_MONTH = "below_a_month"
    NOT_REVIEWED = "not_reviewed"


@dataclass(frozen=True, slots=True)
class Reason:
    """One of these, and the rule or the period that it is about, by the way to it."""

    gravity: Gravity
    about: str


@dataclass(frozen=True, slots=True)
class Approval:
    """That somebody of the desk wants the document with this digest published.

    `by` is a fingerprint of who it was, which says nothing of them to who reads it.
    """

    version: str
    digest: str
    by: str
    asked_at: datetime
    expires_at: datetime

    def of(self, digest: str, now: datetime) -> bool:
        """Whether it is of that very document, and still good."""
        return self.digest == digest and now < self.expires_at

    @property
    def alone_from(self) -> datetime:
        """From when its own person can approve again, where the desk has nobody else."""
        return self.asked_at + ALONE_AFTER

    def completed(self, by: str, *, alone: bool, now: datetime) -> bool:
        """Whether who approves now is the second person, or may stand for one."""
        return by != self.by or (alone and now >= self.alone_from)


def asked(version: str, digest: str, by: str, now: datetime) -> Approval:
    """The first approval of a document."""
    return Approval(version, digest, by, now, now + VALID)


def reasons(tried: Trial, figures: Figures | None) -> tuple[Reason, ...]:
    """Why a version needs a second person; none where one is enough.

    `figures` is what its simulation counted, None where it could not. Only a count of everybody
    shows that nothing goes at once; without one, a shorter rule may erase.
    """
    found = [
        Reason(Gravity.ERASES_AT_ONCE, f"retention/{rules.after.id}")
        for rules in tried.shortened.values()
        if _may_erase_at_once(rules.after.id, (rules.after.kind, rules.after.event), figures)
        and rules.after.then != REVIEW
    ]
    found += [Reason(Gravity.BELOW_A_MONTH, name) for name in _cut(tried.before, tried.after)]
    found += [Reason(Gravity.NOT_REVIEWED, name) for name in _unreviewed(tried)]
    return tuple(found)


def _cut(before: Notice, after: Notice) -> Collection[str]:
    return cut_below_a_month(before, after)


def _may_erase_at_once(rule: str, of: tuple[str, str], figures: Figures | None) -> bool:
    if of[0] not in INDEXED or of in WITH_THE_SUBJECT:
        return False
    if figures is None or not figures.exact:
        return True
    return figures.counts.get(f"records.{rule}.{trial.AT_ONCE}", 0) > 0


def _unreviewed(tried: Trial) -> list[str]:
    """Rules by which a person looked first, and which erase by themselves now: also what waits."""
    rules = {(rule.kind, rule.event): rule for rule in tried.before.retention.values()}
    return [
        f"retention/{rule.id}/then"
        for rule in tried.after.retention.values()
        if rule.then != REVIEW
        and (known := rules.get((rule.kind, rule.event))) is not None
        and known.then == REVIEW
    ]

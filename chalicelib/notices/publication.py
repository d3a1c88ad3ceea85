"""Rules over versions and dates: when a version may take effect, and when a change is announced."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.errors import Conflict, Finding, Unprocessable
from chalicelib.notices.model import Announced, Announcing, Notice, version_order

LEAD = timedelta(minutes=5)
"""Least time before a version takes effect: longer than any function caches the pointer."""


_NOTHING = "editorial"


class Status(StrEnum):
    """The status of a published version."""

    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    """Called back before it took effect: it was never in force, and never will be."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The announcement of a `version` on the website: the change `since` the one before.

    `effect` is the weightiest of its changes (editorial, informative, material).
    """

    version: str
    since: str
    effect: str
    effective_at: datetime
    until: datetime

    def at(self, now: datetime) -> Announced | None:
        """Returns the announcement at an instant; None for an editorial change or after `until`."""
        if self.effect == _NOTHING or self.until <= now:
            return None
        return Announced(self.version, self.since, self.effect, self.effective_at, self.until)


@dataclass(frozen=True, slots=True)
class Pointer:
    """The versions that matter now: `next`, if any, is in force from `next_at`.

    `shown` and `next_shown` are their announcements; None for the very first version. An editorial
    version announces nothing, and leaves an earlier announcement in place.
    """

    current: str
    next: str | None
    next_at: datetime | None
    shown: Shown | None = None
    next_shown: Shown | None = None

    def in_force(self, now: datetime) -> str:
        """Returns the version in force at an instant."""
        return self.at(now).current

    def at(self, now: datetime) -> "Pointer":
        """Returns the pointer at an instant: after the waiting version took effect, if it has."""
        if self.next is None or self.next_at is None or self.next_at > now:
            return self
        follows = self.next_shown
        if follows is None or (follows.effect == _NOTHING and self.shown is not None):
            follows = self.shown
        return Pointer(self.next, None, None, follows)

    def announced(self, now: datetime) -> Announced | None:
        """Returns the announcement at an instant: the waiting version's, else the current one's."""
        stands = self.at(now)
        waits = None if stands.next_shown is None else stands.next_shown.at(now)
        if waits is not None or stands.shown is None:
            return waits
        return stands.shown.at(now)

    def status(
        self, version: str, effective_at: datetime, now: datetime, *, withdrawn: bool = False
    ) -> Status:
        """Returns the status of a published version at an instant.

        `withdrawn` is the mark in its entry of the list. The status follows from its date, and not
        from `next`: a process may have read the pointer before the version was published.
        """
        if withdrawn:
            return Status.WITHDRAWN
        if version == self.in_force(now):
            return Status.IN_FORCE
        return Status.SCHEDULED if effective_at > now else Status.SUPERSEDED


def earliest(now: datetime, lead: Announcing | None) -> datetime:
    """Returns the earliest instant at which a version that is published now may take effect.

    `lead` is as in `refuse_date`. The version in force has to have taken effect before it, too.
    """
    soonest = now + LEAD
    return soonest if lead is None else max(soonest, lead.lead.after(now))


def refuse_date(in_force: Notice, new: Notice, now: datetime, lead: Announcing | None) -> None:
    """Raises Unprocessable for a version that is not later than the one in force, or too soon.

    `lead` is the promise of the notice in force, None for a change that people are not told of.
    """
    findings = []
    soonest = earliest(now, lead)
    detail = "has to lie at least five minutes ahead, and after that of the version in force"
    if soonest > now + LEAD:
        detail = "is too soon: the notice in force promises to tell people of a change earlier"
    if new.effective_at < soonest or new.effective_at <= in_force.effective_at:
        findings.append(Finding("/effective_at", detail))
    if version_order(new.version) <= version_order(in_force.version):
        findings.append(Finding("/version", "has to come after that of the version in force"))
    if findings:
        raise Unprocessable(
            "The version cannot take effect then.", type="notice-date", findings=tuple(findings)
        )


def pointer_after(
    before: Pointer, new: Notice, effect: str, now: datetime, replaces: str | None = None
) -> Pointer:
    """Returns the pointer after publishing `new`, in place of the waiting version it `replaces`.

    Raises Conflict while another version waits, and the errors of `pointer_without` for one that is
    to be replaced.
    """
    stands = before.at(now) if replaces is None else pointer_without(before, replaces, now)
    if stands.next is not None:
        raise Conflict(
            f"The version {stands.next} is waiting to take effect: withdraw it, or name it in "
            "`replaces`.",
            type="version-waiting",
        )
    until = new.announcing.shown.after(new.effective_at)
    shown = Shown(new.version, stands.current, effect, new.effective_at, until)
    return Pointer(stands.current, new.version, new.effective_at, stands.shown, shown)


def pointer_without(before: Pointer, version: str, now: datetime) -> Pointer:
    """Returns the pointer after a waiting version is withdrawn; the one in force stays.

    Raises Conflict (`too-late`) for a version that took effect, or will within LEAD, the time that
    functions may cache the pointer.
    """
    stands = before.at(now)
    if stands.next != version or stands.next_at is None or stands.next_at - now < LEAD:
        raise Conflict(
            "The version is in force, or will be within five minutes: publish a later one.",
            type="too-late",
        )
    return Pointer(stands.current, None, None, stands.shown)

"""When a version may come into force, and what is shown of it: rules over versions and dates."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.errors import Conflict, Finding, Unprocessable
from chalicelib.notices.model import Announced, Announcing, Notice, version_order

LEAD = timedelta(minutes=5)
"""How far ahead a version takes effect at least: longer than any function trusts what it read."""


_NOTHING = "editorial"


class Status(StrEnum):
    """Where a published version stands; before, it is a draft."""

    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    """Called back before it took effect: it never was in force, and never will be."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What follows from a `version` for the website: the change `since` the one before.

    `effect` is the weightiest of its changes (editorial, informative, material).
    """

    version: str
    since: str
    effect: str
    effective_at: datetime
    until: datetime

    def at(self, now: datetime) -> Announced | None:
        """What the website shows of it; None where people need not know of it, or long knew."""
        if self.effect == _NOTHING or self.until <= now:
            return None
        return Announced(self.version, self.since, self.effect, self.effective_at, self.until)


@dataclass(frozen=True, slots=True)
class Pointer:
    """The versions that matter now: `next`, if any, is in force from `next_at`.

    `shown` and `next_shown` say what is shown of each; None for the very first version. An
    editorial version shows nothing, and leaves in place what is shown of one before it.
    """

    current: str
    next: str | None
    next_at: datetime | None
    shown: Shown | None = None
    next_shown: Shown | None = None

    def in_force(self, now: datetime) -> str:
        """The version in force at an instant."""
        return self.at(now).current

    def at(self, now: datetime) -> "Pointer":
        """The pointer as it is once a version took effect that was waiting."""
        if self.next is None or self.next_at is None or self.next_at > now:
            return self
        follows = self.next_shown
        if follows is None or (follows.effect == _NOTHING and self.shown is not None):
            follows = self.shown
        return Pointer(self.next, None, None, follows)

    def announced(self, now: datetime) -> Announced | None:
        """What a website shows at an instant: the version that waits, else the one in force."""
        stands = self.at(now)
        waits = None if stands.next_shown is None else stands.next_shown.at(now)
        if waits is not None or stands.shown is None:
            return waits
        return stands.shown.at(now)

    def status(
        self, version: str, effective_at: datetime, now: datetime, *, withdrawn: bool = False
    ) -> Status:
        """Where a published version stands at an instant; `withdrawn` is what its own line says.

        By its date, and not by `next`: a process may have read the pointer before it was published.
        """
        if withdrawn:
            return Status.WITHDRAWN
        if version == self.in_force(now):
            return Status.IN_FORCE
        return Status.SCHEDULED if effective_at > now else Status.SUPERSEDED


def refuse_date(in_force: Notice, new: Notice, now: datetime, lead: Announcing | None) -> None:
    """Raises Unprocessable for a version that would not come after the one in force, or too soon.

    `lead` is what the notice in force promises, where the change is one that people are told of.
    """
    findings = []
    soonest = now + LEAD
    detail = "has to lie at least five minutes ahead, and after that of the version in force"
    if lead is not None and lead.lead.after(now) > soonest:
        soonest = lead.lead.after(now)
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
    """The pointer after the publication of `new`, in place of the waiting version it `replaces`.

    Raises Conflict while another version waits; what `pointer_without` does for one that is to be
    replaced.
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
    """The pointer after a version that waits is withdrawn: what is in force stays so.

    Raises Conflict (`too-late`) for a version that took effect, or will before every function has
    read that it must not: LEAD before its date.
    """
    stands = before.at(now)
    if stands.next != version or stands.next_at is None or stands.next_at - now < LEAD:
        raise Conflict(
            "The version is in force, or will be within five minutes: publish a later one.",
            type="too-late",
        )
    return Pointer(stands.current, None, None, stands.shown)

"""When a version may come into force: pure rules over versions and dates."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.errors import Conflict, Finding, Unprocessable

LEAD = timedelta(minutes=5)
"""How far ahead a version takes effect at least: longer than any function trusts what it read."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """The versions that matter now: `next`, if any, is in force from `next_at`."""

    current: str
    next: str | None
    next_at: datetime | None

    def in_force(self, now: datetime) -> str:
        """The version in force at an instant."""
        if self.next is not None and self.next_at is not None and self.next_at <= now:
            return self.next
        return self.current


@dataclass(frozen=True, slots=True)
class Version:
    """A version, as far as the order of versions goes."""

    name: str
    effective_at: datetime


def pointer_after(
    before: Pointer | None, in_force: Version | None, new: Version, now: datetime, *, listed: bool
) -> Pointer:
    """The pointer after a publication; unchanged for a version that was published before.

    `listed` says that the version is in the list of versions already. The very first version is in
    force at once. Raises Unprocessable for one that would take effect too soon or in the past, and
    Conflict while another version is waiting to take effect.
    """
    if before is None or in_force is None:
        return Pointer(new.name, None, None)
    if new.name in (before.current, before.next):
        return before
    if listed and new.effective_at <= in_force.effective_at:
        return before
    if new.effective_at < now + LEAD or new.effective_at <= in_force.effective_at:
        detail = "has to lie at least five minutes ahead, and after that of the version in force"
        raise Unprocessable(
            "The version cannot take effect then.",
            type="notice-date",
            findings=(Finding("/effective_at", detail),),
        )
    if before.next is not None and before.in_force(now) != before.next:
        raise Conflict("Another version is waiting to take effect.")
    return Pointer(in_force.name, new.name, new.effective_at)

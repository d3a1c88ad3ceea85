"""When the person of an unused account is warned, and when the account comes to its end. Pure.

No person goes unwarned: each warning of the rule is given, one after the other, and the end
is never before any of them plus its time. Where no run came for months, the end moves on: an
account that is first seen after its end gets all of its warnings, the longest first, as if it ended
at the earliest instant at which that is possible. A warning is about one period: activity begins
another, whose warnings are given anew, and so does a rule that lets the account live longer than
the last warning said. A rule that lets it live shorter does not: what was promised holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from chalicelib.notices.model import Period, RetentionRule
from chalicelib.subjects.model import Warned


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing happens before an instant."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Warn:
    """A warning is given now, and names the end. The next step is due at `until`."""

    warned: Warned
    until: datetime


@dataclass(frozen=True, slots=True)
class End:
    """The period is over, and every warning was given in time."""


Step: TypeAlias = Wait | Warn | End


def step(rule: RetentionRule, since: datetime, warned: Warned | None, now: datetime) -> Step:
    """Returns what happens now to an account whose period began at `since`.

    `warned` is the last warning that its person got, about this period or another one.
    """
    known = warned if warned is not None and _is_about(warned, rule, since) else None
    ends_at = end(rule, since, warned)
    left = _left(rule, known)
    if not left:
        return End() if ends_at <= now else Wait(ends_at)
    due_at = left[0].before(ends_at)
    if now < due_at:
        return Wait(due_at)
    given = Warned(since, now, max(ends_at, left[0].after(now)), left[0])
    later = left[1:]
    return Warn(given, later[0].before(given.ends_at) if later else given.ends_at)


def end(rule: RetentionRule, since: datetime, warned: Warned | None) -> datetime:
    """Returns the end of a period that began at `since`: never before the one that was named."""
    known = warned if warned is not None and _is_about(warned, rule, since) else None
    return rule.ends(since) if known is None else known.ends_at


def _is_about(warned: Warned, rule: RetentionRule, since: datetime) -> bool:
    return warned.since == since and warned.ends_at >= rule.ends(since)


def _left(rule: RetentionRule, known: Warned | None) -> list[Period]:
    """Lists the warnings that are still to be given, the longest first.

    They are those that are shorter than the last one given, so that a version of the notice with
    other warnings goes on from where the one before it was.
    """
    if known is None:
        return list(rule.warn)
    given = known.ahead.after(known.at)
    return [one for one in rule.warn if one.after(known.at) < given]

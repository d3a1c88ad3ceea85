"""The count of what an erasure removes, and the ends of what it leaves. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from chalicelib.instants import instant
from chalicelib.notices.erasure import Part, Plan
from chalicelib.notices.model import Notice, category_of

AGAIN: Final = timedelta(days=1)
"""The time to the next look at what should have gone by its own date and is still there."""

UNDATED: Final = timedelta(days=30)
"""The time to the next look at what stays without a date: it is held, or still to be answered."""

HOLD: Final = "hold"
"""The kind of a hold."""

_TECHNICAL: Final = "technical"
_OF: Final = ":"


class NotErased(Exception):
    """An erasure found something that should be gone. It names kinds and classes, never data."""

    def __init__(self, found: Mapping[str, int]) -> None:
        self.found = dict(found)
        said = ", ".join(f"{kind} ({count})" for kind, count in sorted(found.items()))
        super().__init__(f"still there: {said}")


@dataclass(frozen=True, slots=True)
class Found:
    """A record as an erasure meets it: kind, class and id, its own date, the form that wrote it."""

    kind: str
    retention_class: str
    id: str
    ends_at: datetime | None = None
    form: str = ""


@dataclass(slots=True)
class Remains:
    """The remains after an erasure: of each kind the number of records and the end of the last."""

    stays: dict[str, datetime] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    classes: set[str] = field(default_factory=set)

    def add(self, found: Found, until: datetime) -> None:
        """Adds a record that stays until then."""
        self.counts[found.kind] += 1
        self.classes.add(found.retention_class)
        self.stays[found.kind] = max(until, self.stays.get(found.kind, until))


@dataclass(frozen=True, slots=True)
class Noted:
    """The facts of an erasure of some categories, kept in its request until it is done.

    `since` is its beginning, `notice_version` the version by which it began; `counts` has what goes
    by `kind` and `kind:category`, `told` the recipients that are told, `withdrawn` the purposes
    whose consent ended with their data.
    """

    since: datetime
    notice_version: str
    counts: Mapping[str, int]
    told: tuple[str, ...]
    withdrawn: tuple[str, ...]

    def packed(self) -> str:
        """Returns it as a JSON text of ids, numbers and instants."""
        members = {
            "since": instant(self.since),
            "notice": self.notice_version,
            "counts": dict(sorted(self.counts.items())),
            "told": list(self.told),
            "withdrawn": list(self.withdrawn),
        }
        return json.dumps(members, separators=(",", ":"))


def noted_in(text: str) -> Noted:
    """Returns the packed facts of an erasure of some categories."""
    members = json.loads(text)
    return Noted(
        datetime.fromisoformat(members["since"]),
        members["notice"],
        members["counts"],
        tuple(members["told"]),
        tuple(members["withdrawn"]),
    )


@dataclass(slots=True)
class PartFound:
    """The records that an erasure of some categories meets.

    `counts` are those that go, by kind and `kind:category`. `stays` are the kinds of those that
    stay, each with the end of the last; None of one that stays as long as the account. `held` are
    the kinds of which something is held. `copied` says that a worker reads the records for a copy.
    """

    counts: Counter[str] = field(default_factory=Counter)
    stays: dict[str, datetime | None] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    copied: bool = False

    def add(self, found: Found, part: Part) -> None:
        """Adds a record that goes, or one of an erased category that stays."""
        if part.goes(found.kind, found.retention_class, found.id, found.form):
            self.counts[found.kind] += 1
            self.counts.update(
                f"{found.kind}{_OF}{one}"
                for one in part.concerned(found.kind, found.id, found.form)
            )
        elif part.stays(found.kind, found.id, found.form):
            until = found.ends_at
            if part.plan.is_held(found.kind, found.retention_class, found.id):
                self.held.add(found.kind)
                until = part.plan.held.until(found.kind, found.retention_class, found.id) or until
            known = self.stays.get(found.kind, until)
            later = None if until is None or known is None else max(until, known)
            self.stays[found.kind] = later


def counted(found: Found, notice: Notice) -> Iterator[str]:
    """Yields the names under which a record that goes is counted: its kind, and its categories."""
    yield found.kind
    for category in categories(found, notice):
        yield f"{found.kind}{_OF}{category}"


def categories(found: Found, notice: Notice) -> list[str]:
    """Lists the notice's categories of which a record holds something.

    A record that is named after a category holds only its own.
    """
    declared = notice.records.get(found.kind)
    groups = [] if declared is None else [one for one in declared.groups if one != _TECHNICAL]
    own = category_of(found.id, groups)
    return groups if own is None else [own]


def by_kind(counts: Mapping[str, int]) -> dict[str, int]:
    """Returns the number of records of each kind in a count."""
    return {name: count for name, count in counts.items() if _OF not in name}


def by_category(counts: Mapping[str, int]) -> dict[str, int]:
    """Returns the number of records of each category in a count."""
    found: Counter[str] = Counter()
    for name, count in counts.items():
        _, of, category = name.partition(_OF)
        if of:
            found[category] += count
    return dict(found)


def ends(found: Found, plan: Plan, erased_at: datetime, now: datetime) -> datetime:
    """Returns until when a record that stays is kept.

    By its kind's rule from the erasure, by its own date, or as long as it is held. A record that
    should have gone already is looked at again after a day, one without a date after a month.
    """
    until = _stays_until(found, plan, erased_at)
    if until is None:
        until = plan.held.until(found.kind, found.retention_class, found.id) or found.ends_at
    if until is None:
        return now + UNDATED
    return now + AGAIN if until <= now else until


def over(found: Found, plan: Plan, erased_at: datetime, now: datetime) -> bool:
    """Tells whether the time of a record that stayed is over: its rule's, or its own date.

    A hold that is over goes by itself, since other records have to come due again with it.
    """
    if found.kind == HOLD or plan.is_held(found.kind, found.retention_class, found.id):
        return False
    stay = plan.stay(found.kind)
    if stay is None:
        return True
    until = _stays_until(found, plan, erased_at) or found.ends_at
    return until is not None and until <= now


def _stays_until(found: Found, plan: Plan, erased_at: datetime) -> datetime | None:
    """Returns the end of a record by its kind's rule from the erasure; None without such a rule.

    Its own date counts where that comes first: its time had begun before the erasure.
    """
    stay = plan.stay(found.kind)
    until = None if stay is None else stay.ends(erased_at)
    if until is None or found.ends_at is None:
        return until
    return min(until, found.ends_at)

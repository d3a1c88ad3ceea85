"""The changes of retention rules by a version, and when records go by them: pure.

A rule that may end records earlier than the one before is obeyed only once its records are counted,
and, where it would erase very many at once, once somebody said yes to that number. Until then the
rule before is obeyed, so that a mistyped period empties no table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from chalicelib.notices.model import Notice, RetentionRule

Key: TypeAlias = tuple[str, str]
"""The kind of record and the event of a rule: what stays the same when a version renames it."""

UNCONFIRMED: Final = "RulesUnconfirmed"
"""The metric of rules that were found to erase so many at once that they wait for a yes."""

MOST_AT_ONCE: Final = 1_000
"""More records than these are not erased at once by a changed rule without a second yes,"""

SHARE: Final = 10
"""where they are also more than one in so many of the records that the rule is about."""

FINAL: Final = frozenset({"erase", "anonymise"})
"""Ends after which a record, or whose it is, cannot be told any more."""

_NOTHING: Final[Mapping[Key, tuple[RetentionRule | None, ...]]] = MappingProxyType({})


class Change(StrEnum):
    """A change of a rule by a version."""

    NEW = "new"
    SHORTER = "shorter"
    LONGER = "longer"
    THEN = "then"
    WARN = "warn"
    SURVIVES = "survives"


class Status(StrEnum):
    """Whether the records there are go by a changed rule already."""

    COUNTING = "counting"
    WAITING = "waiting"
    """It would erase so many at once that somebody has to say yes."""
    APPLIES = "applies"


@dataclass(frozen=True, slots=True)
class Amended:
    """A rule of a version, with what it changes.

    `befores` are the rules that it follows: that of the version before and, where the records were
    not yet moved to that one, those before it; None for a version without such a rule. The last of
    them is the one that is obeyed until this one applies.
    """

    after: RetentionRule
    befores: tuple[RetentionRule | None, ...]
    changes: frozenset[Change]

    @property
    def before(self) -> RetentionRule | None:
        """The rule of the version before."""
        return self.befores[0]

    @property
    def shorter(self) -> bool:
        """Whether some of the records end earlier than by a rule before."""
        return Change.SHORTER in self.changes

    @property
    def moves(self) -> bool:
        """Whether dates in the due index have to follow it."""
        return self.after.waits and self.changes != {Change.SURVIVES}

    @property
    def is_guarded(self) -> bool:
        """Whether it may end records that the rules before would keep.

        A period in months that follows one in days is shorter in February alone: that is no reason
        to wait.
        """
        if not self.after.waits or self.after.then not in FINAL:
            return False
        if Change.NEW in self.changes:
            return True
        if any(one is None or one.then not in FINAL for one in self.befores):
            return True
        return self.shorter and Change.LONGER not in self.changes

    def at_once(self, began: datetime, now: datetime) -> bool:
        """Whether a record whose period began then is over now, and is not by the obeyed rule."""
        return _is_over(self.after, began, now) and not _is_over(self.befores[-1], began, now)

    def look(self, since: datetime, due_at: datetime) -> datetime | None:
        """Returns the date that a record gets, whose period began then; None where it keeps its.

        A date is moved forth only where it is exactly the one that a rule before gave: any other is
        a look that something else asked for, such as a try that failed, and it stays.
        """
        date = self.after.first_look(since)
        if date < due_at:
            return date
        given = {one.first_look(since) for one in self.befores if one is not None}
        return date if date > due_at and due_at in given else None


@dataclass(frozen=True, slots=True)
class Amendment:
    """A changed rule as it is recorded for its version.

    `base` is the version whose rule it follows. The counts are those of the
    first walk: all `records` of the rule, how many get another date, and how many go at once.
    """

    rule: str
    base: str
    changes: frozenset[Change]
    status: Status
    records: int = 0
    moves: int = 0
    at_once: int = 0
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Amendments:
    """All changed rules of a version, which follows the version `before`.

    `revision` counts the changes of the record, so that of two at once one is written.
    """

    version: str
    before: str
    rules: Mapping[Key, Amendment]
    since: datetime
    revision: int = 0

    @property
    def open(self) -> Mapping[Key, Amendment]:
        """The rules that are not obeyed yet."""
        return {key: one for key, one in self.rules.items() if one.status is not Status.APPLIES}

    @property
    def counting(self) -> bool:
        """Whether a rule waits for its records to be counted."""
        return any(one.status is Status.COUNTING for one in self.rules.values())


@dataclass(frozen=True, slots=True)
class Count:
    """The records of a rule: all of them, those with another date, and those that go at once."""

    records: int = 0
    moves: int = 0
    at_once: int = 0


def amended(
    before: Notice,
    after: Notice,
    earlier: Mapping[Key, tuple[RetentionRule | None, ...]] = _NOTHING,
) -> dict[Key, Amended]:
    """Returns the rules of a version that differ from those that they follow, by kind and event.

    `earlier` are the rules before those of `before`, where the records did not follow those yet.
    """
    starts = _Starts(after.effective_at)
    known = {(rule.kind, rule.event): rule for rule in before.retention.values()}
    found = {}
    for rule in after.retention.values():
        key = (rule.kind, rule.event)
        befores = (known.get(key), *earlier.get(key, ()))
        changes = frozenset().union(*(_changes(one, rule, starts) for one in befores))
        if changes:
            found[key] = Amended(rule, befores, changes)
    return found


def recorded(version: str, before: str, found: Mapping[Key, Amended], now: datetime) -> Amendments:
    """Returns the record of the changed rules of a version at its publication."""
    rules = {
        key: Amendment(
            one.after.id,
            before,
            one.changes,
            Status.COUNTING if one.is_guarded else Status.APPLIES,
        )
        for key, one in found.items()
        if one.after.waits
    }
    return Amendments(version, before, rules, now)


def settled(known: Amendments, counts: Mapping[str, Count]) -> Amendments:
    """Returns the record once all records were counted: `counts` by the rules' ids.

    A rule that would erase very many at once waits; every other one applies.
    """
    rules = {}
    for key, one in known.rules.items():
        count = counts.get(one.rule, Count())
        status = one.status
        if status is Status.COUNTING:
            status = Status.WAITING if needs_yes(count) else Status.APPLIES
        rules[key] = replace(
            one,
            status=status,
            records=count.records,
            moves=count.moves,
            at_once=count.at_once,
        )
    return replace(known, rules=rules, revision=known.revision + 1)


def confirmed(known: Amendments, key: Key, now: datetime) -> Amendments:
    """Returns the record after somebody said yes to what a rule erases at once."""
    yes = replace(known.rules[key], status=Status.APPLIES, confirmed_at=now)
    return replace(known, rules={**known.rules, key: yes}, revision=known.revision + 1)


def needs_yes(count: Count) -> bool:
    """Whether a rule erases so much at once that somebody has to say yes to it."""
    return count.at_once > MOST_AT_ONCE and count.at_once * SHARE > count.records


def obeyed(notice: Notice, instead: Mapping[Key, RetentionRule | None]) -> Notice:
    """Returns a notice with other rules in place of those that do not apply yet.

    They keep the names of those, since people and reports are told of them. None stands for no
    rule: its records are looked at again and stay.
    """
    rules = {}
    for name, rule in notice.retention.items():
        key = (rule.kind, rule.event)
        other = instead.get(key, rule)
        if other is not None:
            rules[name] = replace(other, id=rule.id, title=rule.title)
    return replace(notice, retention=rules)


@dataclass
class _Starts:
    """Beginnings of a period for each day of a year: a month is short in February only."""

    first: datetime
    days: tuple[datetime, ...] = field(init=False, default=())

    def all(self) -> tuple[datetime, ...]:
        if not self.days:
            self.days = tuple(self.first + day * timedelta(days=1) for day in range(366))
        return self.days


def _changes(
    before: RetentionRule | None, after: RetentionRule, starts: _Starts
) -> frozenset[Change]:
    if before is None:
        return frozenset({Change.NEW})
    found = set()
    if before.period != after.period:
        ends = [(after.ends(one), before.ends(one)) for one in starts.all()]
        found |= {Change.SHORTER} if any(new < old for new, old in ends) else set()
        found |= {Change.LONGER} if any(new > old for new, old in ends) else set()
    if before.then != after.then:
        found.add(Change.THEN)
    if before.warn != after.warn:
        found.add(Change.WARN)
    if before.survives.keys() != after.survives.keys():
        found.add(Change.SURVIVES)
    return frozenset(found)


def _is_over(rule: RetentionRule | None, began: datetime, now: datetime) -> bool:
    return rule is not None and rule.then in FINAL and rule.ends(began) <= now

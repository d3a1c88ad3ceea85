"""What a version that is tried out would do to people and records, in counts: pure.

Everything that is counted has a flat name, such as `ask.newsletter`, so that counts of pages can be
added up wherever they come from: a sample, or a round that reads everybody.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from chalicelib.notices.changes import Change
from chalicelib.notices.model import Notice, RetentionRule
from chalicelib.publications.model import concern
from chalicelib.subjects.model import USABLE, Standing, State, since

READ, ACCOUNTS, TELL, ALONE, BROWSERS = "read", "accounts", "tell", "alone", "browsers"
"""Standings that were read, accounts in use, those told, those left alone, browsers without one."""

AT_ONCE = "at_once"
"""Instead of a month: the new end of a record is over when the version takes effect."""

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Shortened:
    """A retention rule as the version in force has it, and as the later one does: for less time."""

    before: RetentionRule
    after: RetentionRule


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A version that is tried out after the one in force.

    `shortened` are its rules that keep something for less time, by kind of record and event.
    """

    before: Notice
    after: Notice
    changes: tuple[Change, ...]
    shortened: Mapping[tuple[str, str], Shortened]


def of_person(standing: Standing, trial: Trial) -> Counter[str]:
    """What the version means for somebody, in counts of one.

    Who can use an account is told, asked again or left alone; a browser without account is asked
    again. All others (not verified yet, restricted, being erased) are only read.
    """
    found = Counter({READ: 1})
    if standing.state is not State.VISITOR and standing.state not in USABLE:
        return found
    judged = concern(standing, trial.changes, trial.before, trial.after)
    if standing.state is State.VISITOR:
        found[BROWSERS] = 1
        found.update(_named(f"{BROWSERS}.ask", judged.ask))
        return found
    found[ACCOUNTS] = 1
    found[TELL if judged.told else ALONE] = 1
    found.update(_named("ask", judged.ask))
    return found


def of_record(
    kind: str, event: str, began: datetime, trial: Trial, standing: Standing | None = None
) -> Counter[str]:
    """Whether a record becomes kept too long, in counts of one: by its rule, and the month it goes.

    `began` is when the index says that its period did. Somebody's `standing` may say that it was
    later, at the last activity or decision. A record that goes before the version takes effect, or
    that goes no earlier because of it, counts for nothing.
    """
    rules = trial.shortened.get((kind, event))
    if rules is None:
        return Counter()
    if standing is not None:
        began = max(began, since(standing, event))
    start, was, will = trial.after.effective_at, rules.before.ends(began), rules.after.ends(began)
    if was <= start or will >= was:
        return Counter()
    when = AT_ONCE if will <= start else f"{will:%Y-%m}"
    return Counter({f"records.{rules.after.id}.{when}": 1})


def chosen(places: Iterable[str], most: int) -> frozenset[str]:
    """Up to `most` of some partition keys: always the same ones, by a hash that favours nobody."""
    found = sorted(set(places), key=lambda place: hashlib.blake2b(place.encode()).digest())
    return frozenset(found[:most])


def scaled(counts: Counts, factor: Fraction) -> Counter[str]:
    """Counts of a sample as those of all, to two digits; what was met once stays more than none.

    `factor` is how many stand behind each one that was counted, at least 1.
    """
    return Counter({name: _rounded(count * factor) for name, count in counts.items() if count})


def under(counts: Counts, name: str) -> dict[str, int]:
    """The counts below a name, such as purposes below `ask`, in order."""
    start = f"{name}."
    found = ((key.removeprefix(start), n) for key, n in counts.items() if key.startswith(start))
    return dict(sorted(found))


def changed_rights(before: Notice, after: Notice) -> frozenset[str]:
    """The rights that would do something else to some category of data, or that come or go."""
    old, new = _outcomes(before), _outcomes(after)
    return frozenset(right for right in {*old, *new} if old.get(right) != new.get(right))


def _outcomes(notice: Notice) -> dict[str, dict[str, str]]:
    """Right -> category -> what it does."""
    found: dict[str, dict[str, str]] = {right: {} for right in notice.rights}
    for category in notice.categories.values():
        for right, outcome in category.outcomes.items():
            found.setdefault(right, {})[category.id] = outcome.outcome
    return found


def _named(name: str, purposes: Sequence[str]) -> Counter[str]:
    return Counter({f"{name}.{purpose}": 1 for purpose in purposes})


def _rounded(number: Fraction) -> int:
    whole = max(1, round(number))
    digits = len(str(whole))
    return whole if digits < 3 else round(whole, 2 - digits)

"""Counts the effects that a version would have on people and records: pure.

Every count has a flat name, such as `ask.newsletter`, so that the counts of pages can be added up,
those of a sample as well as those of a round that reads everybody.
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
from chalicelib.retention.amendments.model import Amended
from chalicelib.subjects.model import Kind, Standing, since

READ, ACCOUNTS, TELL, ALONE, BROWSERS = "read", "accounts", "tell", "alone", "browsers"
"""Names of counts: standings read, usable accounts, those to tell, those left alone, browsers
without an account."""

AT_ONCE = "at_once"
"""The name in place of a month for records whose new end is over when the version takes effect."""

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A version that is compared with the one in force.

    `amended` are its rules that differ from those the records go by, by kind of record and event.
    """

    before: Notice
    after: Notice
    changes: tuple[Change, ...]
    amended: Mapping[tuple[str, str], Amended]


def of_person(standing: Standing, trial: Trial) -> Counter[str]:
    """Returns the effects of the version on one person, each as a count of one.

    A person with a usable account is told, asked again or left alone; a visitor is asked again. All
    others (not verified yet, disowned, being erased) are only read.
    """
    found = Counter({READ: 1})
    visitor = standing.kind is Kind.VISITOR and not standing.erasing
    if not visitor and not standing.usable:
        return found
    judged = concern(standing, trial.changes, trial.before, trial.after)
    if visitor:
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
    """Counts a record whose end the version moves, by rule and month of the new end.

    `began` is the start of its period by the index. The `standing` of its subject may give a later
    start, by the last activity or decision. A record that is over by both, or keeps its end, gives
    no count; one that is over by the version as soon as that takes effect, and is not without it,
    counts under AT_ONCE.
    """
    one = trial.amended.get((kind, event))
    if one is None or not one.moves:
        return Counter()
    if standing is not None:
        began = max(began, since(standing, event))
    start, was, will = trial.after.effective_at, _end(one.before, began), one.after.ends(began)
    if one.at_once(began, start):
        return Counter({f"records.{one.after.id}.{AT_ONCE}": 1})
    if was is not None and (was <= start or was == will):
        return Counter()
    when = AT_ONCE if will <= start else f"{will:%Y-%m}"
    return Counter({f"records.{one.after.id}.{when}": 1})


def _end(rule: RetentionRule | None, began: datetime) -> datetime | None:
    return None if rule is None else rule.ends(began)


def chosen(places: Iterable[str], most: int) -> frozenset[str]:
    """Returns up to `most` of some partition keys: always the same ones, picked by a hash."""
    found = sorted(set(places), key=lambda place: hashlib.blake2b(place.encode()).digest())
    return frozenset(found[:most])


def scaled(counts: Counts, factor: Fraction) -> Counter[str]:
    """Scales the counts of a sample to all, to two digits; a count above zero stays above zero.

    `factor` is the number of items that each counted one stands for, at least 1.
    """
    return Counter({name: _rounded(count * factor) for name, count in counts.items() if count})


def under(counts: Counts, name: str) -> dict[str, int]:
    """Returns the counts below a name, such as purposes below `ask`, in order."""
    start = f"{name}."
    found = ((key.removeprefix(start), n) for key, n in counts.items() if key.startswith(start))
    return dict(sorted(found))


def changed_rights(before: Notice, after: Notice) -> frozenset[str]:
    """Lists the rights whose outcome for a category changes, and those that come or go."""
    old, new = _outcomes(before), _outcomes(after)
    return frozenset(right for right in {*old, *new} if old.get(right) != new.get(right))


def _outcomes(notice: Notice) -> dict[str, dict[str, str]]:
    """Returns, by right and category, the outcome of the right."""
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

"""The consequences of a refusal for the data: which purposes still use it, when it goes: pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from chalicelib.decisions.coverage import uncovered
from chalicelib.decisions.permission import expired, is_about
from chalicelib.notices.model import (
    OPPOSABLE,
    LegalBasis,
    Notice,
    Purpose,
    RetentionRule,
    UndeclaredRetention,
)
from chalicelib.subjects.model import Decision, Standing

KEPT: Final = "profile"
"""The kind of record that keeps categories of a person's data, one each."""

WITHDRAWN: Final = "withdrawn"
"""The event from which the notice keeps data that no purpose may use any more."""

_NONE: Final[Mapping[Any, Any]] = MappingProxyType({})

_A_PERSON_ENDS: Final = OPPOSABLE | {LegalBasis.CONSENT}
"""The legal bases that a person can end: by withdrawal (GDPR art. 7(3)) or objection (art. 21)."""

_VERSIONS: Final = 4
"""Versions of the notice about which a process remembers what it worked out."""


@dataclass(frozen=True, slots=True)
class Going:
    """How many records go, and when the last of them does."""

    count: int
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class Consequence:
    """The consequence of a refusal for a category of the data that a purpose used.

    `erased_at` is the instant at which the kept data goes; None where nothing is kept, or where
    other purposes still use it, which `kept_for` names. `records` are those that were kept for the
    purpose alone, such as messages; None without any.
    """

    purpose: str
    category: str
    erased_at: datetime | None
    kept_for: tuple[Purpose, ...]
    records: Going | None = None


def rule(notice: Notice) -> RetentionRule | None:
    """The rule by which data goes that no purpose may use any more; None without one."""
    try:
        found = notice.rule(KEPT, WITHDRAWN)
    except UndeclaredRetention:
        return None
    return found if found.then == "erase" else None


def endable(purposes: Iterable[str], notice: Notice) -> tuple[str, ...]:
    """The categories of these purposes that are kept here and that a person's choices can end.

    Most notices have none: what an account is run with rests on a contract too.
    """
    record = notice.records.get(KEPT)
    if record is None or rule(notice) is None:
        return ()
    named = {one for purpose in purposes for one in notice.purposes[purpose].categories}
    return tuple(sorted((named & record.groups.keys()) - _lasting(notice)))


@lru_cache(maxsize=_VERSIONS)
def _lasting(notice: Notice) -> frozenset[str]:
    """Returns the categories that a purpose uses whatever a person chooses."""
    return frozenset(
        category
        for purpose in notice.purposes.values()
        for category in purpose.categories
        if purpose.kinds_for([category]) - _A_PERSON_ENDS and category not in purpose.explicit
    )


def uses(category: str, standing: Standing, notice: Notice, now: datetime) -> tuple[Purpose, ...]:
    """Lists the purposes that still use a category of a subject's data, in the notice's order."""
    return tuple(
        purpose
        for purpose in notice.purposes.values()
        if category in purpose.categories and may_use(purpose, category, standing, notice, now)
    )


def consequences(
    purposes: Collection[str],
    standing: Standing,
    ends: Mapping[str, datetime],
    notice: Notice,
    now: datetime,
    records: Mapping[tuple[str, str], Going] = _NONE,
) -> tuple[Consequence, ...]:
    """The consequences for the data of refusals of some of these purposes.

    `ends` holds the instant at which a category goes, where it has one, and `records` those that go
    by purpose and category. Lists purposes that were allowed before, and any other whose refusal
    causes an erasure.
    """
    found = []
    for name in sorted(purposes):
        decided = standing.decisions.get(name)
        if decided is None or decided.decision is Decision.GRANTED or name not in notice.purposes:
            continue
        for category in notice.purposes[name].categories:
            erased_at, kept = ends.get(category), records.get((name, category))
            if erased_at or kept or decided.decision is not Decision.DENIED:
                kept_for = uses(category, standing, notice, now)
                found.append(Consequence(name, category, erased_at, kept_for, kept))
    return tuple(found)


def may_use(
    purpose: Purpose, category: str, standing: Standing, notice: Notice, now: datetime
) -> bool:
    """Tells whether a purpose uses a category of a subject's data, as its person decided.

    It does as long as its person does not refuse, or, where it needs consent, as one stands that
    covers the category.
    """
    decided, kinds = standing.decisions.get(purpose.id), purpose.kinds_for([category])
    if LegalBasis.CONSENT not in kinds:
        if decided is not None and not is_about(decided, purpose, kinds):
            return True
        refused = decided is not None and decided.decision is not Decision.GRANTED
        return not refused  # a refusal outlives a change of basis
    if decided is None or decided.decision is not Decision.GRANTED:
        return False
    if expired(decided, purpose, notice, now):
        return False
    lacking = uncovered(decided, notice.widenings.get(purpose.id, ()))
    return lacking is None or not (lacking.whole or category in lacking.categories)

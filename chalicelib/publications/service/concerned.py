"""Finds the people whom a version concerns, a page at a time, and records their obligations."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from chalicelib.notices import service as notices
from chalicelib.notices.changes import Change, changes
from chalicelib.notices.model import Notice, version_order
from chalicelib.publications import store
from chalicelib.publications.model import Concern, Obligation, concern
from chalicelib.storage import reads
from chalicelib.storage.transaction import ConditionFailed, Contended, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import USABLE, Standing


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A version that people are told of: the one before it, and the changes."""

    before: Notice
    after: Notice
    changes: tuple[Change, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """A person whom a version concerns, with the changes for them and their obligation."""

    standing: Standing
    concern: Concern
    obligation: Obligation | None


@lru_cache(maxsize=4)
def version(since: str, name: str) -> Version:
    """Returns a published version after an earlier one. Two GetItems without a cached one."""
    before, after = notices.version(since), notices.version(name)
    return Version(before, after, changes(before, after))


def people(found: Sequence[str], told: Version) -> tuple[list[Person], int]:
    """Returns the subjects whom a version concerns, and the number that it leaves alone.

    Subjects without a usable account, or who registered under this version, are not counted. One
    BatchGetItem for up to 50 subjects.
    """
    places = [
        place
        for subject in found
        for place in (
            subjects.standing_at(subject),
            store.obligation_at(subject, told.after.version),
        )
    ]
    read = iter(reads.batch(places) if places else ())
    concerned, alone = [], 0
    for item, obligation in zip(read, read, strict=True):
        standing = None if item is None else subjects.standing_of(item)
        if standing is None or not _reached(standing, told):
            continue
        judged = concern(standing, told.changes, told.before, told.after)
        if judged.told:
            known = None if obligation is None else store.obligation_of(obligation)
            concerned.append(Person(standing, judged, known))
        else:
            alone += 1
    read_of = subjects.complete([one.standing for one in concerned])
    return [replace(one, standing=its) for one, its in zip(concerned, read_of, strict=True)], alone


def oblige(
    persons: Sequence[Person], told: Version, notice: Notice, now: datetime
) -> tuple[list[Person], int]:
    """Creates the missing obligations. Returns the people who now have one, and how many failed.

    One transaction for all missing ones; one each when that fails.
    """
    new = [one for one in persons if one.obligation is None]
    kept = [one for one in persons if one.obligation is not None]
    if not new:
        return kept, 0
    try:
        return [*kept, *_oblige_all(new, told, notice, now)], 0
    except (ConditionFailed, Contended):
        pass
    failed = 0
    for person in new:
        try:
            kept += _oblige_all([person], told, notice, now)
        except (ConditionFailed, Contended):  # gone meanwhile, or done by another worker
            failed += 1
    return kept, failed


def _oblige_all(
    persons: Sequence[Person], told: Version, notice: Notice, now: datetime
) -> list[Person]:
    write, obliged = Transaction(notice), []
    for person in persons:
        subject, effective_at = person.standing.subject, told.after.effective_at
        item = store.new_obligation(
            subject, told.after.version, person.concern.ask, effective_at, now
        )
        write.put(item)
        lifecycle.require_account(write, subject, *USABLE)
        obliged.append(Person(person.standing, person.concern, store.obligation_of(item)))
    write.commit()
    return obliged


def _reached(standing: Standing, told: Version) -> bool:
    """Tells whether a subject has a usable account that was registered under an earlier version."""
    earlier = version_order(standing.notice_version) < version_order(told.after.version)
    before = standing.registered_at < told.after.effective_at
    return standing.usable and (earlier or before)

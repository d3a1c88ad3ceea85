"""Removes from the tables what does not stay of a subject, and looks whether anything is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib import clock
from chalicelib.erasure import model
from chalicelib.erasure.model import Found, NotErased, PartFound, Remains
from chalicelib.jobs import service as jobs
from chalicelib.kinds.model import Also, Record
from chalicelib.kinds.registry import Registry
from chalicelib.notices.erasure import Part, Plan
from chalicelib.notices.model import Notice
from chalicelib.requests.model import ERASE, FULFIL_SUPPLEMENT, MADE
from chalicelib.storage import keys, partition
from chalicelib.storage.contention import patiently
from chalicelib.storage.item import Item, NobodysData
from chalicelib.storage.partition import Stored
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.vault import last
from chalicelib.vault.store import DataKeyItem

PART: Final = 90
"""Records of some categories that go in one transaction, beside the revision."""

_BATCH: Final = 100
"""Records that are read before they are removed: memory stays flat, however many there are."""


_COPIES: Final = frozenset({*MADE.values(), FULFIL_SUPPLEMENT})
"""The jobs that make a copy of a person's data."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Counts what an erasure by a rule does, in the transactions that do it.

    `keys` is added where data keys are destroyed, with their number, and `done` where the end is
    written.
    """

    keys: Also
    done: Also


@dataclass(frozen=True, slots=True)
class Counted:
    """The records that an erasure is going to remove, and the classes in which something stays.

    `sealed` are those of them in which something that stays is sealed, so that a key is needed.
    `open_jobs` are the ids of jobs that are waiting.
    """

    counts: Mapping[str, int]
    kept: frozenset[str]
    sealed: frozenset[str]
    open_jobs: tuple[str, ...]


def count(subject: str, plan: Plan, kinds: Registry, notice: Notice) -> Counted:
    """Counts what is going to be removed. A Query of each table for a MB, strongly consistent."""
    counts: Counter[str] = Counter()
    kept, sealed, waiting = set[str](), set[str](), list[str]()
    for stored in _read(subject):
        found = _found(stored)
        if stored.kind == jobs.KIND:
            if found.id != ERASE:
                waiting.append(found.id)
        elif plan.keeps(found.kind, found.retention_class, found.id):
            kept.add(found.retention_class)
            if stored.sealed is not None:
                sealed.add(found.retention_class)
        elif not kinds.of(stored.kind).declared.machinery:
            counts.update(model.counted(found, notice))
    return Counted(counts, frozenset(kept), frozenset(sealed), tuple(waiting))


def remove(
    subject: str, kept: Iterable[str], plan: Plan, kinds: Registry, also: Also | None = None
) -> int:
    """Destroys the keys of the classes in which nothing stays, then removes what does not stay.

    Things that kinds keep elsewhere because of a record go before it. The standing stays, and the
    job of the erasure itself. Returns the number of records. A Query of the keys and one of each
    table for a MB; one BatchWriteItem for 25 records, one transaction for a hundred of others.
    """
    destroy(subject, kept, also)
    return _remove(subject, _going(subject, plan), kinds)


def left(
    subject: str, plan: Plan, kinds: Registry, erased_at: datetime, now: datetime
) -> tuple[list[Stored], Remains]:
    """Returns the records of an erased subject whose time is over, and what goes on to stay.

    One Query for each MB, strongly consistent: nothing lies in other tables any more.
    """
    over, remains = list[Stored](), Remains()
    for stored in partition.read(keys.subject(subject)):
        found = _found(stored)
        if _whole(stored, kinds) or stored.kind == jobs.KIND:
            continue
        if model.over(found, plan, erased_at, now):
            over.append(stored)
        elif not kinds.of(found.kind).declared.part_of:
            remains.add(found, model.ends(found, plan, erased_at, now))
    return over, remains


def met(subject: str, part: Part) -> PartFound:
    """Returns what an erasure of some categories meets. A Query of each table for a MB, strong."""
    found, now = PartFound(), clock.now()
    for stored in _read(subject):
        found.add(_found(stored), part)
        if stored.kind == jobs.KIND and stored.fields["action"] in _COPIES:
            found.copied |= datetime.fromisoformat(stored.fields["leased_until"]) > now
    return found


def remove_part(subject: str, part: Part, kinds: Registry, standing: Standing | None) -> int:
    """Removes the records of some categories, and all copies; returns their number.

    The bodies of copies go before them. The keys stay: the account goes on. Of an account each
    transaction is a revision of its profile, on condition that profile and holds are those that
    were read with `standing` and `part`, so that nothing is removed that is held meanwhile. A Query
    of each table for a MB, strongly consistent, and a transaction for each PART. Raises
    ConditionFailed and Contended.
    """
    removed = 0
    going = [one for one in _read(subject) if _goes(one, part)]
    for start in range(0, len(going), PART):
        batch = going[start : start + PART]
        for one in batch:
            record = Record(one.kind, keys.record_id(one.sk), one.fields)
            kinds.of(one.kind).release(subject, record)
        write = Transaction(NobodysData())
        for one in batch:
            write.delete(one.table(pk=one.pk, sk=one.sk))
        if standing is not None:
            lifecycle.begin_revision(write, standing, None, standing)
        write.commit()
        if standing is not None:
            standing = replace(standing, revision=standing.revision + 1)
        removed += len(batch)
    return removed


def _goes(stored: Stored, part: Part) -> bool:
    found = _found(stored)
    return part.goes(found.kind, found.retention_class, found.id, found.form)


def destroy(subject: str, kept: Iterable[str], also: Also | None = None) -> list[str]:
    """Destroys the keys of all classes but those that are kept; returns these classes.

    One Query, and one BatchWriteItem where there are any. With `also` it is one transaction, to
    which that is added: each key is counted once, wherever the work breaks off. Raises Contention.
    """
    pk, stay = keys.subject(subject), frozenset(kept)

    def once() -> list[str]:
        classes = [one for one in partition.keys_of(pk) if one not in stay]
        if classes and also is None:
            partition.remove(pk, classes, from_keys=True)
        elif classes and also is not None:
            write = Transaction(NobodysData())
            for name in classes:
                key = DataKeyItem(pk=pk, sk=name)
                write.delete(key, condition=DataKeyItem.pk.exists(), label="key")
            also(write, len(classes))
            write.commit()
        return classes

    return patiently(once)


def settle(subject: str) -> None:
    """Destroys the keys of the classes of which a person may have nothing, and has nothing now.

    A Query of the keys, and `vault.last.settle` for each class of them. It can be repeated.
    """
    pk = keys.subject(subject)
    for retention_class in partition.keys_of(pk):
        last.settle(pk, retention_class)


def remove_these(subject: str, over: Iterable[Stored], kinds: Registry) -> int:
    """Removes records, and before each what its kind keeps elsewhere; returns their number."""
    return _remove(subject, over, kinds)


def remove_whole(subject: str, everything: Iterable[Stored], kinds: Registry) -> int:
    """Removes all records of a subject, the standing last; returns their number."""
    last, others = list[Stored](), list[Stored]()
    for stored in everything:
        (last if _whole(stored, kinds) else others).append(stored)
    removed = _remove(subject, others, kinds)
    _remove(subject, last, kinds)
    partition.remove_together(last)
    return removed + len(last)


def remove_all(subject: str, kinds: Registry) -> int:
    """Destroys all keys of a subject and removes all its records; returns the number of both."""
    found = len(destroy(subject, ()))
    return found + remove_whole(subject, _read(subject), kinds)


def remaining(
    subject: str, plan: Plan, kinds: Registry, erased_at: datetime, now: datetime
) -> Remains:
    """Returns what is left of a subject, read again, with the ends of what stays.

    A Query of each table for a MB, strongly consistent. Raises NotErased where there is anything
    that does not stay, beside the standing or tombstone and the job of the erasure.
    """
    remains, wrong = Remains(), Counter[str]()
    for stored in _read(subject):
        found = _found(stored)
        if _whole(stored, kinds) or (stored.kind == jobs.KIND and found.id == ERASE):
            continue
        if not plan.keeps(found.kind, found.retention_class, found.id):
            wrong[found.kind] += 1
        elif not kinds.of(found.kind).declared.part_of:
            remains.add(found, model.ends(found, plan, erased_at, now))
    if wrong:
        raise NotErased(wrong)
    return remains


def require_no_key(subject: str, kept: Iterable[str]) -> None:
    """Raises NotErased where a data key of another class than `kept` is left. One Query."""
    left = set(partition.keys_of(keys.subject(subject))) - set(kept)
    if left:
        raise NotErased({f"key of {one}": 1 for one in left})


def _read(subject: str) -> Iterator[Stored]:
    return partition.read(keys.subject(subject), partition.EVERYWHERE)


def _going(subject: str, plan: Plan) -> Iterator[Stored]:
    """Yields what does not stay, the standing included, which `_remove` only releases."""
    for stored in _read(subject):
        found = _found(stored)
        own = stored.kind == jobs.KIND and found.id == ERASE
        if not own and not plan.keeps(found.kind, found.retention_class, found.id):
            yield stored


def _remove(subject: str, going: Iterable[Stored], kinds: Registry) -> int:
    removed, batch = 0, list[Stored]()
    for stored in going:
        kinds.of(stored.kind).release(
            subject, Record(stored.kind, keys.record_id(stored.sk), stored.fields)
        )
        if _whole(stored, kinds):
            continue
        batch.append(stored)
        if len(batch) == _BATCH:
            removed += _flush(subject, batch)
            batch = []
    return removed + _flush(subject, batch)


def _flush(subject: str, batch: list[Stored]) -> int:
    records = [one.sk for one in batch if one.table is Item]
    others = [one for one in batch if one.table is not Item]
    if records:
        partition.remove(keys.subject(subject), records)
    partition.remove_together(others)
    return len(batch)


def _whole(stored: Stored, kinds: Registry) -> bool:
    """Tells whether an item stands for the subject itself: the standing, or its tombstone."""
    return stored.kind == subjects.STANDING or kinds.of(stored.kind).declared.whole


def _found(stored: Stored) -> Found:
    record_id, form = keys.record_id(stored.sk), str(stored.fields.get("form", ""))
    return Found(stored.kind, stored.retention_class, record_id, stored.ends_at, form)

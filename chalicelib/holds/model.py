"""Holds on records of a subject, and what they cover. Pure values and rules.

A hold stops the end of records and nothing else: it gives nobody a right to use them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from chalicelib.catalogue import STORED, Catalogue
from chalicelib.catalogue.model import Ending, Kind
from chalicelib.instants import instant

KIND: Final = "hold"
"""The kind of record that a hold is."""

ID: Final = re.compile("[a-z2-7]{26,40}")
"""The form of the id of a subject, and of a hold."""

MOST_RECORDS: Final = 100
"""Most records that a hold names."""

MOST_HOLDS: Final = 20
"""Most holds that stand on the records of one subject."""

YEARS: Final = 2
"""Longest time that a hold is placed or renewed for."""

_MACHINERY: Final = "core"
"""The class of what makes a subject one, and of the data of devices."""


class Ground(StrEnum):
    """The ground of a hold (GDPR art. 17(3)(b) and (e))."""

    CLAIMS = "claims"
    """The records are needed to establish, exercise or defend legal claims."""
    LEGAL_OBLIGATION = "legal_obligation"
    """A law or an authority asks for them to be kept."""
    DISPUTE = "dispute"
    """They are what a dispute is about."""


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A record that a hold names: its class, its kind, and the id that ends its sort key."""

    retention_class: str
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold on records of a subject: on all of some `classes`, or on the `records` it names.

    It stands from `placed_at` until just before `until`, whoever looks and when. `by` is the
    subject of the member of the desk who placed it, or renewed it last.
    """

    id: str
    subject: str
    ground: Ground
    placed_at: datetime
    until: datetime
    by: str
    classes: frozenset[str] = frozenset()
    records: frozenset[Named] = frozenset()

    def stands(self, now: datetime) -> bool:
        """Whether it has not ended."""
        return now < self.until

    def covers(self, kind: str, retention_class: str, record_id: str, whole: str = "") -> bool:
        """Whether it names a record, the record's class, or the record that this is a part of.

        `whole` is the kind of that one, whose id the part's begins with, before a full stop. It
        covers itself, since nothing else says what is held and why. It says nothing of its time.
        """
        if kind == KIND:
            return record_id == self.id
        if retention_class in self.classes:
            return True
        if Named(retention_class, kind, record_id) in self.records:
            return True
        named = Named(retention_class, whole, record_id.partition(".")[0])
        return bool(whole) and named in self.records

    @property
    def touched(self) -> frozenset[str]:
        """The classes of what it covers: their data keys are needed as long as it stands."""
        named = {record.retention_class for record in self.records}
        return self.classes | named

    @property
    def name(self) -> str:
        """Its public name, which leads to its subject: both ids with a full stop between them."""
        return f"{self.subject}.{self.id}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A hold as the desk asks for it; `named` are its records in the order in which they stood."""

    subject: str
    ground: Ground
    until: datetime
    reason: str
    classes: frozenset[str] = frozenset()
    named: tuple[Named, ...] = ()

    @property
    def records(self) -> frozenset[Named]:
        """The records that it names."""
        return frozenset(self.named)


@dataclass(frozen=True, slots=True)
class Held:
    """The holds that stand on the records of a subject; `NOTHING_HELD` is none.

    `catalogue` knows which kinds a hold can keep: secrets and marks that lie in a held class go as
    if there were no hold.
    """

    holds: tuple[Hold, ...] = ()
    catalogue: Catalogue = STORED

    def __bool__(self) -> bool:
        return bool(self.holds)

    def over(self, kind: str, retention_class: str, record_id: str) -> Iterator[Hold]:
        """Yields the holds that cover a record."""
        declared = self.catalogue.get(kind)
        if declared is None or not (kind == KIND or can_be_held(declared)):
            return
        for one in self.holds:
            if one.covers(kind, retention_class, record_id, declared.part_of):
                yield one

    def covers(self, kind: str, retention_class: str, record_id: str) -> bool:
        """Whether a record may not be erased now."""
        return next(self.over(kind, retention_class, record_id), None) is not None

    def until(self, kind: str, retention_class: str, record_id: str) -> datetime | None:
        """Returns when the last hold on a record ends; None for one that no hold covers."""
        ends = [one.until for one in self.over(kind, retention_class, record_id)]
        return max(ends) if ends else None

    def keeps_key(self, retention_class: str, evidence: str = "evidence") -> bool:
        """Whether the data key of a class may not be destroyed: something that it seals is held.

        The reasons of holds are sealed with the key of `evidence`.
        """
        if retention_class == evidence and self.holds:
            return True
        return any(retention_class in one.touched for one in self.holds)

    def ends(self) -> datetime | None:
        """Returns when the first of the holds ends, so that less is held; None without one."""
        return min((one.until for one in self.holds), default=None)


NOTHING_HELD: Final = Held()


def standing_at(holds: Iterable[Hold], now: datetime, catalogue: Catalogue = STORED) -> Held:
    """Returns those of a subject's holds that stand at an instant, the first to end first."""
    found = sorted((one for one in holds if one.stands(now)), key=lambda one: (one.until, one.id))
    return Held(tuple(found), catalogue)


def can_be_held(kind: Kind) -> bool:
    """Whether a hold can keep records of a kind.

    It cannot keep what DynamoDB removes by itself at a date, what lies in a bucket, what only makes
    the software run, what opens doors, and the standing of a person with all that belongs to it.
    Records that systems hand over are none of these, of whatever class.
    """
    by_itself = kind.tentative or any(
        rule.ending in {Ending.EXPIRY, Ending.BUCKET} for rule in kind.rules
    )
    return (
        kind.held
        and not kind.machinery
        and not kind.whole
        and (kind.by_notice or kind.retention_class != _MACHINERY)
        and not by_itself
    )


def kinds(catalogue: Catalogue = STORED) -> tuple[str, ...]:
    """Lists the kinds of records that a hold can name, in the catalogue's order."""
    return tuple(name for name, kind in catalogue.items() if can_be_held(kind))


def classes(catalogue: Catalogue = STORED) -> tuple[str, ...]:
    """Lists the retention classes that a hold can name: those of the kinds that it can.

    The class of what makes a subject one is none: of it, records are named one by one.
    """
    found = (kind.retention_class for kind in catalogue.values() if can_be_held(kind))
    return tuple(dict.fromkeys(one for one in found if one != _MACHINERY))


def pack(records: Iterable[Named]) -> str:
    """Returns records as one text: `evidence#request:a,b evidence#entry:c`."""
    ids: dict[str, list[str]] = {}
    for one in sorted(records):
        ids.setdefault(f"{one.retention_class}#{one.kind}", []).append(one.id)
    return " ".join(f"{kind}:{','.join(found)}" for kind, found in ids.items())


def unpacked(text: str) -> Iterator[Named]:
    """Yields the packed records."""
    for packed in text.split(" ") if text else ():
        kind, _, ids = packed.partition(":")
        retention_class, _, name = kind.partition("#")
        for one in ids.split(","):
            yield Named(retention_class, name, one)


def facts(hold: Hold) -> dict[str, Any]:
    """Returns what the audit keeps of a hold, from which it can be restored: never its reason."""
    return {
        "id": hold.id,
        "ground": str(hold.ground),
        "classes": sorted(hold.classes),
        "records": pack(hold.records),
        "placed_at": instant(hold.placed_at),
        "until": instant(hold.until),
    }


def restored(kept: Mapping[str, Any], subject: str, by: str) -> Hold:
    """Returns the hold whose facts the audit kept: the inverse of `facts`.

    Raises KeyError or ValueError for what `facts` did not write.
    """
    return Hold(
        id=str(kept["id"]),
        subject=subject,
        ground=Ground(kept["ground"]),
        placed_at=datetime.fromisoformat(kept["placed_at"]),
        until=datetime.fromisoformat(kept["until"]),
        by=by,
        classes=frozenset(kept["classes"]),
        records=frozenset(unpacked(kept["records"])),
    )

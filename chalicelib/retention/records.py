"""Due records as they are read: each with its place in the index, and what has a say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from chalicelib.holds import model as holds
from chalicelib.retention.evidence.store import KIND as TALLY
from chalicelib.retention.message import Places
from chalicelib.storage import due, keys, reads
from chalicelib.storage.due import Due, Unreadable
from chalicelib.storage.item import Item
from chalicelib.storage.lateness import Lateness
from chalicelib.storage.reads import Place
from chalicelib.subjects import service as subjects

if TYPE_CHECKING:
    from chalicelib.subjects.model import Standing
    from chalicelib.subjects.store import StandingItem

LANE: Final = "rule"

STUCK: Final = "stuck"
"""The lane of records that could not be handled in five tries."""

_LANES: Final = frozenset(shard for lane in (LANE, STUCK) for shard in keys.shards(lane))


@dataclass(frozen=True, slots=True)
class Seen:
    """A due record as it was read, and its subject's standing, where that has a say.

    `lane` is its shard, and `late` the record of tries that failed. `going` says that its parts
    began to go.
    """

    entry: Due
    lane: str
    late: Lateness | None = None
    going: bool = False
    standing: StandingItem | None = None

    @property
    def first(self) -> datetime:
        """The date at which it was due before any try failed."""
        return self.entry.due_at if self.late is None else self.late.first

    @property
    def subject(self) -> str:
        """The subject in whose partition it lies; a text that is none's for other partitions."""
        return keys.subject_of(self.entry.pk)

    @property
    def id(self) -> str:
        """The id that ends its sort key."""
        return keys.record_id(self.entry.sk)

    @property
    def known(self) -> Standing | None:
        """The standing as a value; that of an erased subject says so."""
        return None if self.standing is None else subjects.standing_of(self.standing)

    @property
    def concerns_somebody(self) -> bool:
        """Tells whether holds and restrictions of its subject concern it."""
        return _concerns_somebody(self.entry.pk, self.entry.kind)


@dataclass(frozen=True, slots=True)
class Broken:
    """A due item that this software did not write so; `now` stands for a date it does not have."""

    entry: Unreadable
    lane: str
    now: datetime
    late: Lateness | None = None

    @property
    def first(self) -> datetime:
        """The date at which it was due before any try failed."""
        return (self.entry.due_at or self.now) if self.late is None else self.late.first


Found: TypeAlias = Seen | Broken


def read(places: Places, now: datetime) -> list[Found]:
    """Returns the records at up to fifty places that are due, in their order.

    One BatchGetItem, strongly consistent, with the standings of the subjects of records that holds
    and restrictions concern. A record that is gone, has a later date
    or left its lane is left out, and so are tallies, which the schedule closes.
    """
    wanted: list[Place] = [(Item, pk, sk) for pk, sk in places]
    asked = dict.fromkeys(pk for pk, sk in places if _concerns_somebody(pk, _kind_in(sk)))
    standings = [(pk, subjects.standing_at(keys.subject_of(pk))) for pk in asked]
    known = set(places)
    others = [(kind, pk, sk) for _, (kind, pk, sk) in standings if (pk, sk) not in known]
    raw = dict(
        zip(
            [(pk, sk) for _, pk, sk in (*wanted, *others)],
            reads.raw([*wanted, *others]),
            strict=True,
        )
    )
    found = []
    for pk, sk in places:
        item = raw[pk, sk]
        _, *place = subjects.standing_at(keys.subject_of(pk))
        beside = raw.get((place[0], place[1]))
        if item is not None and (seen := _found(item, beside, now)) is not None:
            found.append(seen)
    return found


def _found(
    item: Mapping[str, Any], beside: Mapping[str, Any] | None, now: datetime
) -> Found | None:
    """Returns a record that is due, with what lies in the place of its subject's standing."""
    lane, kind = item.get("lane", {}).get("S"), item.get("kind", {}).get("S")
    if lane not in _LANES or "due_at" not in item or kind == TALLY:
        return None
    entry = due.entry(item)
    late = due.lateness_in(item, entry)
    if isinstance(entry, Unreadable):
        dated = entry.due_at
        is_later = dated is not None and dated > now
        return None if is_later else Broken(entry, lane, now, late)
    if entry.due_at > now:
        return None
    try:
        standing = None if beside is None else subjects.item_in(beside)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Broken(Unreadable(entry.pk, entry.sk, entry.kind, entry.place), lane, now, late)
    return Seen(entry, lane, late, bool(item.get("going", {}).get("BOOL")), standing)


def _concerns_somebody(pk: str, kind: str) -> bool:
    return keys.subject_of(pk) != pk and kind in holds.kinds()


def _kind_in(sk: str) -> str:
    """Returns the kind in a sort key; an empty text for one of another form."""
    parts = sk.split("#", 2)
    return parts[1] if len(parts) > 2 else ""

"""The protocol of a kind of record, and the behaviour of a plain kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from chalicelib.catalogue import Kind
from chalicelib.notices.model import Notice

if TYPE_CHECKING:
    from chalicelib.storage.transaction import Transaction

Also: TypeAlias = "Callable[[Transaction, int], None]"
"""Adds to a transaction that ends so many records what is to be written with it, once."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a subject: its kind, the id that ends its sort key, and its fields, opened.

    `fields` is empty where only the place of the record is known, as in the due index. `ends_at` is
    the date at which it goes, where it has one. `source` is the party that gave it, where that is
    not the one that its kind says (a `Source`, or a party of the notice's sources).
    """

    kind: str
    id: str
    fields: Mapping[str, Any]
    ends_at: datetime | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """The person who is told a record: by which notice, in which language, and when."""

    subject: str
    notice: Notice
    locale: str
    now: datetime


class RecordKind(Protocol):
    """The questions that copy, erasure and sweep ask of a kind of record."""

    @property
    def declared(self) -> Kind:
        """The declaration of the kind."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields what the person is told of a record: it, nothing, or also others it leads to."""

    def release(self, subject: str, record: Record) -> None:
        """Removes what lies elsewhere because of a record, before the record itself goes.

        It may be called again after a crash.
        """

    def is_used(
        self, subject: str, record_id: str, event: str, notice: Notice, now: datetime
    ) -> bool:
        """Tells whether a record whose period is over is needed all the same."""

    def over(self, record_id: str, notice: Notice, now: datetime) -> int:
        """Counts the parts of a due record that have a period of their own which is over."""

    def shorten(self, record_id: str, notice: Notice, now: datetime, also: Also) -> int:
        """Removes these parts; returns how many, and calls `also` in each transaction.

        A record that had such parts stays, at the date of the next of them.
        """


def has_parts(kind: RecordKind) -> bool:
    """Tells whether something lies elsewhere because of the records of a kind (`release`)."""
    return type(kind).release is not Plain.release


def is_shortened(kind: RecordKind) -> bool:
    """Tells whether the records of a kind have parts with a period of their own (`shorten`)."""
    return type(kind).shorten is not Plain.shorten


class Plain:
    """A kind whose records are told as they are stored and removed as they are."""

    def __init__(self, declared: Kind) -> None:
        self._declared = declared

    @property
    def declared(self) -> Kind:
        """The declaration of the kind."""
        return self._declared

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields the record as it is stored."""
        del reader
        yield record

    def release(self, subject: str, record: Record) -> None:
        """Does nothing: nothing lies elsewhere."""

    def is_used(
        self, subject: str, record_id: str, event: str, notice: Notice, now: datetime
    ) -> bool:
        """Returns False: a record whose period is over is needed no more."""
        del subject, record_id, event, notice, now
        return False

    def over(self, record_id: str, notice: Notice, now: datetime) -> int:
        """Returns 0: the record has no parts that end by themselves."""
        del record_id, notice, now
        return 0

    def shorten(self, record_id: str, notice: Notice, now: datetime, also: Also) -> int:
        """Returns 0: the record has no parts that end by themselves."""
        del record_id, notice, now, also
        return 0

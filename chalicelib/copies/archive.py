"""Packs a copy into a ZIP, in one pass over the records and in flat memory.

A ZIP is written member by member, so the page waits in a temporary file until the data is written:
in memory up to 128 KB, then compressed in a file without a name that is gone with the process. The
bytes depend on the order and the records alone: every member has the time of the order.
"""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any, Final, Protocol

from chalicelib import links
from chalicelib.catalogue import STORED, Source
from chalicelib.copies import port
from chalicelib.copies.document import SCHEMA, Document
from chalicelib.copies.information import WORDS, information, left_out, title_of
from chalicelib.copies.model import Order, Scope
from chalicelib.copies.page import NAME, Listing, around
from chalicelib.copies.recipients import Received
from chalicelib.instants import instant
from chalicelib.kinds.model import Reader, Record
from chalicelib.kinds.registry import Registry
from chalicelib.notices import access
from chalicelib.pages.words import words
from chalicelib.systems.model import Supplement

DATA: Final = "data.json"

SILENT: Final = "silent"
"""The status of a system that has not answered."""

_BUFFER: Final = 32 * 1024
_SPOOL: Final = 128 * 1024
_LEVEL: Final = 6

_REQUEST: Final = STORED["request"].name

_OF_REQUESTS: Final = frozenset(
    {
        *(kind.name for kind in STORED.values() if _REQUEST in (kind.name, kind.part_of)),
        STORED["contact"].name,
        STORED["export"].name,
    }
)
"""The kinds of records that a request leaves, and nothing else does."""


class Sink(Protocol):
    """A file that is only written to, in order."""

    def write(self, data: bytes, /) -> int:
        """Takes bytes; returns their number."""

    def flush(self) -> None:
        """Does nothing that can be seen."""


def pack(
    order: Order,
    records: Iterable[Record],
    kinds: Registry,
    sink: Sink,
    supplements: Iterable[Supplement] = (),
) -> int:
    """Writes the ZIP of a copy to `sink`; returns the number of records that it tells.

    `records` are those of the person as they are stored, opened; each is let go once it is told.
    """
    with zipfile.ZipFile(sink, "w") as archive, _spool() as spool:  # type: ignore[call-overload]
        pieces = _Text(spool)
        listing = Listing(order, pieces.put)
        with archive.open(_member(DATA, order), "w") as member:
            text = _Text(member)
            count, last = _data(
                order, records, kinds, supplements, Document(order, text.put), listing
            )
            text.flush()
        listing.end()
        pieces.flush()
        archive.writestr(_member(SCHEMA, order), schema(), compresslevel=_LEVEL)
        before, after = around(order, listing.contents, *last, _notice(order))
        with archive.open(_member(NAME, order), "w") as member:
            member.write(before.encode())
            for piece in spool.again():
                member.write(piece)
            member.write(after.encode())
    return count


def schema() -> bytes:
    """Returns the JSON Schema of the data, as it goes with every copy."""
    return Path(__file__).with_name(SCHEMA).read_bytes()


def _data(
    order: Order,
    records: Iterable[Record],
    kinds: Registry,
    supplements: Iterable[Supplement],
    document: Document,
    listing: Listing,
) -> tuple[int, tuple[Mapping[str, Any], Mapping[str, Any], list[dict[str, Any]]]]:
    """Writes the records to both forms; returns their number, and what is said of all of them."""
    received, categories, told_kinds, count = Received(), set[str](), set[str](), 0
    catalogue = kinds.catalogue
    for shown in _shown(order, records, kinds, received):
        about = _About(order, shown.kind)
        party = port.party(shown, order.notice, catalogue)
        item = _item(shown, party)
        document.record(shown.kind, about, item)
        listing.record(shown.kind, about, item, _party_words(order, party))
        categories |= port.groups(shown, order.notice).keys()
        told_kinds.add(shown.kind)
        count += 1
    document.systems()
    added = 0
    for answer in supplements:
        added += _system(order, answer, document, listing)
    said = _held(order, count, added, told_kinds)
    last = said, information(order, categories, received), left_out(order, catalogue)
    document.end(*last)
    return count + added, last


def _shown(
    order: Order, records: Iterable[Record], kinds: Registry, received: Received
) -> Iterator[Record]:
    """Yields what the person is told of each record, for portability the part that it covers."""
    reader = Reader(order.subject, order.notice, order.locale, order.made_at)
    covered, catalogue = port.covered(order.notice), kinds.catalogue
    for record in records:
        if order.scope is Scope.ACCESS:
            received.see(record)
        for shown in kinds.told([record], reader):
            if order.scope is Scope.ACCESS:
                yield shown
                continue
            part = port.portable(shown, order.notice, covered, catalogue)
            if part is not None:
                yield part


def _item(shown: Record, party: str | None) -> dict[str, Any]:
    item: dict[str, Any] = {"id": shown.id} if shown.id else {}
    item["source"] = party
    if shown.ends_at is not None:
        item["kept_until"] = instant(shown.ends_at)
    return {**item, "fields": dict(shown.fields)}


class _About:
    """Says of a kind what a copy says once before its records."""

    def __init__(self, order: Order, kind: str) -> None:
        self._order, self._kind = order, kind

    def __call__(self) -> Mapping[str, Any]:
        notice, locale = self._order.notice, self._order.locale
        return {
            "title": title_of(self._kind, notice, locale),
            "kept": access.record_kept(notice, self._kind, locale),
        }


def _party_words(order: Order, party: str | None) -> str:
    if party is None or party == Source.SOFTWARE:
        return words(WORDS, order.locale)["party.software" if party else "party.unknown"]
    return access.party_named(order.notice, party, order.locale)


def _system(order: Order, answer: Supplement, document: Document, listing: Listing) -> int:
    """Writes the answer of another system; returns the number of its records."""
    recipient = order.notice.recipients.get(answer.system)
    name = answer.system if recipient is None else order.notice.text(recipient.name, order.locale)
    status = SILENT if answer.status is None else str(answer.status)
    text = words(WORDS, order.locale)[f"status.{status}"]
    about: dict[str, Any] = {"system": answer.system, "name": name, "status": status, "text": text}
    if answer.ground is not None:
        about["ground"] = answer.ground
    if answer.answered_at is not None:
        about |= {"answered_at": instant(answer.answered_at), "late": answer.late}
    document.system(about)
    listing.system(name, text)
    count = 0
    for item in answer.records:
        document.added(item)
        listing.added(item)
        count += 1
    return count


def _held(order: Order, count: int, added: int, told_kinds: set[str]) -> dict[str, Any]:
    """Returns how much is held, in a number and in words."""
    name = "held.records"
    if order.scope is Scope.PORT:
        name = name if count + added else "held.nothing"
    elif added == 0 and told_kinds <= _OF_REQUESTS:
        name = "held.request"
    text = words(WORDS, order.locale)[name]
    return {"records": count + added, "text": text.format(count=count + added)}


def _notice(order: Order) -> str:
    """Returns the address of the page of an order's notice, in its language."""
    return f"{links.page(f'/notice/{order.notice.version}')}?lang={order.locale}"


def _member(name: str, order: Order) -> zipfile.ZipInfo:
    """Returns a member of the ZIP, whose time is that of the order; ZIP counts from 1980."""
    at = order.made_at.astimezone(UTC)
    info = zipfile.ZipInfo(name, (max(at.year, 1980), *at.timetuple()[1:6]))
    info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
    info.external_attr = 0o644 << 16
    return info


class _Text:
    """Collects pieces of text, and writes them as UTF-8 in larger ones."""

    def __init__(self, sink: Any) -> None:
        self._sink, self._pieces, self._length = sink, list[str](), 0

    def put(self, piece: str) -> None:
        """Takes a piece."""
        self._pieces.append(piece)
        self._length += len(piece)
        if self._length >= _BUFFER:
            self.flush()

    def flush(self) -> None:
        """Writes what was collected; half of a surrogate pair, which is no text, becomes `?`."""
        self._sink.write("".join(self._pieces).encode(errors="replace"))
        self._pieces.clear()
        self._length = 0


class _Spool:
    """A temporary file that is written once, compressed, and then read once."""

    def __init__(self, file: tempfile.SpooledTemporaryFile[bytes]) -> None:
        self._file, self._packer = file, zlib.compressobj(level=1)

    def write(self, data: bytes) -> int:
        """Takes bytes."""
        self._file.write(self._packer.compress(data))
        return len(data)

    def again(self) -> Iterator[bytes]:
        """Yields all that was written, in pieces."""
        self._file.write(self._packer.flush())
        self._file.seek(0)
        unpacker = zlib.decompressobj()
        while packed := self._file.read(_BUFFER):
            while packed:
                yield unpacker.decompress(packed, _BUFFER)
                packed = unpacker.unconsumed_tail
        yield unpacker.flush()


@contextmanager
def _spool() -> Iterator[_Spool]:
    """A spool, whose file is removed at the end whatever happens."""
    with tempfile.SpooledTemporaryFile(_SPOOL) as file:
        yield _Spool(file)

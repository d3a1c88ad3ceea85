"""Versions of the notice in the table: documents gzipped, and one pointer to the version in force.

Beside them lie the lists of what the controller has confirmed, each under its digest. None of it is
personal data, so no notice has to declare it.
"""

import gzip
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.pagination import ResultIterator

from chalicelib.instants import instant
from chalicelib.notices.model import Lasting, Notice, Period, Since, Widening
from chalicelib.notices.publication import Pointer, Shown
from chalicelib.storage import keys, pages
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import Transaction

KIND = "notice"

MAX_PACKED = 380 * 1024
"""Most bytes of a gzipped document in one item, beside its keys (DynamoDB takes 400 KiB)."""

_ID_SETS = ("categories", "recipients", "channels", "cookies", "cookie_classes")


class DocumentItem(Item):
    """One version's published document, and the widenings that earlier consents do not cover."""

    KIND = KIND

    digest = UnicodeAttribute()
    document = BinaryAttribute(legacy_encoding=False)
    widenings = JSONAttribute(null=True)


class VersionItem(Item):
    """One version in the list of versions."""

    KIND = KIND

    version = UnicodeAttribute()
    digest = UnicodeAttribute()
    effective_at = InstantAttribute()
    text_date = UnicodeAttribute()
    published_at = InstantAttribute()
    withdrawn_at = InstantAttribute(null=True)


class PointerItem(Item):
    """The version in force, the next one with its date, and the announcements of both."""

    KIND = KIND

    current = UnicodeAttribute()
    next = UnicodeAttribute(null=True)
    next_at = InstantAttribute(null=True)
    shown = JSONAttribute(null=True)
    next_shown = JSONAttribute(null=True)


class ConfirmationsItem(Item):
    """A list of confirmations, an entry a line. It never changes: its sort key has its digest."""

    KIND = KIND

    entries = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Published:
    """A published document, its digest, and the widenings that go with it."""

    document: dict[str, Any]
    digest: str
    widenings: Mapping[str, tuple[Widening, ...]]


def get_pointer() -> Pointer | None:
    """Returns the pointer; None before the first publication. One GetItem."""
    try:
        item = PointerItem.get(keys.NOTICES, keys.POINTER, consistent_read=True)
    except PointerItem.DoesNotExist:
        return None
    return Pointer(
        item.current, item.next, item.next_at, _shown(item.shown), _shown(item.next_shown)
    )


def get_document(version: str, *, consistent: bool = False) -> Published | None:
    """Returns a version's document, or None. One GetItem.

    An eventually consistent read is enough for most: a version is published long before it is read.
    """
    try:
        item = DocumentItem.get(keys.notice(version), keys.DOCUMENT, consistent_read=consistent)
    except DocumentItem.DoesNotExist:
        return None
    return Published(unpacked(item.document), item.digest, _widenings(item.widenings or {}))


def get_listed(version: str) -> VersionItem | None:
    """Returns a published version's entry in the list, or None. One strongly consistent GetItem."""
    try:
        return VersionItem.get(keys.NOTICES, keys.notice_version(version), consistent_read=True)
    except VersionItem.DoesNotExist:
        return None


def get_confirmations(digest: str) -> frozenset[str] | None:
    """Returns the list of confirmations of that digest, or None. One GetItem.

    A second one, strongly consistent, where the first finds nothing: the list may be new.
    """
    place = keys.NOTICES, keys.notice_confirmations(digest)
    for consistent in (False, True):
        try:
            item = ConfirmationsItem.get(*place, consistent_read=consistent)
        except ConfirmationsItem.DoesNotExist:
            continue
        return frozenset(item.entries.splitlines())
    return None


def confirmations_item(digest: str, entries: Collection[str]) -> ConfirmationsItem:
    """Returns the item of a list of confirmations."""
    return ConfirmationsItem(
        keys.NOTICES,
        keys.notice_confirmations(digest),
        kind=KIND,
        entries="\n".join(sorted(entries)),
    )


def put_withdrawn(write: Transaction, version: str, now: datetime) -> None:
    """Adds the mark that a version was called back, on condition that it was not before."""
    write.update(
        VersionItem(keys.NOTICES, keys.notice_version(version), kind=KIND),
        [VersionItem.withdrawn_at.set(now)],
        VersionItem.pk.exists() & VersionItem.withdrawn_at.does_not_exist(),
        label="version",
    )


def put_version(
    write: Transaction,
    notice: Notice,
    widenings: Mapping[str, tuple[Widening, ...]],
    now: datetime,
) -> None:
    """Adds a version's document and its entry in the list, on condition that the version is new."""
    document = DocumentItem(
        keys.notice(notice.version),
        keys.DOCUMENT,
        kind=KIND,
        digest=notice.digest,
        document=packed(notice.document),
        widenings={name: [_plain(one) for one in added] for name, added in widenings.items()},
    )
    listed = VersionItem(
        keys.NOTICES,
        keys.notice_version(notice.version),
        kind=KIND,
        version=notice.version,
        digest=notice.digest,
        effective_at=notice.effective_at,
        text_date=notice.text_date.isoformat(),
        published_at=now,
    )
    write.put(document, label="document")
    write.put(listed, label="version")


def put_pointer(write: Transaction, before: Pointer | None, after: Pointer) -> None:
    """Adds the change of the pointer, on condition that it was not moved meanwhile."""
    item = PointerItem(keys.NOTICES, keys.POINTER, kind=KIND, current=after.current)
    item.next, item.next_at = after.next, after.next_at
    item.shown, item.next_shown = _told(after.shown), _told(after.next_shown)
    condition: Condition = PointerItem.pk.does_not_exist()
    if before is not None:
        condition = PointerItem.current == before.current
        condition &= (
            PointerItem.next.does_not_exist()
            if before.next is None
            else PointerItem.next == before.next
        )
    write.put(item, label="pointer", condition=condition)


def versions(after: str | None, limit: int) -> ResultIterator[VersionItem]:
    """Lists up to `limit` versions, newest first, older than `after`. One Query."""
    named = None if after is None else keys.sortable(after)
    return VersionItem.query(
        keys.NOTICES,
        VersionItem.sk.startswith(keys.VERSION_PREFIX),
        scan_index_forward=False,
        limit=limit,
        last_evaluated_key=pages.start(keys.NOTICES, keys.VERSION_PREFIX, named),
    )


def packed(document: Mapping[str, Any]) -> bytes:
    """Returns a document as it is stored: JSON, gzipped; equal documents give equal bytes."""
    return gzip.compress(json.dumps(document, ensure_ascii=False).encode(), mtime=0)


def unpacked(stored: bytes) -> dict[str, Any]:
    """Returns the document in stored bytes."""
    document: dict[str, Any] = json.loads(gzip.decompress(stored))
    return document


def _plain(widening: Widening) -> dict[str, Any]:
    sets = {name: sorted(getattr(widening, name)) for name in _ID_SETS}
    lasts = None if widening.lasts is None else _plain_lasting(widening.lasts)
    return {"version": widening.version, "whole": widening.whole, "lasts": lasts, **sets}


def _plain_lasting(lasts: Lasting) -> dict[str, Any]:
    return {**asdict(lasts.period), "from": str(lasts.since)}


def _lasting(stored: Mapping[str, Any]) -> Lasting:
    """Returns the stored end of a consent; one that an older release stored has no moment."""
    counts = {unit: count for unit, count in stored.items() if unit != "from"}
    return Lasting(Period(**counts), Since(stored.get("from", Since.DECISION)))


def _widenings(stored: Mapping[str, Any]) -> dict[str, tuple[Widening, ...]]:
    return {
        purpose: tuple(
            Widening(
                version=one["version"],
                whole=one["whole"],
                lasts=_lasting(one["lasts"]) if one.get("lasts") else None,
                **{name: frozenset(one[name]) for name in _ID_SETS},
            )
            for one in added
        )
        for purpose, added in stored.items()
    }


def _told(shown: Shown | None) -> dict[str, Any] | None:
    if shown is None:
        return None
    dates = {"effective_at": instant(shown.effective_at), "until": instant(shown.until)}
    return {**asdict(shown), **dates}


def _shown(stored: Mapping[str, Any] | None) -> Shown | None:
    if not stored:
        return None
    return Shown(
        version=stored["version"],
        since=stored["since"],
        effect=stored["effect"],
        effective_at=datetime.fromisoformat(stored["effective_at"]),
        until=datetime.fromisoformat(stored["until"]),
    )

"""Versions of the notice in the table: documents gzipped, one pointer to what is in force.

Nothing here is personal data, so these items need no declaration by a notice.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.pagination import ResultIterator

from chalicelib.instants import instant
from chalicelib.notices.model import Notice, Period, Widening
from chalicelib.notices.publication import Pointer, Shown
from chalicelib.storage import keys, pages
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import Transaction

KIND = "notice"

MAX_PACKED = 380 * 1024
"""Bytes of a gzipped document that one item holds, beside its keys (DynamoDB takes 400 KiB)."""

_ID_SETS = ("categories", "recipients", "channels", "cookies", "cookie_classes")


class DocumentItem(Item):
    """One version's document, as published, and what consents before it do not cover."""

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
    """Which version is in force, which comes next from when, and what is shown of both."""

    KIND = KIND

    current = UnicodeAttribute()
    next = UnicodeAttribute(null=True)
    next_at = InstantAttribute(null=True)
    shown = JSONAttribute(null=True)
    next_shown = JSONAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Published:
    """A published document, its digest, and the widenings that go with it."""

    document: dict[str, Any]
    digest: str
    widenings: Mapping[str, tuple[Widening, ...]]


def get_pointer() -> Pointer | None:
    """What is in force; None before the first publication. One GetItem."""
    try:
        item = PointerItem.get(keys.NOTICES, keys.POINTER, consistent_read=True)
    except PointerItem.DoesNotExist:
        return None
    return Pointer(
        item.current, item.next, item.next_at, _shown(item.shown), _shown(item.next_shown)
    )


def get_document(version: str, *, consistent: bool = False) -> Published | None:
    """A version's document. One GetItem: a version is published long before anybody reads it."""
    try:
        item = DocumentItem.get(keys.notice(version), keys.DOCUMENT, consistent_read=consistent)
    except DocumentItem.DoesNotExist:
        return None
    return Published(unpacked(item.document), item.digest, _widenings(item.widenings or {}))


def get_listed(version: str) -> VersionItem | None:
    """A published version's line in the list. One strongly consistent GetItem."""
    try:
        return VersionItem.get(keys.NOTICES, keys.notice_version(version), consistent_read=True)
    except VersionItem.DoesNotExist:
        return None


def put_withdrawn(write: Transaction, version: str, now: datetime) -> None:
    """Adds that a version was called back, on condition that it was not before."""
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
    """Adds a version's document, and its line in the list, on condition that it is a new one."""
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
    """Adds the change of the pointer, on condition that nobody moved it meanwhile."""
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
    """Up to `limit` versions, newest first, older than the one named. One Query."""
    named = None if after is None else keys.sortable(after)
    return VersionItem.query(
        keys.NOTICES,
        VersionItem.sk.startswith(keys.VERSION_PREFIX),
        scan_index_forward=False,
        limit=limit,
        last_evaluated_key=pages.start(keys.NOTICES, keys.VERSION_PREFIX, named),
    )


def packed(document: Mapping[str, Any]) -> bytes:
    """A document as it is stored: JSON, gzipped; the same bytes for the same document."""
    return gzip.compress(json.dumps(document, ensure_ascii=False).encode(), mtime=0)


def unpacked(stored: bytes) -> dict[str, Any]:
    """The document that was stored."""
    document: dict[str, Any] = json.loads(gzip.decompress(stored))
    return document


def _plain(widening: Widening) -> dict[str, Any]:
    sets = {name: sorted(getattr(widening, name)) for name in _ID_SETS}
    lasts = None if widening.lasts is None else asdict(widening.lasts)
    return {"version": widening.version, "whole": widening.whole, "lasts": lasts, **sets}


def _widenings(stored: Mapping[str, Any]) -> dict[str, tuple[Widening, ...]]:
    return {
        purpose: tuple(
            Widening(
                version=one["version"],
                whole=one["whole"],
                lasts=Period(**one["lasts"]) if one.get("lasts") else None,
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

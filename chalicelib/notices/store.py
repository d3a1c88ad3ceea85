"""Versions of the notice in the table: documents gzipped, one pointer to what is in force.

Nothing here is personal data, so these items need no declaration by a notice.
"""

import gzip
import json
from datetime import datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.pagination import ResultIterator

from chalicelib.notices.publication import Pointer
from chalicelib.storage import keys, pages
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item

KIND = "notice"
_CONDITION = "ConditionalCheckFailedException"


class DocumentItem(Item):
    """One version's document, as published."""

    digest = UnicodeAttribute()
    document = BinaryAttribute(legacy_encoding=False)


class VersionItem(Item):
    """One version in the list of versions."""

    version = UnicodeAttribute()
    digest = UnicodeAttribute()
    effective_at = InstantAttribute()
    text_date = UnicodeAttribute()
    published_at = InstantAttribute()


class PointerItem(Item):
    """Which version is in force, and which comes next from when."""

    current = UnicodeAttribute()
    next = UnicodeAttribute(null=True)
    next_at = InstantAttribute(null=True)


def get_pointer() -> Pointer | None:
    """What is in force; None before the first publication. One GetItem."""
    try:
        item = PointerItem.get(keys.NOTICES, keys.POINTER, consistent_read=True)
    except PointerItem.DoesNotExist:
        return None
    return Pointer(item.current, item.next, item.next_at)


def get_document(version: str) -> dict[str, Any] | None:
    """A version's document. One GetItem."""
    try:
        item = DocumentItem.get(keys.notice(version), keys.DOCUMENT)
    except DocumentItem.DoesNotExist:
        return None
    document: dict[str, Any] = json.loads(gzip.decompress(item.document))
    return document


def put_document(version: str, digest: str, document: Any) -> bool:
    """Stores a version's document; False when that version is another document already."""
    packed = gzip.compress(json.dumps(document, ensure_ascii=False).encode(), mtime=0)
    item = DocumentItem(
        keys.notice(version), keys.DOCUMENT, kind=KIND, digest=digest, document=packed
    )
    same = DocumentItem.pk.does_not_exist() | (DocumentItem.digest == digest)
    try:
        item.save(condition=same)
    except PutError as error:
        if error.cause_response_code == _CONDITION:
            return False
        raise
    return True


def is_listed(version: str) -> bool:
    """Whether a version was published before. One GetItem."""
    try:
        VersionItem.get(keys.NOTICES, keys.notice_version(version), consistent_read=True)
    except VersionItem.DoesNotExist:
        return False
    return True


def put_version(
    version: str, digest: str, effective_at: datetime, text_date: str, now: datetime
) -> None:
    """Lists a version; one that is listed already keeps its first date of publication."""
    item = VersionItem(
        keys.NOTICES,
        keys.notice_version(version),
        kind=KIND,
        version=version,
        digest=digest,
        effective_at=effective_at,
        text_date=text_date,
        published_at=now,
    )
    try:
        item.save(condition=VersionItem.pk.does_not_exist())
    except PutError as error:
        if error.cause_response_code != _CONDITION:
            raise


def move_pointer(before: Pointer | None, after: Pointer) -> bool:
    """Replaces the pointer; False when another publication moved it meanwhile."""
    item = PointerItem(keys.NOTICES, keys.POINTER, kind=KIND, current=after.current)
    item.next, item.next_at = after.next, after.next_at
    condition: Condition = PointerItem.pk.does_not_exist()
    if before is not None:
        condition = PointerItem.current == before.current
        condition &= (
            PointerItem.next.does_not_exist()
            if before.next is None
            else PointerItem.next == before.next
        )
    try:
        item.save(condition=condition)
    except (PutError, UpdateError) as error:
        if error.cause_response_code == _CONDITION:
            return False
        raise
    return True


def versions(after: str | None, limit: int) -> ResultIterator[VersionItem]:
    """Up to `limit` versions, newest first, older than the one named. One Query."""
    return VersionItem.query(
        keys.NOTICES,
        VersionItem.sk.startswith(keys.VERSION_PREFIX),
        scan_index_forward=False,
        limit=limit,
        last_evaluated_key=pages.start(keys.NOTICES, keys.VERSION_PREFIX, after),
    )

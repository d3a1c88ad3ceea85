"""Drafts of the notice in the table: a gzipped document each, and an entry in the list of drafts.

They hold no personal data, so no notice has to declare them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.pagination import ResultIterator

from chalicelib.notices.store import VersionItem, unpacked
from chalicelib.storage import keys, pages
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item, NobodysData
from chalicelib.storage.transaction import ConditionFailed, Transaction

KIND = "notice"
_PUBLISHED = "published"

Also: TypeAlias = Callable[[Transaction], object]
"""Adds further writes to the transaction of a draft."""


class DraftItem(Item):
    """One draft: the document that was saved last."""

    KIND = KIND

    digest = UnicodeAttribute()
    document = BinaryAttribute(legacy_encoding=False)
    saved_at = InstantAttribute()


class ListedDraftItem(Item):
    """One draft in the list of drafts; `findings` is the number of defects when it was saved."""

    KIND = KIND

    version = UnicodeAttribute()
    digest = UnicodeAttribute()
    saved_at = InstantAttribute()
    findings = NumberAttribute()


def document_of(item: DraftItem) -> dict[str, Any]:
    """Returns the document of a draft."""
    return unpacked(item.document)


def put_draft(
    version: str,
    digest: str,
    document: bytes,
    findings: int,
    now: datetime,
    until: datetime,
    also: Also | None = None,
) -> bool:
    """Saves a packed document in place of an earlier draft; False when the version is published.

    One transaction of the draft, its entry in the list, a check of the list of versions, and what
    `also` adds. Raises ConditionFailed where a condition of that does not hold.
    """
    draft, listed = _items(version)
    for item in (draft, listed):
        item.kind, item.digest, item.saved_at, item.expires = KIND, digest, now, until
    draft.document = document
    listed.version, listed.findings = version, findings
    write = Transaction(NobodysData())
    write.replace(draft)
    write.replace(listed)
    return _committed(write, version, also)


def get_draft(version: str) -> DraftItem | None:
    """Returns the draft that was saved last, also an expired one.

    One strongly consistent GetItem.
    """
    try:
        return DraftItem.get(keys.notice(version), keys.DRAFT, consistent_read=True)
    except DraftItem.DoesNotExist:
        return None


def drafts(after: str | None, limit: int) -> ResultIterator[ListedDraftItem]:
    """Lists up to `limit` drafts, newest version first, older than `after`. One Query."""
    return ListedDraftItem.query(
        keys.NOTICES,
        ListedDraftItem.sk.startswith(keys.DRAFT_PREFIX),
        scan_index_forward=False,
        consistent_read=True,
        limit=limit,
        last_evaluated_key=pages.start(keys.NOTICES, keys.DRAFT_PREFIX, after),
    )


def remove_draft(version: str, also: Also | None = None) -> bool:
    """Deletes a draft; a missing one is no error. Returns False when the version is published.

    One transaction of 2, a check of the list of versions, and what `also` adds. Raises
    ConditionFailed where a condition of that does not hold.
    """
    write = Transaction(NobodysData())
    remove_in(write, version)
    return _committed(write, version, also)


def remove_in(write: Transaction, version: str) -> None:
    """Adds the deletion of a draft, if there is one: two writes."""
    for item in _items(version):
        write.delete(item)


def _items(version: str) -> tuple[DraftItem, ListedDraftItem]:
    draft = DraftItem(keys.notice(version), keys.DRAFT)
    return draft, ListedDraftItem(keys.NOTICES, keys.notice_draft(version))


def _check_unpublished(write: Transaction, version: str) -> None:
    unpublished = VersionItem.pk.does_not_exist()
    write.check(
        VersionItem, keys.NOTICES, keys.notice_version(version), unpublished, label=_PUBLISHED
    )


def _committed(write: Transaction, version: str, also: Also | None) -> bool:
    """Commits writes of an unpublished version; returns False when it is published."""
    _check_unpublished(write, version)
    if also is not None:
        also(write)
    try:
        write.commit()
    except ConditionFailed as failed:
        if _PUBLISHED not in failed.labels:
            raise
        return False
    return True

"""The ledger in the table."""

from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.pagination import ResultIterator

from chalicelib.consents.model import Entry
from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item


class EntryItem(Item):
    """One entry of the ledger; decisions, salt, locale and evidence are sealed."""

    KIND = "entry"
    CLASS = "evidence"

    seq = NumberAttribute()
    previous = UnicodeAttribute()
    hash = UnicodeAttribute()
    commitment = UnicodeAttribute()
    notice_version = UnicodeAttribute()
    notice_digest = UnicodeAttribute()
    source = UnicodeAttribute()
    event = UnicodeAttribute()
    at = InstantAttribute()


def entry_item(entry: Entry) -> EntryItem:
    """An entry as it is stored; its sealed part is added by the caller, who has the key."""
    return EntryItem(
        pk=keys.subject(entry.subject),
        sk=keys.record(EntryItem.CLASS, EntryItem.KIND, keys.sequence(entry.seq)),
        kind=EntryItem.KIND,
        seq=entry.seq,
        previous=entry.previous,
        hash=entry.hash,
        commitment=entry.commitment,
        notice_version=entry.notice_version,
        notice_digest=entry.notice_digest,
        source=entry.source,
        event=entry.event,
        at=entry.at,
    )


def entry_of(item: EntryItem, opened: Mapping[str, Any]) -> Entry:
    """The entry that an item stores, with its opened part (empty when the key is gone)."""
    return Entry(
        subject=keys.subject_of(item.pk),
        seq=int(item.seq),
        previous=item.previous,
        commitment=item.commitment,
        notice_version=item.notice_version,
        notice_digest=item.notice_digest,
        source=item.source,
        event=item.event,
        at=item.at,
        opened=opened,
    )


def ledger(subject: str, after: int, limit: int) -> ResultIterator[EntryItem]:
    """Up to `limit` entries of a subject after the given number, oldest first. One Query."""
    pk = keys.subject(subject)
    prefix = keys.record(EntryItem.CLASS, EntryItem.KIND)
    first, last = prefix + keys.sequence(after + 1), prefix + keys.sequence(10**12 - 1)
    return EntryItem.query(
        pk, EntryItem.sk.between(first, last), consistent_read=True, limit=limit, page_size=limit
    )

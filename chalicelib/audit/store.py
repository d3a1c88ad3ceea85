"""The audit in the table: one partition with the entries, in order, and the head of their chain."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.pagination import ResultIterator

from chalicelib.audit.model import NOTHING, Entry, Link
from chalicelib.instants import instant
from chalicelib.notices.model import Notice
from chalicelib.storage import heads, keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction

KIND, CLASS = "audit", "evidence"
LANE, EVENT = "rule", "created"

HEAD = "audit head"
"""The label of the condition that nobody else wrote an entry meanwhile."""

ENTRY = "audit entry"
"""The label of the condition that no other entry is at the same time and number.

It fails beside HEAD where two entries are written at the same millisecond.
"""

_PREFIX = keys.record(CLASS, KIND)
_LATEST = "~"
"""A character after those of all times and numbers."""


class EntryItem(Item):
    """An entry of the audit, at its time and number, so that both are the order of its key."""

    KIND = KIND
    CLASS = CLASS

    seq = NumberAttribute()
    at = InstantAttribute()
    by = UnicodeAttribute()
    action = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
    request = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute()
    previous = UnicodeAttribute()
    hash = UnicodeAttribute()
    hold = UnicodeAttribute(null=True)
    """The facts of a hold, as JSON."""


class HeadItem(Item):
    """The head of the chain. Its date in the lane is the end of the oldest entry."""

    KIND = KIND
    CLASS = CLASS

    seq = NumberAttribute()
    hash = UnicodeAttribute()
    at = InstantAttribute(null=True)
    pruned_seq = NumberAttribute(default=0)
    pruned_hash = UnicodeAttribute(default=NOTHING.hash)


def head_at() -> Place:
    """Returns the place of the head, for reading it together with other items."""
    return HeadItem, keys.AUDIT, f"{_PREFIX}{keys.HEAD}"


def entry_place(at: datetime, seq: int) -> tuple[str, str]:
    """Returns partition and sort key of an entry."""
    return keys.AUDIT, f"{_PREFIX}{instant(at)}#{keys.sequence(seq)}"


def get_head() -> HeadItem | None:
    """Returns the head, or None before the first entry. One strongly consistent GetItem."""
    _, pk, sk = head_at()
    try:
        return HeadItem.get(pk, sk, consistent_read=True)
    except HeadItem.DoesNotExist:
        return None


def entry_of(item: EntryItem) -> Entry:
    """Returns the entry that an item stores."""
    return Entry(
        seq=int(item.seq),
        at=item.at,
        by=item.by,
        action=item.action,
        subject=item.subject,
        request=item.request,
        outcome=item.outcome,
        previous=item.previous,
        stored=item.hash,
        hold=None if item.hold is None else json.loads(item.hold),
    )


def put_entry(write: Transaction, entry: Entry, known: HeadItem | None, notice: Notice) -> None:
    """Adds an entry, and the head that points at it, on condition that the head is still `known`.

    The head enters the lane with the first entry of a chain, or the first after all were pruned.
    """
    pk, sk = entry_place(entry.at, entry.seq)
    write.put(
        EntryItem(
            pk=pk,
            sk=sk,
            kind=KIND,
            seq=entry.seq,
            at=entry.at,
            by=entry.by,
            action=entry.action,
            subject=entry.subject,
            request=entry.request,
            outcome=entry.outcome,
            previous=entry.previous,
            hash=entry.hash,
            hold=None if entry.hold is None else json.dumps(entry.hold, separators=(",", ":")),
        ),
        label=ENTRY,
    )
    ends = notice.rule(KIND, EVENT).ends(entry.at)
    if known is None:
        _, pk, sk = head_at()
        head = HeadItem(pk=pk, sk=sk, kind=KIND, seq=entry.seq, hash=entry.hash, at=entry.at)
        head.schedule(LANE, ends, EVENT, entry.at)
        write.put(head, label=HEAD)
        return
    actions = heads.ends_in(HeadItem, Link(entry.seq, entry.hash), entry.at)
    if known.lane is None:
        actions += _waits(entry.at, ends)
    write.update(known, actions, heads.unmoved(HeadItem, known), label=HEAD)


def prune_to(
    write: Transaction,
    known: HeadItem,
    pruned: Sequence[Entry],
    oldest: Entry | None,
    notice: Notice,
) -> None:
    """Adds the deletion of the oldest entries; the head keeps the last one's number and hash.

    `oldest` is the entry that is the oldest from then on. At least one entry is `pruned`.
    """
    for entry in pruned:
        write.delete(EntryItem(*entry_place(entry.at, entry.seq)))
    last = pruned[-1]
    stored = last.hash if last.stored is None else last.stored
    actions = heads.begins_after(HeadItem, Link(last.seq, stored))
    if oldest is None:
        actions += heads.waits_no_more(HeadItem)
    else:
        actions += _waits(oldest.at, notice.rule(KIND, EVENT).ends(oldest.at))
    write.update(known, actions, heads.unmoved(HeadItem, known), label=HEAD)


def entries(
    since: datetime | None = None,
    until: datetime | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int | None = None,
    *,
    newest_first: bool = False,
) -> ResultIterator[EntryItem]:
    """Lists entries in their order, those of `since` and `until` among them. One Query a MB.

    `after` is time and number of the last entry of the page before. With `newest_first` the order
    is the other way round.
    """
    low = _PREFIX + ("" if since is None else instant(since))
    high = _PREFIX + ("9" if until is None else instant(until)) + _LATEST
    start: dict[str, dict[str, Any]] | None = None
    if after is not None:
        pk, sk = entry_place(*after)
        start = {"pk": {"S": pk}, "sk": {"S": sk}}
    return EntryItem.query(
        keys.AUDIT,
        EntryItem.sk.between(low, high),
        consistent_read=True,
        scan_index_forward=not newest_first,
        limit=limit,
        page_size=limit,
        last_evaluated_key=start,
    )


def all_entries() -> Iterator[Entry]:
    """Yields every entry that was not pruned, oldest first. One Query a MB."""
    for item in entries():
        yield entry_of(item)


def _waits(since: datetime, ends: datetime) -> list[Any]:
    return heads.waits(HeadItem, LANE, keys.AUDIT, EVENT, since, ends)

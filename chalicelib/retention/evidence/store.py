"""The evidence of retention in the table, in one partition.

The partition has tallies of what batches did, the records of runs in order, and the head of their
chain.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib import ids
from chalicelib.chain import NOTHING
from chalicelib.instants import instant
from chalicelib.notices.model import Notice
from chalicelib.retention.evidence import model
from chalicelib.retention.evidence.model import Tally
from chalicelib.retention.evidence.run import Run
from chalicelib.storage import heads, keys, reads
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction

KIND: Final = "retention_tally"
LANE, EVENT = "rule", "ended"

RUN: Final = "retention_run"
CREATED: Final = "created"
"""The event from which the period of a run's record begins."""

UNREADABLE: Final = (ValueError, KeyError, TypeError, AttributeError, zlib.error)
"""Errors of a text of counts that this software did not write."""

HEAD: Final = "retention head"
"""The label of the condition that no other record was written meanwhile."""

CLOSED: Final = "retention tally closed"
"""The label of the condition that nobody else closed a tally meanwhile."""

TALLY: Final = "tally"
"""The label of the write of a tally. It has an id of its own, so its condition always holds."""


class TallyItem(Item):
    """The outcomes of one batch, due at once, so that the next run of the schedule closes it."""

    KIND = KIND
    CLASS = "evidence"

    counts = UnicodeAttribute()


def put_tally(write: Transaction, tally: Tally, now: datetime, notice: Notice) -> None:
    """Adds what a batch did to the transaction that does it: neither happens without the other.

    It lies in the lane `rule`, in a shard by its own id, since all tallies share a partition.
    """
    tally_id = ids.new_id()
    item = TallyItem(
        pk=keys.EVIDENCE,
        sk=keys.record(TallyItem.CLASS, KIND, tally_id),
        kind=KIND,
        counts=model.packed(tally),
    )
    ends = notice.rule(KIND, EVENT).ends(now)
    item.schedule(LANE, ends, EVENT, now, spread=tally_id)
    write.put(item, label=TALLY)


def tally_of(item: TallyItem) -> Tally:
    """Returns the tally that an item stores. Raises ValueError, KeyError or TypeError."""
    return model.unpacked(item.counts)


class RunItem(Item):
    """The record of a run, at its time and number, so that both are the order of its key.

    `counts` is compressed: a month of hourly runs by twenty rules is read in one Query.
    """

    KIND = RUN
    CLASS = "evidence"

    seq = NumberAttribute()
    at = InstantAttribute()
    begun = InstantAttribute()
    ended = InstantAttribute()
    batches = NumberAttribute()
    counts = BinaryAttribute(legacy_encoding=False)
    previous = UnicodeAttribute()
    hash = UnicodeAttribute()


class HeadItem(Item):
    """The head of the chain of runs. Its date in the lane is the end of the oldest record."""

    KIND = RUN
    CLASS = "evidence"

    seq = NumberAttribute()
    hash = UnicodeAttribute()
    at = InstantAttribute()
    pruned_seq = NumberAttribute(default=0)
    pruned_hash = UnicodeAttribute(default=NOTHING.hash)


_PREFIX: Final = keys.record(RunItem.CLASS, RUN)


def head_at() -> Place:
    """Returns the place of the head, for reading it together with tallies."""
    return HeadItem, keys.EVIDENCE, f"{_PREFIX}{keys.HEAD}"


def get_head() -> HeadItem | None:
    """Returns the head, or None before the first record. One strongly consistent GetItem."""
    _, pk, sk = head_at()
    try:
        return HeadItem.get(pk, sk, consistent_read=True)
    except HeadItem.DoesNotExist:
        return None


def tallies(places: Sequence[tuple[str, str]]) -> tuple[list[TallyItem], HeadItem | None]:
    """Returns the tallies that are still at these places, and the head. One BatchGetItem, strong.

    `places` are partitions and sort keys, at most 99.
    """
    *found, head = reads.batch([*((TallyItem, pk, sk) for pk, sk in places), head_at()])
    return [one for one in found if one is not None], head


def run_place(at: datetime, seq: int) -> tuple[str, str]:
    """Returns partition and sort key of a run's record."""
    return keys.EVIDENCE, f"{_PREFIX}{instant(at)}#{keys.sequence(seq)}"


def run_of(item: RunItem) -> Run:
    """Returns the record that an item stores.

    Of one whose counts cannot be read they are none, so that its hash is not the stored one.
    """
    try:
        did = model.unpacked(zlib.decompress(item.counts).decode())
    except UNREADABLE:
        did = Tally("")
    return Run(
        seq=int(item.seq),
        at=item.at,
        begun=item.begun,
        ended=item.ended,
        batches=int(item.batches),
        did=did,
        previous=item.previous,
        stored=item.hash,
    )


def put_runs(
    write: Transaction,
    runs: Sequence[Run],
    closed: Iterable[TallyItem],
    known: HeadItem | None,
    notice: Notice,
) -> None:
    """Adds records, the head that points at the last, and the end of the tallies that they sum.

    Each tally has to be there still, and the head to be `known` still. The head enters the lane
    with the first record of a chain, or the first after all were pruned.
    """
    for tally in closed:
        write.delete(
            TallyItem(pk=tally.pk, sk=tally.sk), label=CLOSED, condition=TallyItem.pk.exists()
        )
    for run in runs:
        write.put(run_item(run), label=RUN)
    first, last = runs[0], runs[-1]
    ends = notice.rule(RUN, CREATED).ends(first.at)
    if known is None:
        _, pk, sk = head_at()
        head = HeadItem(pk=pk, sk=sk, kind=RUN, seq=last.seq, hash=last.hash, at=last.at)
        head.schedule(LANE, ends, CREATED, first.at)
        write.put(head, label=HEAD)
        return
    actions = heads.ends_in(HeadItem, last.link, last.at)
    if known.lane is None:
        actions += _waits(first.at, ends)
    write.update(known, actions, heads.unmoved(HeadItem, known), label=HEAD)


def prune_to(
    write: Transaction, known: HeadItem, pruned: Sequence[Run], oldest: Run | None, notice: Notice
) -> None:
    """Adds the deletion of the oldest records; the head keeps the last one's number and hash.

    `oldest` is the record that is the oldest from then on. At least one is `pruned`.
    """
    for run in pruned:
        write.delete(RunItem(*run_place(run.at, run.seq)))
    actions = heads.begins_after(HeadItem, pruned[-1].link)
    if oldest is None:
        actions += heads.waits_no_more(HeadItem)
    else:
        actions += _waits(oldest.at, notice.rule(RUN, CREATED).ends(oldest.at))
    write.update(known, actions, heads.unmoved(HeadItem, known), label=HEAD)


def runs(
    since: datetime | None = None, until: datetime | None = None, limit: int | None = None
) -> Iterator[Run]:
    """Yields records in their order, from `since` on and before `until`. One Query a MB, strong."""
    # No record has the number 0, so a time alone comes before all of that time.
    low = _PREFIX if since is None else f"{_PREFIX}{instant(since)}#"
    high = f"{_PREFIX}:" if until is None else f"{_PREFIX}{instant(until)}#"
    found = RunItem.query(
        keys.EVIDENCE, RunItem.sk.between(low, high), consistent_read=True, limit=limit
    )
    for item in found:
        yield run_of(item)


def known_since(head: HeadItem | None) -> datetime | None:
    """Returns the time of the oldest record that is kept; None without any."""
    return None if head is None or head.lane is None else head.due_since


def run_item(run: Run) -> RunItem:
    """Returns the item of a record, at its place."""
    pk, sk = run_place(run.at, run.seq)
    return RunItem(
        pk=pk,
        sk=sk,
        kind=RUN,
        seq=run.seq,
        at=run.at,
        begun=run.begun,
        ended=run.ended,
        batches=run.batches,
        counts=zlib.compress(model.packed(run.did).encode(), 9),
        previous=run.previous,
        hash=run.hash,
    )


def _waits(since: datetime, ends: datetime) -> list[Any]:
    return heads.waits(HeadItem, LANE, keys.EVIDENCE, CREATED, since, ends)

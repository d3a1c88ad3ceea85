"""The evidence of retention in the table: one partition with what batches did, as tallies."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pynamodb.attributes import UnicodeAttribute

from chalicelib import ids
from chalicelib.notices.model import Notice
from chalicelib.retention.evidence import model
from chalicelib.retention.evidence.model import Tally
from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import Transaction

KIND: Final = "retention_tally"
LANE, EVENT = "rule", "ended"

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

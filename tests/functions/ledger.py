"""The ledger and the standing as they are stored, read with the product's own entities."""

from __future__ import annotations

from chalicelib.consents import store
from chalicelib.consents.model import Entry
from chalicelib.consents.store import EntryItem, is_event
from chalicelib.subjects import store as subject_store
from chalicelib.subjects.model import Standing
from chalicelib.subjects.store import StandingItem
from tests.functions import tables
from tests.functions.stack import DeployedStack


def standing(stack: DeployedStack, subject: str) -> Standing:
    """The subject's standing; fails when there is none."""
    (raw,) = tables.of_kind(tables.partition(stack, subject), StandingItem.KIND)
    item: StandingItem = StandingItem.from_raw_data(raw)
    return subject_store.standing_of(item)


def entries(stack: DeployedStack, subject: str) -> list[Entry]:
    """The subject's entries, oldest first; what is sealed stays sealed."""
    raw = tables.of_kind(tables.partition(stack, subject), EntryItem.KIND)
    stored = [one for one in raw if not is_event(one["sk"]["S"])]
    items: list[EntryItem] = [EntryItem.from_raw_data(one) for one in stored]
    return [store.entry_of(item, {}) for item in items]

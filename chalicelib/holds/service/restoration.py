"""Brings holds back after a restore of the tables, from what the audit says of them."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib import clock, logs
from chalicelib.audit import service as audit
from chalicelib.audit.model import Action, Entry
from chalicelib.holds import model, store
from chalicelib.holds.model import Hold
from chalicelib.holds.service import lane
from chalicelib.holds.store import HoldItem
from chalicelib.notices.model import Notice
from chalicelib.storage.contention import patiently
from chalicelib.storage.item import NobodysData
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects


def restore(notice: Notice, entries: Iterable[Entry] | None = None) -> int:
    """Makes the holds what the audit says that they are; returns how many were not.

    `entries` are those of the audit, oldest first; by default all that the table has. A hold that
    stands and is missing comes back without its reason, one that has another end gets its own, and
    one that was lifted ends. Nothing else is touched, and a person who is gone has none. It comes
    before erasures are done again, which leave what is held, and may be repeated. One Query a MB
    of the audit; for each hold a GetItem, and for each that is not as it was another and a
    transaction. Raises Contention.
    """
    latest: dict[tuple[str, str], Entry] = {}
    for entry in audit.everything() if entries is None else entries:
        if entry.hold is not None and entry.subject is not None:
            latest[entry.subject, str(entry.hold["id"])] = entry
    changed = sum(_restored(entry, notice, clock.now()) for entry in latest.values())
    logs.log("holds.restored", count=changed)
    return changed


def _restored(entry: Entry, notice: Notice, now: datetime) -> bool:
    assert entry.hold is not None
    assert entry.subject is not None
    hold = model.restored(entry.hold, entry.subject, entry.by)
    if entry.action == Action.HOLD_LIFTED or not hold.stands(now):
        return patiently(lambda: _ended(hold, now))
    if not patiently(lambda: _placed(hold, notice, now)):
        return False
    lane.settle(hold, 0, tuple(lane.in_lane(hold, store.records_of(hold))))
    return True


def _ended(hold: Hold, now: datetime) -> bool:
    """Ends a hold that stands although it was lifted; tells whether it did."""
    item = store.get_hold(hold.subject, hold.id)
    if item is None or not store.hold_of(item).stands(now):
        return False
    standing = subjects.item_of(hold.subject)
    write = Transaction(NobodysData())
    store.end(write, item, min(hold.until, now))
    if standing is not None:
        lifecycle.flag_holds(write, standing, now)
    write.commit()
    lane.release(hold.subject, hold.id)
    return True


def _placed(hold: Hold, notice: Notice, now: datetime) -> bool:
    """Stores a hold as the audit has it; tells whether anything had to be done."""
    item = store.get_hold(hold.subject, hold.id)
    if item is not None and store.hold_of(item).until == hold.until:
        return False
    standing = subjects.item_of(hold.subject)
    if standing is None and not store.records_of(hold):
        return False
    write, restored = Transaction(notice), store.hold_item(hold)
    if item is None:
        write.put(restored)
    else:
        restored.sealed, restored.sealed_fields = item.sealed, frozenset({"reason"})
        write.replace(restored, condition=HoldItem.until == item.until, label=store.HOLD)
    if standing is not None:
        lifecycle.flag_holds(write, standing, now)
    write.commit()
    return True

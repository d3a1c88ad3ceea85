"""Takes held records out of the sweep's lane, and puts them back when no hold covers them.

A record that is out keeps its date, so that it is due at its own end again when it is back. Every
step is conditional on the record's date. A record is taken out on condition that a hold on it is as
it was read: one that is lifted meanwhile has another end, so that no record stays out without one.
It is put back on condition that no hold came meanwhile, which changes the flag in the standing.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from chalicelib import clock
from chalicelib.holds import model, store
from chalicelib.holds.model import Held, Hold
from chalicelib.storage.contention import patiently
from chalicelib.storage.due import Due
from chalicelib.storage.item import Item, NobodysData
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects

AT_ONCE: Final = 99
"""Most records that one transaction moves, beside the flag."""


def keeper(item: Due, found: Held) -> Hold | None:
    """Returns one of a subject's holds that keeps a due record, the one that ends last, or None.

    The sweep asks before it erases a record. One whose parts began to go before it was held goes.
    """
    return _over(item, found)


def place(hold: Hold) -> tuple[str, str]:
    """Returns partition and sort key of a hold, by which several conditions on it are one."""
    return store.hold_place(hold.subject, hold.id)


def add_leave(write: Transaction, item: Due, label: str) -> None:
    """Adds that a held record leaves the sweep's lane, if it is as it was read."""
    store.take_out(write, Item(pk=item.pk, sk=item.sk, due_at=item.due_at), label)


def add_requirement(write: Transaction, hold: Hold, label: str) -> None:
    """Adds the condition that a hold is as it was read: neither lifted nor renewed."""
    store.require_same(write, hold, label)


def settle(hold: Hold, flag: int, left: Sequence[Item]) -> None:
    """Takes the rest of the records of a hold out of the lane, as long as it stands.

    `left` are those that its own transaction, which wrote `flag`, had no room for. One transaction
    for each AT_ONCE of them; where something changed meanwhile, all is read again. It is for the
    sweeps that looked before the hold was placed: later ones ask (`spare`).
    """

    def once() -> None:
        nonlocal hold, flag, left
        while left:
            write = Transaction(NobodysData())
            if flag:  # in the small item where there is one
                lifecycle.require_same_holds(write, hold.subject, flag)
            else:
                store.require_same(write, hold)
            for record in left[:AT_ONCE]:
                store.take_out(write, record)
            try:
                write.commit()
            except ConditionFailed:
                flag, (hold, left) = 0, _read_again(hold)
                raise
            left = left[AT_ONCE:]

    patiently(once)


def let_go(hold: Hold, flag: int, left: Sequence[Item]) -> None:
    """Puts the rest of the records of a hold that was lifted back into the lane.

    `left` are those that its own transaction, which wrote `flag`, had no room for. One transaction
    for each AT_ONCE of them; where one changed meanwhile, all is read again (`release`).
    """
    try:
        _put_back(hold.subject, flag, left)
    except ConditionFailed:
        release(hold.subject, hold.id)


def _put_back(subject: str, flag: int, left: Sequence[Item]) -> None:
    for start in range(0, len(left), AT_ONCE):
        write = Transaction(NobodysData())
        lifecycle.require_same_holds(write, subject, flag)
        for record in left[start : start + AT_ONCE]:
            store.put_back(write, record)
        write.commit()


def _read_again(hold: Hold) -> tuple[Hold, Sequence[Item]]:
    """Returns a hold with its records that are in the lane; with none of them if it ended."""
    item = store.get_hold(hold.subject, hold.id)
    if item is None or not store.hold_of(item).stands(clock.now()):
        return hold, ()
    found = store.hold_of(item)
    return found, tuple(in_lane(found, store.records_of(found)))


def in_lane(hold: Hold, records: Iterable[Item]) -> Iterator[Item]:
    """Yields those of some records that a hold covers and that the sweep would come to."""
    own = Held((hold,))
    for record in records:
        if record.kind != model.KIND and store.is_in_lane(record) and _covers(own, record):
            yield record


def out_of_lane(hold: Hold, others: Held) -> Iterator[Item]:
    """Yields the records of a hold that were taken out and that no other hold covers."""
    for record in store.records_of(hold):
        if record.kind != model.KIND and store.is_out(record) and not _covers(others, record):
            yield record


def release(subject: str, hold_id: str) -> None:
    """Puts the records of a hold that is over back into the lane, each at its own date.

    The flag goes with the last hold, and a tombstone is due at once. It may be called again after a
    crash, and for a hold that was renewed meanwhile or is gone it does nothing. A GetItem and a
    Query, a Query for each class and MB, and a transaction for each AT_ONCE records.
    """

    def once() -> None:
        standing = subjects.item_of(subject)
        found = {one.id: one for one in map(store.hold_of, store.holds_of(subject))}
        own, now = found.pop(hold_id, None), clock.now()
        if own is None or own.stands(now):
            return
        left = list(out_of_lane(own, model.standing_at(found.values(), now)))
        _put_back(subject, int(standing.held or 0) if standing is not None else 0, left)
        if standing is not None:
            write = Transaction(NobodysData())
            lifecycle.flag_holds(write, standing, now, stand=bool(found))
            write.commit()

    patiently(once)


def _over(item: Due, found: Held) -> Hold | None:
    """Returns a hold that covers a due record, the one that ends last; None without one."""
    retention_class, kind, record_id = item.sk.split("#", 2)
    over = found.over(kind, retention_class, record_id)
    return max(over, key=lambda one: one.until, default=None)


def _covers(found: Held, record: Item) -> bool:
    named = store.named_as(record)
    return found.covers(named.kind, named.retention_class, named.id)

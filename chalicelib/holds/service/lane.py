"""Takes held records out of the sweep's lane, and puts them back when no hold covers them.

A record that is out keeps its date, so that it is due at its own end again when it is back. Every
step is conditional on the record's date and on the flag of the subject's holds: a hold that is
placed, renewed or lifted meanwhile changes the flag, and the step is reckoned anew.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from chalicelib import clock
from chalicelib.holds import model, store
from chalicelib.holds.model import Held, Hold
from chalicelib.holds.service.facts import held
from chalicelib.storage import keys
from chalicelib.storage.contention import patiently
from chalicelib.storage.due import Due
from chalicelib.storage.item import Item, NobodysData
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects

AT_ONCE: Final = 99
"""Most records that one transaction moves, beside the flag."""


def spare(item: Due) -> bool:
    """Tells whether a due record is held, and takes it out of the lane then.

    The sweep asks before it erases a record that a hold can keep: one Query, and for a held one a
    GetItem, a Query and a transaction. Where holds or the record change at this moment, the record
    is left to the next sweep; one whose parts began to go before it was held goes.
    """
    subject = keys.subject_of(item.pk)
    if subject == item.pk or item.kind not in model.kinds() or not _covered(item, held(subject)):
        return False
    flag = subjects.flag_of_holds(subject)
    if not _covered(item, held(subject)):  # what a flag stands for is read after it
        return False
    write = Transaction(NobodysData())
    lifecycle.require_same_holds(write, subject, flag)
    store.take_out(write, Item(pk=item.pk, sk=item.sk, due_at=item.due_at))
    try:
        write.commit()
    except ConditionFailed:
        return not store.is_going(item.pk, item.sk)
    return True


def settle(hold: Hold, flag: int, left: Sequence[Item]) -> None:
    """Takes the rest of the records of a hold out of the lane, as long as it stands.

    `left` are those that its own transaction, which wrote `flag`, had no room for. One transaction
    for each AT_ONCE of them; where something changed meanwhile, all is read again. It is for the
    sweeps that looked before the hold was placed: later ones ask (`spare`).
    """

    def once() -> None:
        nonlocal flag, left
        while left:
            chunk, rest = left[:AT_ONCE], left[AT_ONCE:]
            write = Transaction(NobodysData())
            lifecycle.require_same_holds(write, hold.subject, flag)
            for record in chunk:
                store.take_out(write, record)
            try:
                write.commit()
            except ConditionFailed:
                flag, left = _read_again(hold)
                raise
            left = rest

    patiently(once)


def let_go(hold: Hold, flag: int, left: Sequence[Item]) -> None:
    """Puts the rest of the records of a hold that was lifted back into the lane.

    `left` are those that its own transaction, which wrote `flag`, had no room for. One transaction
    for each AT_ONCE of them; where something changed meanwhile, all is read again (`release`).
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


def _read_again(hold: Hold) -> tuple[int, Sequence[Item]]:
    """Returns the flag, and the records of a hold that are in the lane; none of one that ended."""
    flag = subjects.flag_of_holds(hold.subject)
    item = store.get_hold(hold.subject, hold.id)
    if item is None or not store.hold_of(item).stands(clock.now()):
        return flag, ()
    found = store.hold_of(item)
    return flag, tuple(in_lane(found, store.records_of(found)))


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
        flag = 0 if standing is None else int(standing.held or 0)
        last = len(left) % AT_ONCE
        _put_back(subject, flag, left[last:])
        write = Transaction(NobodysData())
        for record in left[:last]:
            store.put_back(write, record)
        if standing is None:
            lifecycle.require_same_holds(write, subject, flag)
        else:
            lifecycle.flag_holds(write, standing, now, stand=bool(found))
        write.commit()

    patiently(once)


def _covered(item: Due, found: Held) -> bool:
    retention_class, kind, record_id = item.sk.split("#", 2)
    return found.covers(kind, retention_class, record_id)


def _covers(found: Held, record: Item) -> bool:
    named = store.named_as(record)
    return found.covers(named.kind, named.retention_class, named.id)

"""Finishes erasures later: what stayed goes when its time is over, and the tombstone with the last.

No mail tells of it, since no address is left: the receipt answers instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib import clock, logs
from chalicelib.erasure import store
from chalicelib.erasure.model import Remains
from chalicelib.erasure.service import log, removal
from chalicelib.erasure.service.removal import Evidence
from chalicelib.holds import service as holds
from chalicelib.kinds.registry import Registry
from chalicelib.notices import erasure as plans
from chalicelib.notices.erasure import UNHELD
from chalicelib.notices.model import Notice
from chalicelib.storage.partition import Stored
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import burial
from chalicelib.subjects.model import Tombstone, is_visitor


def is_over(subject: str, notice: Notice, kinds: Registry) -> bool:
    """Tells whether something that stayed of an erased subject is over; changes nothing.

    One GetItem, and one Query for each MB.
    """
    stone = burial.tombstone_of(subject)
    if stone is None:
        return False
    over, remains = _left(stone, notice, kinds)
    return _ends(stone, over, remains)


def take_up(subject: str, notice: Notice, kinds: Registry, evidence: Evidence) -> int:
    """Removes what stayed of an erased subject and is over now; returns the number of records.

    The notice in force decides, so a period that a later version shortened applies. The tombstone
    is due again at the next end; with the last record, keys and tombstone go. It can be repeated:
    the log is written first, the keys of emptied classes die before their records, and the
    tombstone changes last. `evidence` counts the keys in the transaction that destroys them, and in
    the last one whether anything ended. One GetItem and one Query for each MB, one Query of the
    keys, one PutObject, one BatchWriteItem for 25 records, one transaction, and one of keys.
    """
    stone = burial.tombstone_of(subject)
    if stone is None:
        return 0
    over, remains = _left(stone, notice, kinds)
    removed = 0
    if over or not remains.stays:
        now = clock.now()
        store.log(subject, now, log.ended(stone, over, remains, now))
        removal.destroy(subject, remains.classes, evidence.keys)
        removed = removal.remove_these(subject, over, kinds)
    write = Transaction(notice)
    burial.renew(write, stone, remains.stays)
    evidence.done(write, int(_ends(stone, over, remains)))
    write.commit()
    logs.log(
        "erasure.ended", rule=stone.event, count=removed, remaining=sum(remains.counts.values())
    )
    return removed


def _left(stone: Tombstone, notice: Notice, kinds: Registry) -> tuple[list[Stored], Remains]:
    held = holds.held(stone.subject) if stone.held else UNHELD
    plan = plans.plan(notice, stone.event, held=held, browser=is_visitor(stone.subject))
    return removal.left(stone.subject, plan, kinds, stone.erased_at, clock.now())


def _ends(stone: Tombstone, over: Sequence[Stored], remains: Remains) -> bool:
    """Tells whether something ends, or ended in a try that broke off before it was counted."""
    return bool(over) or not remains.stays or bool(stone.stays.keys() - remains.stays.keys())

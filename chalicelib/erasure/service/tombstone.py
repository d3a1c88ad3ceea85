"""Finishes erasures later: what stayed goes when its time is over, and the tombstone with the last.

No mail tells of it, since no address is left: the receipt answers instead.
"""

from __future__ import annotations

from chalicelib import clock, logs
from chalicelib.erasure import store
from chalicelib.erasure.service import log, removal
from chalicelib.holds import service as holds
from chalicelib.kinds.registry import Registry
from chalicelib.notices import erasure as plans
from chalicelib.notices.erasure import UNHELD
from chalicelib.notices.model import Notice
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import burial
from chalicelib.subjects.model import is_visitor


def take_up(subject: str, notice: Notice, kinds: Registry) -> int:
    """Removes what stayed of an erased subject and is over now; returns the number of records.

    The notice in force decides, so a period that a later version shortened applies. The tombstone
    is due again at the next end; with the last record, keys and tombstone go. It can be repeated:
    the log is written first, the keys of emptied classes die before their records, and the
    tombstone changes last. One GetItem and one Query for each MB, one Query of the keys, one
    PutObject, one BatchWriteItem for 25 records, one transaction.
    """
    stone = burial.tombstone_of(subject)
    if stone is None:
        return 0
    held = holds.held(subject) if stone.held else UNHELD
    plan = plans.plan(notice, stone.event, held=held, browser=is_visitor(subject))
    over, remains = removal.left(subject, plan, kinds, stone.erased_at, clock.now())
    removed = 0
    if over or not remains.stays:
        now = clock.now()
        store.log(subject, now, log.ended(stone, over, remains, now))
        removal.destroy(subject, remains.classes)
        removed = removal.remove_these(subject, over, kinds)
    write = Transaction(notice)
    burial.renew(write, stone, remains.stays)
    write.commit()
    logs.log(
        "erasure.ended", rule=stone.event, count=removed, remaining=sum(remains.counts.values())
    )
    return removed

"""Closes what batches did into the chain of runs, verifies the chain, and prunes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Final

from chalicelib import chain, clock, logs
from chalicelib.catalogue.model import ERASE
from chalicelib.chain import Head
from chalicelib.kinds.model import Also
from chalicelib.notices.model import Notice
from chalicelib.retention.evidence import run, store
from chalicelib.retention.evidence.run import Met, Run
from chalicelib.retention.evidence.store import TallyItem
from chalicelib.storage.contention import patiently
from chalicelib.storage.heads import head_of
from chalicelib.storage.transaction import Contended, Transaction

AT_ONCE: Final = 90
"""Most tallies that one transaction closes, which takes a hundred writes."""

_PRUNED_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of a check of the whole chain: `fault` is the first bad number, or None."""

    head: Head
    count: int
    fault: int | None


def close(places: Iterable[tuple[str, str]], notice: Notice) -> tuple[Run, ...]:
    """Closes tallies, given by partition and sort key; returns the records that say it.

    Of each AT_ONCE of them one transaction puts the record (one for each version of the notice by
    which they were made), moves the head of the chain and deletes them: each tally is in exactly
    one record, whoever closes it, and however often. Those that are gone already were closed by
    somebody else; one that cannot be read is logged and left. One BatchGetItem and one transaction
    each; no call for none. Raises Contention when others keep closing.
    """
    # The same place twice in one read is an error of DynamoDB.
    wanted, closed = list(dict.fromkeys(places)), list[Run]()
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        closed += patiently(partial(_closed_once, some, notice))
    for one in closed:
        logs.log("retention.closed", notice_version=one.did.version, count=one.batches)
    return tuple(closed)


def verify() -> Verified:
    """Checks every record of the chain, from the table. Two GetItem and one Query a MB.

    Records that are written meanwhile are left to the next check. Where some were pruned meanwhile,
    it begins anew. Raises Contention when they keep being pruned.
    """

    def once() -> Verified:
        head, count = head_of(store.get_head()), 0

        def counted() -> Iterator[Run]:
            nonlocal count
            for one in store.runs():
                if one.seq > head.last.seq:
                    return
                count += 1
                yield one

        fault = chain.first_fault(counted(), head)
        if head_of(store.get_head()).pruned != head.pruned:
            raise Contended
        return Verified(head, count, fault)

    return patiently(once)


def over(notice: Notice, now: datetime) -> int:
    """Counts the records that `prune` would remove. One Query a MB of them; changes nothing."""
    rule = notice.rule(store.RUN, store.CREATED)
    if rule.then != ERASE:
        return 0
    return sum(1 for _ in takewhile(lambda one: rule.ends(one.at) <= now, store.runs()))


def prune(notice: Notice, now: datetime, also: Also) -> int:
    """Removes the records whose time is over by the notice's rule; returns how many.

    The oldest go first, and the head keeps the number and hash of the last one that went, so that
    the rest still verifies. `also` adds to each transaction what is written with so many. Where a
    rule wants a person to decide, nothing is removed.
    """
    count = 0
    while True:
        pruned = patiently(lambda: _pruned_once(notice, now, also))
        count += pruned
        if pruned < _PRUNED_AT_ONCE:
            return count


def _closed_once(places: Sequence[tuple[str, str]], notice: Notice) -> list[Run]:
    items, known = store.tallies(places)
    met = {item.sk: read for item in items if (read := _read(item)) is not None}
    if not met:
        return []
    made = run.following(head_of(known), list(met.values()), clock.now())
    write = Transaction(notice)
    store.put_runs(write, made, (item for item in items if item.sk in met), known, notice)
    write.commit()
    return made


def _read(item: TallyItem) -> Met | None:
    try:
        tally = store.tally_of(item)
        return Met(tally, item.due_since or clock.now())
    except store.UNREADABLE as error:
        logs.failure("retention.tally_not_readable", error)
        return None


def _pruned_once(notice: Notice, now: datetime, also: Also) -> int:
    rule, head = notice.rule(store.RUN, store.CREATED), store.get_head()
    if head is None or rule.then != ERASE:
        return 0
    oldest = list(store.runs(limit=_PRUNED_AT_ONCE + 1))
    over = [one for one in oldest[:_PRUNED_AT_ONCE] if rule.ends(one.at) <= now]
    if not over:
        return 0
    write = Transaction(notice)
    left = oldest[len(over)] if len(oldest) > len(over) else None
    store.prune_to(write, head, over, left, notice)
    also(write, len(over))
    write.commit()
    return len(over)

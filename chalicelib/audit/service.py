"""Writes the audit with the acts that it is about, lists it, verifies it and prunes it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from chalicelib import clock
from chalicelib.audit import model, store
from chalicelib.audit.model import Act, Entry, Filter, Head
from chalicelib.audit.store import HeadItem
from chalicelib.catalogue.model import ERASE
from chalicelib.kinds.model import Also
from chalicelib.notices.model import Notice
from chalicelib.storage.contention import patiently
from chalicelib.storage.heads import head_of
from chalicelib.storage.transaction import ConditionFailed, Contended, Transaction
from chalicelib.web.cursor import refused

LOOK = 500
"""Most entries that a page with a filter looks at, so that its cost has a bound."""

_PRUNED_AT_ONCE = 50
"""Entries that one transaction prunes."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the audit: `last` is where it ended, None where there is no more."""

    entries: tuple[Entry, ...]
    last: Entry | None
    head: Head


@dataclass(frozen=True, slots=True)
class Recent:
    """A page of the audit, newest first: `last` is where it ended, None where there is no more.

    `looked` are the entries that were looked at for it, newest first, which lie together in the
    chain. `fault` is the number of the first of them that is not as it was written, or None.
    """

    entries: tuple[Entry, ...]
    last: Entry | None
    looked: tuple[Entry, ...]
    fault: int | None


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of a check of the whole chain: `fault` is the first bad number, or None."""

    head: Head
    count: int
    fault: int | None


def append(write: Transaction, act: Act, notice: Notice, now: datetime) -> Entry:
    """Adds the entry of an act to the transaction that does it: neither happens without the other.

    One GetItem of the chain's head. A caller whose transaction fails `overtaken` begins anew, with
    the head of that moment (`contention.patiently`).
    """
    return follow(write, act, notice, now, store.get_head())


def follow(
    write: Transaction, act: Act, notice: Notice, now: datetime, known: HeadItem | None
) -> Entry:
    """Adds the entry of an act after a head that was read at `head_at`, otherwise as `append`."""
    entry = model.following(head_of(known), act, now)
    store.put_entry(write, entry, known, notice)
    return entry


def overtaken(failed: ConditionFailed) -> bool:
    """Tells whether a transaction failed for nothing else than another entry at that moment."""
    return store.HEAD in failed.labels and failed.labels <= {store.HEAD, store.ENTRY}


def commit(act: Act, notice: Notice, compose: Callable[[Transaction, datetime], None]) -> Entry:
    """Commits what `compose` adds together with the entry of an act, and returns the entry.

    One GetItem and one transaction; both again where another entry was written at this moment, so
    `compose` may be called more than once, and is given the time. Raises ConditionFailed where one
    of its own conditions does not hold, and Contention when others keep writing.
    """

    def once() -> Entry | ConditionFailed:
        now, write = clock.now(), Transaction(notice)
        compose(write, now)
        entry = append(write, act, notice, now)
        try:
            write.commit()
        except ConditionFailed as failed:
            if overtaken(failed):
                raise
            return failed
        return entry

    found = patiently(once)
    if isinstance(found, ConditionFailed):
        raise found
    return found


def record(act: Act, notice: Notice) -> Entry:
    """Records a look at data, which changes nothing else. One GetItem and one transaction.

    It is recorded before the data is shown. Raises Contention.
    """
    return commit(act, notice, lambda _write, _now: None)


def listed(asked: Filter, after: tuple[datetime, int] | None, limit: int, notice: Notice) -> Listed:
    """Lists up to `limit` entries that fit, oldest first, after the one of that time and number.

    Those whose time is over are left out, although no run pruned them yet. A page looks at no more
    than LOOK entries, so it may hold fewer than `limit` although more follow. One Query, and one
    GetItem of the head; neither depends on the number of subjects.
    Raises BadRequest where `after` is no place at which a page of these could have ended.
    """
    if after is not None and not asked.could_end_at(after[0]):
        raise refused()
    head = head_of(store.get_head())
    if asked.since is not None and asked.until is not None and asked.since > asked.until:
        return Listed((), None, head)
    look = max(LOOK, limit) if asked.picks else limit
    rule, now = notice.rule(store.KIND, store.EVENT), clock.now()
    results = store.entries(asked.since, asked.until, after, look)
    seen, found = None, list[Entry]()
    for item in results:
        seen = store.entry_of(item)
        over = rule.then == ERASE and rule.ends(seen.at) <= now
        if over or not asked.fits(seen):
            continue
        found.append(seen)
        if len(found) == limit:
            return Listed(tuple(found), seen, head)
    more = results.last_evaluated_key is not None
    return Listed(tuple(found), seen if more else None, head)


def recent(
    asked: Filter, before: tuple[datetime, int] | None, limit: int, notice: Notice
) -> Recent:
    """Lists up to `limit` entries that fit, newest first, before the one of that time and number.

    Otherwise it is as `listed`. Of what it looks at it also says whether it is as it was written,
    and follows the entry before: of that it reads one more. One GetItem and one Query, both again
    where something is not, since an entry may have been pruned in between. Raises BadRequest where
    `before` is no place at which a page of these could have ended.
    """
    if before is not None and not asked.could_end_at(before[0]):
        raise refused()
    found = _recent(asked, before, limit, notice)
    return found if found.fault is None else _recent(asked, before, limit, notice)


def _recent(
    asked: Filter, before: tuple[datetime, int] | None, limit: int, notice: Notice
) -> Recent:
    head = head_of(store.get_head())
    if asked.since is not None and asked.until is not None and asked.since > asked.until:
        return Recent((), None, (), None)
    look = max(LOOK, limit) if asked.picks else limit
    items = store.entries(asked.since, asked.until, before, look + 1, newest_first=True)
    read = [store.entry_of(item) for item in items]
    rule, now = notice.rule(store.KIND, store.EVENT), clock.now()
    found, count = list[Entry](), 0
    for entry in read[:look]:
        count += 1
        over = rule.then == ERASE and rule.ends(entry.at) <= now
        if not over and asked.fits(entry):
            found.append(entry)
        if len(found) == limit:
            break
    fault = model.fault_in(
        read[count::-1],
        head,
        whole_start=len(read) <= count and asked.since is None,
        whole_end=before is None and head.at is not None and asked.could_end_at(head.at),
    )
    last = read[count - 1] if len(read) > count else None
    return Recent(tuple(found), last, tuple(read[:count]), fault)


def verify() -> Verified:
    """Checks every entry of the chain, from the table. Two GetItem and one Query a MB.

    Entries that are written meanwhile are left to the next check. Where some were pruned meanwhile,
    it begins anew. Raises Contention when they keep being pruned.
    """

    def once() -> Verified:
        head, count = head_of(store.get_head()), 0

        def counted() -> Iterator[Entry]:
            nonlocal count
            for entry in store.all_entries():
                if entry.seq > head.last.seq:
                    return
                count += 1
                yield entry

        fault = model.first_fault(counted(), head)
        if head_of(store.get_head()).pruned != head.pruned:
            raise Contended
        return Verified(head, count, fault)

    return patiently(once)


def everything() -> Iterator[Entry]:
    """Yields every entry that was not pruned, oldest first. One Query a MB."""
    yield from store.all_entries()


def over(notice: Notice, now: datetime) -> int:
    """Counts the entries that `prune` would remove. One Query a MB of them; changes nothing."""
    rule = notice.rule(store.KIND, store.EVENT)
    if rule.then != ERASE:
        return 0
    oldest = (entry.at for entry in store.all_entries())
    return sum(1 for _ in takewhile(lambda at: rule.ends(at) <= now, oldest))


def prune(notice: Notice, now: datetime, also: Also) -> int:
    """Removes the entries whose time is over by the notice's rule; returns how many.

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


def _pruned_once(notice: Notice, now: datetime, also: Also) -> int:
    rule = notice.rule(store.KIND, store.EVENT)
    head = store.get_head()
    if head is None or rule.then != ERASE:
        return 0
    oldest = [store.entry_of(item) for item in store.entries(limit=_PRUNED_AT_ONCE + 1)]
    over = [entry for entry in oldest[:_PRUNED_AT_ONCE] if rule.ends(entry.at) <= now]
    if not over:
        return 0
    write = Transaction(notice)
    left = oldest[len(over)] if len(oldest) > len(over) else None
    store.prune_to(write, head, over, left, notice)
    also(write, len(over))
    write.commit()
    return len(over)


head_at = store.head_at

__all__ = [
    "LOOK",
    "Listed",
    "Recent",
    "Verified",
    "append",
    "commit",
    "everything",
    "follow",
    "head_at",
    "listed",
    "over",
    "overtaken",
    "prune",
    "recent",
    "record",
    "verify",
]

"""The round by which the records there are follow a version: it counts, and then moves dates.

The first walk counts the records of the rules that may end some earlier, and moves the dates of all
others. Before the first page of the second it is decided which rules apply; those that would erase
very many at once wait for a yes, and a round of its own moves theirs after it. A page that is done
again counts nothing twice, since its counts are written with the round's step.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from chalicelib import clock, logs
from chalicelib.jobs.rounds.model import Round, Visited
from chalicelib.notices import service as notices
from chalicelib.retention.amendments import model, store
from chalicelib.retention.amendments.model import Amended, Amendments, Count, Key, Status
from chalicelib.retention.amendments.service.obedience import amended_after
from chalicelib.storage import due, keys, reads
from chalicelib.storage.due import Due
from chalicelib.storage.item import NobodysData
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import service as subjects

RESCHEDULE: Final = "reschedule"
"""The action of the round."""

PAGE: Final = 100
"""Items of the index a page."""

A_SECOND: Final = 100
"""Most dates that are moved in a second, so that a large table is not kept busy by it."""

RECORDS, MOVES, AT_ONCE, MOVED = "records", "moves", "at_once", "moved"
"""The last part of the names of the round's counts, after the id of a rule."""

_NOTHING: Final = Visited({}, {})


def follow(stands: Round, entries: Sequence[Due]) -> Visited:
    """Does one page: counts what is to be counted, and moves the dates of what applies.

    A version that is not in force any more moves nothing: the next one's round does. One GetItem;
    one UpdateItem for each date that moves; a BatchGetItem of standings where accounts may go at
    once.
    """
    if notices.current().version != stands.about:
        return _NOTHING
    known = store.get_amendments(stands.about)
    if known is None:
        return _NOTHING
    if known.counting and stands.pass_number > 1:
        known = _settle(known, counts(known, stands.totals))
    before, after = notices.version(known.before), notices.version(stands.about)
    rules = {key: one for key, one in amended_after(before, after).items() if key in known.rules}
    found: Counter[str] = Counter()
    if stands.pass_number == 1:
        found.update(_counted(entries, known, rules, clock.now()))
    found.update(_move(entries, known, rules))
    return Visited({name: number for name, number in found.items() if number}, {})


def counts(known: Amendments, totals: Mapping[str, int]) -> dict[str, Count]:
    """Returns the counts of a round by the ids of the rules."""
    return {
        one.rule: Count(
            totals.get(f"{one.rule}.{RECORDS}", 0),
            totals.get(f"{one.rule}.{MOVES}", 0),
            totals.get(f"{one.rule}.{AT_ONCE}", 0),
        )
        for one in known.rules.values()
    }


def _settle(known: Amendments, found: Mapping[str, Count]) -> Amendments:
    """Records which rules apply after the count; returns the record as it stands then."""
    after, write = model.settled(known, found), Transaction(NobodysData())
    store.put_changed(write, known, after)
    try:
        write.commit()
    except ConditionFailed:  # another worker does this page
        return store.get_amendments(known.version) or known
    for one in after.open.values():
        logs.measure(
            "retention.unconfirmed",
            model.UNCONFIRMED,
            notice_version=known.version,
            rule=one.rule,
            count=one.at_once,
        )
    return after


def _counted(
    entries: Sequence[Due], known: Amendments, rules: Mapping[Key, Amended], now: datetime
) -> Counter[str]:
    """Counts the records of a page by rule: all, those that get another date, those that go."""
    found: Counter[str] = Counter()
    maybe = []
    for entry in entries:
        one = rules.get((entry.kind, entry.event))
        if one is None:
            continue
        found[f"{one.after.id}.{RECORDS}"] += 1
        found[f"{one.after.id}.{MOVES}"] += one.look(entry.since, entry.due_at) is not None
        counting = known.rules[entry.kind, entry.event].status is Status.COUNTING
        if counting and one.at_once(entry.since, now):
            maybe.append((entry, one))
    began = _began([entry for entry, _ in maybe])
    for entry, one in maybe:
        start = began(entry)
        if start is not None:
            found[f"{one.after.id}.{AT_ONCE}"] += one.at_once(start, now)
    return found


def _began(entries: Iterable[Due]) -> Callable[[Due], datetime | None]:
    """Returns when the periods of some entries began: of a standing its last activity or decision.

    None for somebody who is gone. One BatchGetItem where there are standings.
    """
    people = {entry.pk: entry for entry in entries if entry.kind == subjects.STANDING}
    places = [subjects.standing_at(keys.subject_of(pk)) for pk in people]
    items = dict(zip(people, reads.batch(places) if places else [], strict=True))

    def began(entry: Due) -> datetime | None:
        if entry.kind != subjects.STANDING:
            return entry.since
        item = items[entry.pk]
        same = item is not None and item.kind == entry.kind
        return subjects.since_in(item, entry.event) if same else None

    return began


def _move(entries: Sequence[Due], known: Amendments, rules: Mapping[Key, Amended]) -> Counter[str]:
    """Moves the dates of a page by the rules that apply, no more than A_SECOND in a second."""
    found: Counter[str] = Counter()
    began = time.monotonic()
    for entry in entries:
        one = rules.get((entry.kind, entry.event))
        if one is None or known.rules[entry.kind, entry.event].status is not Status.APPLIES:
            continue
        date = one.look(entry.since, entry.due_at)
        if date is not None and due.postpone(entry, date):
            found[f"{one.after.id}.{MOVED}"] += 1
    pause = began + found.total() / A_SECOND - time.monotonic()
    if pause > 0:
        time.sleep(pause)
    return found

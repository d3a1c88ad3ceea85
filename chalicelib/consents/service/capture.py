"""Capturing decisions."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib import clock, ids
from chalicelib.consents import model, no, signals
from chalicelib.consents.clocks import Consequence
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import evidence, frequency, withdrawal
from chalicelib.consents.service.act import Act, count, put_standing, record
from chalicelib.consents.service.context import Caller, Loaded, load, visitor_subject
from chalicelib.consents.service.preferences import Preferences, Preferred, prefer
from chalicelib.consents.service.view import ledger, standing
from chalicelib.errors import NotFound, Unauthenticated, Unprocessable
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.limits.sample import Sampled
from chalicelib.notices.model import Notice
from chalicelib.storage.contention import patiently
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Contended, Transaction
from chalicelib.subjects.model import Life, Standing, entry_id

NO_SIGNAL = "Nothing says that the browser refuses: send its Sec-GPC header along."

Also = Callable[[Transaction, Standing, datetime], Iterable[JobItem]]
"""Adds further writes to an entry's transaction, given the standing after it and the time; returns
the jobs to be sent once it is committed."""


@dataclass(frozen=True, slots=True)
class Captured:
    """The result of a capture: its entry, the standing after it, and the token of a new visitor.

    `data` lists the consequences of refusals among it for the data.
    """

    entry_id: str
    standing: Standing
    visitor: str | None
    data: tuple[Consequence, ...] = ()


def capture(
    caller: Caller,
    choices: Mapping[str, Choice],
    shown: Shown,
    event_id: str | None,
    notice: Notice,
    *,
    gpc: bool = False,
    network: str | None = None,
    provenance: Mapping[str, Any] | None = None,
    also: Also | None = None,
) -> Captured:
    """Records what a person decided about purposes that rest on consent.

    `gpc` says that their browser sent `Sec-GPC: 1`, which decides too (`consents.signals`).
    `network` is where a yes comes from, which is counted by it (`service.frequency`).
    `provenance` is what the entry keeps sealed, beside the decisions, of how they came about.

    One read of session, standing, key and the client's event id together, one transaction. Of a new
    token nothing is read, since the transaction puts what must not exist yet: where it does exist,
    the act is tried again with the read. A repetition of an event id, however old, changes nothing
    and answers the same entry; nor does a signal that finds its refusals standing, nor beyond a
    limit any refusal that does. A lost race for the head of the chain is tried again with full
    jitter, for five seconds at most.

    Raises Unauthenticated, Unprocessable (an event id used for something else, a signal that is
    none, a yes with evidence that does not hold), Conflict (too many writers at once), and
    TooManyRequests for what says yes to something beyond a limit.
    """
    signal = gpc and bool(signals.signalled(notice))
    if shown.source == signals.SOURCE and not signal:
        raise Unprocessable(NO_SIGNAL, type="no-signal")
    token = None
    if caller.is_unknown:
        token = ids.new_secret()
        caller = Caller(visitor=token, first=True)
    payload = model.payload_hash(choices, shown)
    act = Act(choices, shown, model.event_hash(event_id), payload, provenance=provenance or {})
    counting = frequency.counted(choices, network, clock.now())
    counters = () if counting is None else counting.places()
    touched = act.choices.keys() | (signals.signalled(notice) if signal else frozenset())
    unread = iter(_unread(caller, counters))

    def once() -> Captured:
        loaded = next(unread, None) or load(caller, touched, notice, act.event, counters)
        return _capture_once(caller, act, touched, signal, notice, also, counting, loaded)

    return replace(patiently(once), visitor=token)


def _unread(caller: Caller, counters: Collection[Place]) -> list[Loaded]:
    """Returns what is stored of a browser whose token is new, for one attempt; otherwise nothing.

    An act that is counted reads the counters, whatever the token.
    """
    if caller.visitor is None or not caller.first or counters:
        return []
    return [Loaded(visitor_subject(caller.visitor), None, None)]


def _capture_once(
    caller: Caller,
    act: Act,
    touched: Collection[str],
    signal: bool,
    notice: Notice,
    also: Also | None,
    counting: Sampled | None,
    loaded: Loaded,
) -> Captured:
    now = clock.now()
    stands = _stands_already(loaded, caller, act)
    if stands is None:
        before = loaded.standing or model.new_standing(loaded.subject, Life.ACTIVE, act.shown, now)
        if before.erased:
            raise Unauthenticated("This browser's data was erased; begin with a new token.")
        if before.erasing:
            raise Contended
        if signal:
            act = act.heard(signals.heard(before, act.choices, act.shown.source, notice))
        if not act.choices:
            stands = _latest(before, touched)
        else:
            number = frequency.settled(before, act.choices, counting, loaded, now)
            if number is None:
                act = evidence.verified(act, notice)
                return _write(loaded, before, act, touched, notice, now, also, counting)
            stands = entry_id(before.subject, number), before
    made, standing = stands
    data = withdrawal.consequences(loaded.kept, touched, standing, notice, now)
    return Captured(made, standing, None, data)


def _write(
    loaded: Loaded,
    before: Standing,
    act: Act,
    touched: Collection[str],
    notice: Notice,
    now: datetime,
    also: Also | None,
    counting: Sampled | None,
) -> Captured:
    write = Transaction(notice)
    if counting is not None:
        counting.count(write)
    recorded = record(write, loaded, before, act, notice, now)
    put_standing(write, loaded.standing, recorded.standing, notice, now)
    asked = [] if also is None else list(also(write, recorded.standing, now))
    write.commit()
    count(before, recorded.standing, act.choices)
    for job in (*recorded.jobs, *asked):
        jobs.send(job)
    data = withdrawal.consequences(
        loaded.kept, touched, recorded.standing, notice, now, recorded.found
    )
    return Captured(recorded.entry.id, recorded.standing, None, data)


def _stands_already(loaded: Loaded, caller: Caller, act: Act) -> tuple[str, Standing] | None:
    """The entry that a repetition finds, and what stands; None for what is new."""
    if caller.subject is not None:
        return _refused_already(loaded, act.choices)
    before, known = loaded.standing, loaded.event
    if before is None or known is None or before.erasing:
        return None
    if known.payload != act.payload:
        raise Unprocessable("This event id was used for other decisions.", type="event-reused")
    return entry_id(before.subject, known.seq), before


def _refused_already(loaded: Loaded, choices: Mapping[str, Choice]) -> tuple[str, Standing] | None:
    """Returns the entry by which all of this is refused already, and the standing, or None.

    So a link that is used twice makes one entry. Raises NotFound for an erased subject, ValueError
    for a grant, which no other person can give.
    """
    if Choice.GRANTED in choices.values():
        raise ValueError("nobody agrees in another's name")
    standing = loaded.standing
    if standing is None or loaded.key is None or standing.erasing:
        raise NotFound("There is no such person.")
    number = no.settled(choices, standing)
    return None if number is None else (entry_id(standing.subject, number), standing)


def _latest(standing: Standing, purposes: Iterable[str]) -> tuple[str, Standing]:
    """The last entry that decided one of these purposes, and what stands."""
    decided = (standing.decisions[one] for one in purposes if one in standing.decisions)
    return entry_id(standing.subject, max(one.seq for one in decided)), standing


__all__ = [
    "Caller",
    "Captured",
    "Preferences",
    "Preferred",
    "capture",
    "ledger",
    "prefer",
    "standing",
    "visitor_subject",
]

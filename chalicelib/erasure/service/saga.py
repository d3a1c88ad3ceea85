"""The erasure of a subject: marked, noted, logged, removed, looked at again, and closed.

Each step can be repeated: whatever breaks off is taken up again by the job, or by the sweep, which
finds the standing in its lane.

1. The standing is marked, so that sessions end and every transaction that checks a life fails. For
   a request this is one transaction with its entry that it cannot be cancelled any more.
2. All that goes is counted, recipients are asked to be told (GDPR art. 19), jobs are cancelled.
3. The log of erasures is written, before anything is destroyed.
4. The address for the last mail is sealed into the request's class; bodies of exports go, and so do
   registrations that wait at the address. Remembered answers to repeated calls cannot be found by
   their person, and go within a day (decision 8).
5. The keys of classes in which nothing stays are destroyed, then all records that do not stay.
6. Everything is read again: what should be gone is an error, which is repeated, and never done.
7. One transaction puts the tombstone in the standing's place and closes the request; what it does
   is logged before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib import clock, logs
from chalicelib.erasure import model, store
from chalicelib.erasure.model import NotErased, Remains
from chalicelib.erasure.service import log, partial, removal
from chalicelib.erasure.service.removal import Evidence
from chalicelib.holds import service as holds
from chalicelib.holds.model import NOTHING_HELD, Held
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.kinds.model import Also
from chalicelib.kinds.registry import Registry
from chalicelib.notices import erasure as plans
from chalicelib.notices.erasure import Plan
from chalicelib.notices.model import Notice
from chalicelib.receipts.model import Closing, Stays
from chalicelib.receipts.service import closing
from chalicelib.requests.service import erasures
from chalicelib.sessions import service as sessions
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import burial
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Erasure, Standing, is_visitor
from chalicelib.webhooks import service as webhooks

if TYPE_CHECKING:
    from chalicelib.requests.store import RequestItem

ERASED: Final = "Erasures"
"""The metric of people whose data was removed; one that broke off is counted once more."""

_ROLE: Final = "role"
_JOBS: Final = 50
"""Most waiting jobs that are cancelled in the transaction; the rest goes with the records."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """An erasure that has begun: `standing` is None of a person without account, or erased."""

    subject: str
    standing: Standing | None
    erasure: Erasure
    request: str | None = None


@dataclass(frozen=True, slots=True)
class _Cleared:
    """The result of an erasure before it is closed: its facts, plan and holds, and what is left."""

    erasure: Erasure
    plan: Plan
    held: Held
    remains: Remains


def fulfil(task: Task, notice: Notice, kinds: Registry) -> list[JobItem]:
    """Carries out the request of a job, and closes it; returns the job of the mail, to be sent.

    One of some categories is carried out by `partial`. Nothing is left to do where the request is
    gone or closed. A subject that is being erased already, that was erased, or that never was, is a
    success like every other. An account with a
    role at the desk is left alone: the request waits. Raises NotErased, and Contention.
    """
    begun = patiently(lambda: _begin(task, notice))
    if begun is None:
        return partial.fulfil(task, notice, kinds)
    cleared = _clear(begun, notice, kinds)
    return patiently(lambda: _close(task, cleared, notice))


def erase_due(
    subject: str,
    event: str,
    since: datetime,
    notice: Notice,
    kinds: Registry,
    evidence: Evidence,
) -> bool:
    """Erases a subject whose time is over, by the rule of an event that happened at `since`.

    Returns False where it is left alone: it changed meanwhile, or a request erases it, whose job is
    sent once more. `evidence` counts keys and end in the transactions that destroy and write them.
    Raises NotErased, and Contention.
    """
    standing = burial.begin(subject, event, since, notice, clock.now())
    if standing is None or standing.erasure is None:
        return False
    if standing.erasure.request is not None:
        _ask_again(standing.subject, standing.erasure.request, notice)
        return False
    begun = _Begun(subject, standing, standing.erasure)
    remains = _clear(begun, notice, kinds, evidence.keys).remains
    patiently(lambda: _bury(subject, remains, notice, evidence.done))
    return True


def _begin(task: Task, notice: Notice) -> _Begun | None:
    """Marks the person of a request as being erased; None where there is nothing to do."""
    item, standing = erasures.read(task.subject, task.target)
    if item is None or not erasures.is_whole(item):
        return None
    now = erasures.began_at(item) or clock.now()
    erasure = Erasure(plans.REQUESTED, now, task.target, notice.version)
    if standing is not None and standing.erasing:
        known = standing.erasure or erasure
        return _Begun(task.subject, None if standing.erased else standing, known, task.target)
    write = Transaction(notice)
    if erasures.began_at(item) is None:
        erasures.begin(write, item, notice, now)
        if standing is None:
            write.commit()
    if standing is not None:
        standing = burial.mark(write, standing, erasure)
        role, pk, sk = sessions.role_at(task.subject)
        write.check(role, pk, sk, role.pk.does_not_exist(), _ROLE)
        try:
            write.commit()
        except ConditionFailed as failed:
            if _ROLE not in failed.labels:
                raise
            logs.log("erasure.has_role", request=task.target)
            return None
    return _Begun(task.subject, standing, erasure, task.target)


def _clear(begun: _Begun, notice: Notice, kinds: Registry, also: Also | None = None) -> _Cleared:
    """Does the steps from the count to the look at what is left."""
    held = NOTHING_HELD if begun.standing is None else holds.held_beside(begun.standing)
    browser = is_visitor(begun.subject)
    plan = plans.plan(notice, begun.erasure.event, held=held, browser=browser)
    leaves = begun.request is not None or bool(held) or _leaves(plan, kinds)
    if begun.erasure.counts is None:
        begun = _noted(begun, plan, notice, kinds, leaves=leaves)
    erasure, subject = begun.erasure, begun.subject
    store.log(subject, erasure.since, log.begun(subject, erasure, plan, kinds))
    if begun.request is not None and not browser:
        item, _ = erasures.read(subject, begun.request)
        if item is not None:
            erasures.keep_address(item, begun.standing, notice)
            _erase_messages(begun, item, kinds)
            erasures.forget_contact(item)
            erasures.end_registrations(item, begun.standing, notice)
    if leaves and not browser:
        erasures.cancel_others(subject, begun.request, notice, erasure.since)
        erasures.remove_bodies(subject)
    removed = removal.remove(subject, erasure.kept, plan, kinds, also)
    remains = removal.remaining(subject, plan, kinds, erasure.since, clock.now())
    removal.require_no_key(subject, erasure.kept)
    if leaves and not browser and (bodies := erasures.bodies(subject)):
        raise NotErased({"body of export": bodies})
    logs.measure("erasure.removed", ERASED, rule=erasure.event, count=removed)
    return _Cleared(erasure, plan, held, remains)


def _erase_messages(begun: _Begun, item: RequestItem, kinds: Registry) -> None:
    """Erases what was written with the address of a person alone, and is in no account."""
    found = erasures.messages_of(item, begun.standing)
    for message in found:
        store.log(message, begun.erasure.since, log.whole(message))
        removal.remove_all(message, kinds)
    if found:
        erasures.forget_messages(item, begun.standing)


def _leaves(plan: Plan, kinds: Registry) -> bool:
    """Tells whether a plan lets anything stay in the subject's partition.

    An account that was never verified and a browser leave nothing, and have no copies: nothing has
    to be counted or looked for in the bucket.
    """
    return any(not kinds.of(kind).declared.apart for kind in plan.stays)


def _noted(begun: _Begun, plan: Plan, notice: Notice, kinds: Registry, *, leaves: bool) -> _Begun:
    """Counts what goes, and has the recipients of the data told, once.

    The recipients of the data stand in the standing alone, so the jobs that tell them are recorded
    with the count, before any erasure.
    """
    nothing = removal.Counted({}, frozenset(), frozenset(), ())
    found = removal.count(begun.subject, plan, kinds, notice) if leaves else nothing
    if begun.request is not None and begun.standing is None:
        item, _ = erasures.read(begun.subject, begun.request)
        wrote = 0 if item is None else len(erasures.messages_of(item, None))
        found = replace(found, counts={**found.counts, "message": wrote} if wrote else found.counts)
    kept = found.sealed
    if not is_visitor(begun.subject):
        kept = found.kept if begun.request is None else found.kept | {erasures.CLASS}
    standing = begun.standing
    told = () if standing is None else tuple(sorted(_recipients(standing.disclosed)))
    erasure = replace(begun.erasure, counts=found.counts, kept=kept, told=told)
    if standing is None or not (leaves or told):
        return replace(begun, erasure=erasure)
    write = Transaction(notice)
    after = burial.note(write, standing, erasure)
    asked = webhooks.notify(
        write, standing, webhooks.Event.ERASED, notice, clock.now(), elsewhere=True
    )
    for job in found.open_jobs[:_JOBS]:
        jobs.forget(write, begun.subject, job)
    write.commit()
    for one in asked:
        jobs.send(one)
    return replace(begun, standing=after, erasure=erasure)


def _close(task: Task, cleared: _Cleared, notice: Notice) -> list[JobItem]:
    """Puts the tombstone in the standing's place and closes the request, in one transaction."""
    item, standing = erasures.read(task.subject, task.target)
    now, write = clock.now(), Transaction(notice)
    mail: list[JobItem] = []
    stays, receipt = dict(cleared.remains.stays), None
    if item is not None and erasures.waits(item):
        stays[erasures.KIND] = max(erasures.ends(notice, now), stays.get(erasures.KIND, now))
        receipt = closing.sign(_closing(item, task, cleared, stays, notice, now))
        mail += erasures.complete(write, item, receipt, notice, now)
    if standing is not None and not standing.erased:
        burial.bury(write, standing, stays)
    elif receipt is None:
        return []
    store.log(task.subject, now, log.closed(task.subject, task.target, stays, now, receipt))
    write.commit()
    return mail


def _closing(
    item: RequestItem,
    task: Task,
    cleared: _Cleared,
    stays: Mapping[str, datetime],
    notice: Notice,
    now: datetime,
) -> Closing:
    """Returns the facts of the closing receipt. One Query where other systems were asked."""
    erasure, counts = cleared.erasure, cleared.erasure.counts or {}
    answers = erasures.answers(item)
    return Closing(
        request=task.target,
        subject=task.subject,
        received_at=item.received_at,
        begun_at=erasure.since,
        closed_at=now,
        readable_until=notice.rule("data_key", plans.ENDED).ends(now),
        categories=model.by_category(counts),
        records=model.by_kind(counts),
        stays=[
            Stays(kind, _ground(kind, cleared.plan, notice, item.locale), until)
            for kind, until in sorted(stays.items())
        ],
        told=erasure.told,
        answers=answers,
        holds=[(str(one.ground), one.until) for one in cleared.held.holds],
    )


def _ground(kind: str, plan: Plan, notice: Notice, locale: str) -> str:
    """Returns why a kind stays, in the words of the notice; what is held stays for its hold."""
    stay = plan.stay(kind)
    return "hold" if stay is None else notice.text(stay.why, locale)


def _bury(subject: str, remains: Remains, notice: Notice, also: Also) -> None:
    """Puts the tombstone in the standing's place, or removes the standing where nothing stays."""
    standing = subjects.account_standing(subject)
    if standing is not None and not standing.erased:
        write = Transaction(notice)
        burial.bury(write, standing, remains.stays)
        now = clock.now()
        store.log(subject, now, log.closed(subject, None, remains.stays, now, None))
        also(write, 1)
        write.commit()


def _recipients(disclosed: Iterable[str]) -> set[str]:
    return {one.partition(":")[0] for one in disclosed}


def _ask_again(subject: str, request_id: str, notice: Notice) -> None:
    """Records and sends the job of a request whose erasure has begun and is not done."""
    job = erasures.erase_job(subject, request_id, clock.now())
    write = Transaction(notice)
    write.replace(job)
    write.commit()
    jobs.send(job)

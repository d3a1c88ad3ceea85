"""Asks other systems about a request, waits for their answers, and goes on without them.

When they are asked follows from the right. About a copy and portability they are asked when the
request is received: there is nothing to decide. So they are about a restriction, which holds from
then on (GDPR art. 18). About an erasure they are asked when it is approved, since nobody erases
before that, and about a correction when it is made, since only then there is something to fetch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from pynamodb.expressions.update import Action as Update

from chalicelib import clock
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Action, Actor, Entry, Status, advanced
from chalicelib.requests.model import (
    ERASE,
    FULFIL_RECTIFY,
    FULFILMENT_QUEUE,
    MADE,
    RETENTION_QUEUE,
    Request,
)
from chalicelib.requests.service.transitions import EVENT, dates, place, record, update
from chalicelib.requests.store import RequestItem
from chalicelib.storage import contention, keys
from chalicelib.storage.due import Due
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects.model import Standing

ASKED: Final = "asked"
"""The name of the count of systems that were asked again."""

_AT_RECEIPT: Final = frozenset({Right.COPY, Right.PORT, Right.RESTRICT})
_WANTS_NONE: Final = frozenset({Status.CANCELLED, Status.REFUSED})

_BY_JOB: Final = {
    **{right: (FULFILMENT_QUEUE, action) for right, action in MADE.items()},
    Right.RECTIFY: (FULFILMENT_QUEUE, FULFIL_RECTIFY),
    Right.ERASE: (RETENTION_QUEUE, ERASE),
}
"""The rights that a job carries out -> its queue, and its action, which is also its id."""


def at_receipt(
    write: Transaction,
    item: RequestItem,
    standing: Standing | None,
    notice: Notice,
    now: datetime,
    *,
    done: bool = False,
) -> list[JobItem]:
    """Adds the questions to other systems about a request that is received, and proven.

    The caller writes the item whole, which then waits. With `done` nothing is left to do: a
    correction that was made at once is asked about, and not waited for. Returns the jobs of the
    callbacks, to be sent after the commit. Makes no call.
    """
    if done:
        return ask(write, item, standing, notice, now) if item.right == Right.RECTIFY else []
    if item.right not in _AT_RECEIPT:
        return []
    return ask(write, item, standing, notice, now, waits=True)


def ask(
    write: Transaction,
    item: RequestItem,
    standing: Standing | None,
    notice: Notice,
    now: datetime,
    *,
    waits: bool = False,
) -> list[JobItem]:
    """Adds the questions to other systems about a request, once, and sets in the item who is asked.

    The caller writes the item, or adds `updates` of it. Of a person without account nothing is
    asked: the id of their request tells another system nothing. Where the request `waits`, its next
    look is set. Returns the jobs of the callbacks. Makes no call.
    """
    if standing is None or item.asked_at is not None:
        return []
    # Imported here: most who receive a request ask nobody, and need none of it.
    from chalicelib.systems import service as systems

    request = store.request_of(item)
    asked = systems.ask(
        write, standing.subject, request.id, request.right, request.categories, notice, now
    )
    if not asked.waiting:
        return []
    item.asked_at, item.waiting = now, " ".join(asked.waiting)
    if waits:
        item.waits_until = asked.until
        placed = place(store.request_of(item), notice, now)
        item.schedule(store.DEADLINE_LANE, placed.looked_at, EVENT, now)
    return list(asked.jobs)


def updates(item: RequestItem) -> Sequence[Update]:
    """Returns the updates of a request that say whom it asked, as `ask` set them in the item."""
    if item.asked_at is None:
        return ()
    found = [
        RequestItem.asked_at.set(item.asked_at),
        RequestItem.waiting.set(item.waiting) if item.waiting else RequestItem.waiting.remove(),
    ]
    if item.waits_until is not None:
        found.append(RequestItem.waits_until.set(item.waits_until))
    return found


def go_on(write: Transaction, item: RequestItem, notice: Notice, now: datetime) -> list[JobItem]:
    """Adds that a request goes on, without the systems that have not answered.

    Its history names each of them. Returns the job that carries the request out, if one does.
    """
    before = store.request_of(item)
    entries = list[Entry]()
    for system in before.waiting:
        history = (*before.history, *entries)
        entries += advanced(history, Action.SYSTEM_SILENT, Actor.SYSTEM, now, system)[-1:]
    item.waits_until = None
    ended = RequestItem.waits_until.remove()
    if entries:
        record(write, item, entries, notice, now, [ended])
    else:
        after = replace(before, waits_until=None)
        update(write, item, [ended, *dates(after, item.pk, notice, now)], notice)
    return carried_out(write, before, keys.subject_of(item.pk), now)


def carried_out(write: Transaction, request: Request, subject: str, now: datetime) -> list[JobItem]:
    """Adds the job of a request that waits for nobody any more; none where the desk has to act.

    A copy or portability that its person asked for needs no approval, and one that the desk entered
    does.
    """
    known = _BY_JOB.get(Right(request.right))
    approved = any(entry.event is Action.APPROVE for entry in request.history)
    by_desk = request.history[0].by is Actor.DESK
    if known is None or not (approved or (request.right in MADE and not by_desk)):
        return []
    queue, action = known
    job = jobs.new_job(subject, queue, action, request.id, now, job_id=action)
    write.replace(job)
    return [job]


def ask_again(entry: Due, notice: Notice) -> bool:
    """Asks a system once more that has not answered; tells whether it was asked.

    A GetItem of the question and of the request, and one transaction; both again where an answer
    came in between. A system that was asked often enough, or about a request that is cancelled or
    refused, is not asked any more.
    """
    return contention.patiently(lambda: _ask_once(entry, notice))


def _ask_once(entry: Due, notice: Notice) -> bool:
    from chalicelib.systems import service as systems

    question = systems.found(entry)
    if question is None:
        return False
    item = store.get_request(keys.subject_of(entry.pk), question.request)
    wanted = item is not None and item.status not in _WANTS_NONE
    write = Transaction(notice)
    sent = systems.ask_again(write, question, notice, clock.now(), wanted=wanted)
    write.commit()
    for job in sent:
        jobs.send(job)
    return bool(sent)

"""Erases a browser without an account, at once: the possession of its token is the proof.

A browser has no address, no password and nobody who could be asked, and its token opens all that is
known of it. So nothing is decided by the desk, and nobody waits (GDPR art. 11(2), 12(2), 17(1)).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from chalicelib import clock, ids
from chalicelib.consents.service.context import visitor_subject
from chalicelib.jobs import service as jobs
from chalicelib.limits import sample
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Action, Actor
from chalicelib.requests.model import Asked, Channel, timed
from chalicelib.requests.service import erasures, intake, register
from chalicelib.requests.service.intake import Made
from chalicelib.requests.store import OpenRequestItem, RequestItem
from chalicelib.storage import reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects

_MOST: Final = 10
"""Requests of a browser that are looked through: it has one, or two after a restore."""


def erase(visitor: str, locale: str, network: str, notice: Notice) -> Made:
    """Has all about a browser erased, by its token, and returns the request.

    The request is approved by the system when it is received, and the job of the erasure is sent:
    nothing has to be decided. A browser that is being erased, or was, gets the request of that time
    (`already`). Of one of which nothing is held the answer is a completed request that is stored
    nowhere. Other systems are not asked: those that received data are told as by every erasure.

    One BatchGetItem, one transaction and one message; one read more for a browser that asks again.
    It is counted by its network, among captures, as one act in some. Raises TooManyRequests,
    Contention and NoticeTooOld.
    """
    return patiently(lambda: _erase_once(visitor_subject(visitor), locale, network, notice))


def _erase_once(subject: str, locale: str, network: str, notice: Notice) -> Made:
    now = clock.now()
    counting = sample.capture(network, now)
    mark_at = (OpenRequestItem, *store.open_place(subject, Right.ERASE))
    item, mark, *counts = reads.batch([subjects.standing_at(subject), mark_at, *counting.places()])
    standing = None if item is None else subjects.standing_of(item)
    if standing is None:
        return _nothing(subject, locale, notice, now)
    if standing.erasing or mark is not None:
        return _known(subject, notice, now) or _nothing(subject, locale, notice, now)
    counting.refuse_exhausted(counts)
    made = _new(subject, locale, notice, now)
    write = Transaction(notice)
    lifecycle.require_unchanged(write, standing)
    request_id = store.request_of(made).id
    job = erasures.erase_job(subject, request_id, now)
    write.replace(job)
    write.put(store.open_mark(subject, Right.ERASE, request_id), label="open request")
    register.enter(write, made, notice)
    counting.count(write)
    write.commit()
    jobs.send(job)
    return Made(timed(store.request_of(made), notice, now))


def _new(subject: str, locale: str, notice: Notice, now: datetime) -> RequestItem:
    """Returns a request that is received and approved, and holds nothing but its right."""
    item = intake.new_item(subject, ids.new_id(), Asked(Right.ERASE), locale, now)
    item.channel = str(Channel.WEBSITE)
    intake.record(item, Action.SUBMIT, Actor.PERSON, notice, now)
    intake.record(item, Action.APPROVE, Actor.SYSTEM, notice, now)
    return item


def _nothing(subject: str, locale: str, notice: Notice, now: datetime) -> Made:
    """Returns a completed request that is not stored: nothing is held, so nothing is kept of it."""
    item = _new(subject, locale, notice, now)
    intake.completed(item, notice, now)
    return Made(timed(store.request_of(item), notice, now))


def _known(subject: str, notice: Notice, now: datetime) -> Made | None:
    """Returns the request by which a browser is or was erased; None where a rule erased it."""
    found = [
        one for one in register.requests_of(subject, _MOST, notice) if one.right == Right.ERASE
    ]
    if not found:
        return None
    return Made(timed(max(found, key=lambda one: one.received_at), notice, now), already=True)

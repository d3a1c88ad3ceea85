"""Receives requests: the only place where one begins."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib import clock, ids, texts
from chalicelib.errors import Conflict, Unauthenticated
from chalicelib.jobs import service as jobs
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.history import written
from chalicelib.requests.machine import Action, Actor, advanced
from chalicelib.requests.model import Channel, Request, Timed, timed
from chalicelib.requests.service.fulfilment import FULFIL_COPY, FULFILMENT_QUEUE
from chalicelib.requests.store import RequestItem
from chalicelib.sessions.model import SignedIn
from chalicelib.storage import keys
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.vault import service as vault

_OPEN = "open copy"
"""The label of the condition that no copy is open."""


@dataclass(frozen=True, slots=True)
class Made:
    """A request; `already` is True if it was open before, so that nothing was added."""

    request: Timed
    already: bool = False


def make(
    signed_in: SignedIn, right: str, details: str | None, locale: str | None, notice: Notice
) -> Made:
    """Records a request of the account that is signed in, and the job that answers it.

    Its clock is the notice's (GDPR art. 12(3)); without `locale` the answer is in the account's
    language. A person has one copy open at a time: its job has a fixed id, and a second request
    returns the open one while the job is to be done. Raises Unauthenticated when the account is
    gone, Conflict when the open request was answered at this moment, and NoticeTooOld.
    """
    now, write = clock.now(), Transaction(notice)
    item = open_request(
        write,
        signed_in.subject,
        right,
        locale or signed_in.standing.locale,
        notice,
        now,
        channel=Channel.WEBSITE,
        details=details,
    )
    request_id = keys.record_id(item.sk)
    job = jobs.new_job(
        signed_in.subject, FULFILMENT_QUEUE, FULFIL_COPY, request_id, now, job_id=FULFIL_COPY
    )
    write.put(job, label=_OPEN)
    lifecycle.record_activity(write, signed_in.subject, now)
    try:
        write.commit()
    except ConditionFailed as failed:
        if failed.labels != {_OPEN}:
            raise Unauthenticated("This account is gone.") from None
        return Made(timed(_open_copy(signed_in), notice, now), already=True)
    jobs.send(job)
    return Made(timed(store.request_of(item), notice, now))


def _open_copy(signed_in: SignedIn) -> Request:
    """Returns the open request for a copy. Two GetItems.

    Raises Conflict if it was just answered.
    """
    request_id = jobs.target_of(signed_in.subject, FULFIL_COPY)
    item = None if request_id is None else store.get_request(signed_in.subject, request_id)
    if item is None:
        raise Conflict("Another request for a copy was answered at this moment; ask once more.")
    return store.request_of(item)


def open_request(
    write: Transaction,
    subject: str,
    right: str,
    locale: str,
    notice: Notice,
    now: datetime,
    *,
    channel: Channel,
    details: str | None = None,
) -> RequestItem:
    """Adds a request of any right that came by any channel, and returns its item.

    The request is received at `now`, and due by the notice's period and working days (GDPR art.
    12(3)). `details` are the person's own words; they are sealed. Raises NoticeTooOld.
    """
    pk, sk = store.request_place(subject, ids.new_id())
    history = advanced((), Action.SUBMIT, Actor.PERSON, now)
    item = RequestItem(
        pk=pk,
        sk=sk,
        kind=RequestItem.KIND,
        right=right,
        status=str(history[-1].status),
        received_at=now,
        channel=str(channel),
        locale=locale,
        history=[written(entry) for entry in history],
    )
    if details is not None:
        key = vault.load_key(subject, RequestItem.CLASS)
        vault.seal_item(item, key, {"details": texts.lines(details)})
    due_at = timed(store.request_of(item), notice, now).deadline.due_at
    item.schedule(store.DEADLINE_LANE, due_at, "created", now)
    write.put(item)
    return item

"""Receives requests: the only place where one begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib import clock, ids, texts
from chalicelib.errors import Conflict, Finding, Unauthenticated, Unprocessable
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.grounds import Right
from chalicelib.requests.history import written
from chalicelib.requests.machine import CLOSED, Action, Actor, Told, advanced
from chalicelib.requests.model import (
    CHANGES_MAX,
    DETAILS_MAX,
    FULFIL_COPY,
    Asked,
    Channel,
    Timed,
    timed,
)
from chalicelib.requests.service.fulfilment import FULFILMENT_QUEUE
from chalicelib.requests.service.progress import EVENT, place
from chalicelib.requests.service.telling import tell
from chalicelib.requests.store import SEALED, RequestItem
from chalicelib.sessions.model import SignedIn
from chalicelib.storage import keys
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.vault import service as vault

_OPEN = "open request"
"""The label of the condition that no request of the right is open."""


@dataclass(frozen=True, slots=True)
class Made:
    """A request; `already` is True if it was open before, and was joined."""

    request: Timed
    already: bool = False


def make(signed_in: SignedIn, asked: Asked, locale: str | None, notice: Notice) -> Made:
    """Records a request of the account that is signed in, and the job of the receipt for it.

    Of a copy it also records the job that answers it. Its clock is the notice's (GDPR art. 12(3));
    without `locale` the answer is in the account's language. A person has one request of a right
    open at a time: asking again returns that one, and adds what is new to it. Raises
    Unauthenticated when the account is gone, Conflict when the open request was answered at this
    moment, Unprocessable when it would become too long, and NoticeTooOld.
    """
    now, write = clock.now(), Transaction(notice)
    spoken = locale or signed_in.standing.locale
    item = _received(signed_in.subject, asked, spoken, notice, now, Channel.WEBSITE)
    request_id = keys.record_id(item.sk)
    write.put(item)
    write.put(store.open_mark(signed_in.subject, item.right, request_id), label=_OPEN)
    asked_for = [tell(write, signed_in.subject, request_id, Told.RECEIPT, now)]
    job = _job(signed_in.subject, asked.right, request_id, now)
    if job is not None:
        write.put(job, label=_OPEN)
        asked_for.append(job)
    lifecycle.record_activity(write, signed_in.subject, now)
    try:
        write.commit()
    except ConditionFailed as failed:
        if failed.labels != {_OPEN}:
            raise Unauthenticated("This account is gone.") from None
        return Made(_joined(signed_in, asked, notice, now), already=True)
    for one in asked_for:
        jobs.send(one)
    return Made(timed(store.request_of(item), notice, now))


def open_request(
    write: Transaction,
    subject: str,
    right: str,
    locale: str,
    notice: Notice,
    now: datetime,
    *,
    channel: Channel,
) -> RequestItem:
    """Adds a request of any right that came by any channel, and returns its item.

    The request is received at `now`, and due by the notice's period and working days (GDPR art.
    12(3)). It is joined by later ones of its right from then on. Raises NoticeTooOld.
    """
    item = _received(subject, Asked(Right(right)), locale, notice, now, channel)
    write.put(item)
    write.replace(store.open_mark(subject, right, keys.record_id(item.sk)))
    return item


def _received(
    subject: str, asked: Asked, locale: str, notice: Notice, now: datetime, channel: Channel
) -> RequestItem:
    pk, sk = store.request_place(subject, ids.new_id())
    history = advanced((), Action.SUBMIT, Actor.PERSON, now)
    item = RequestItem(
        pk=pk,
        sk=sk,
        kind=RequestItem.KIND,
        right=str(asked.right),
        status=str(history[-1].status),
        received_at=now,
        channel=str(channel),
        locale=locale,
        history=[written(entry) for entry in history],
        purposes=" ".join(asked.purposes) or None,
        categories=" ".join(asked.categories) or None,
        ground=None if asked.ground is None else str(asked.ground),
    )
    said = _said(asked)
    if said:
        vault.seal_item(item, vault.load_key(subject, RequestItem.CLASS), said)
    placed = place(store.request_of(item), notice, now)
    item.answer_due_at = placed.answer_due_at
    item.schedule(store.DEADLINE_LANE, placed.looked_at, EVENT, now)
    return item


def _said(asked: Asked) -> dict[str, Any]:
    """Returns what is sealed of a request: the person's own words and corrections."""
    details = {} if asked.details is None else {"details": texts.lines(asked.details)}
    changes = {"changes": {name: dict(fields) for name, fields in asked.changes.items()}}
    return details | (changes if asked.changes else {})


def _job(subject: str, right: Right, request_id: str, now: datetime) -> JobItem | None:
    """Returns the job of a copy, which has a fixed id; other rights wait for the desk."""
    if right is not Right.COPY:
        return None
    return jobs.new_job(subject, FULFILMENT_QUEUE, FULFIL_COPY, request_id, now, job_id=FULFIL_COPY)


def _joined(signed_in: SignedIn, asked: Asked, notice: Notice, now: datetime) -> Timed:
    """Returns the open request of a right, to which what is new was added. Two or three calls.

    Raises Conflict if it was answered, or added to, at this moment, and Unprocessable.
    """
    request_id = store.open_request_of(signed_in.subject, asked.right)
    if request_id is None and asked.right is Right.COPY:  # one that an earlier release opened
        request_id = jobs.target_of(signed_in.subject, FULFIL_COPY)
    item = None if request_id is None else store.get_request(signed_in.subject, request_id)
    if item is None or store.request_of(item).status in CLOSED:
        raise Conflict("The open request was answered at this moment; ask once more.")
    read = list(item.history)
    if _adds(signed_in.subject, item, asked, now):
        write = Transaction(notice)
        write.replace(item, condition=RequestItem.history == read)
        try:
            write.commit()
        except ConditionFailed:
            raise Conflict("The request was changed at this moment; ask once more.") from None
    return timed(store.request_of(item), notice, now)


def _adds(subject: str, item: RequestItem, asked: Asked, now: datetime) -> bool:
    """Adds to an item what is new, and an entry about it; tells whether there was anything."""
    purposes = _both(item.purposes, asked.purposes)
    categories = _both(item.categories, asked.categories)
    ground = item.ground or (None if asked.ground is None else str(asked.ground))
    new = (purposes, categories, ground) != (item.purposes, item.categories, item.ground)
    said = _said(asked)
    item.sealed_fields = SEALED
    if said:
        key = vault.load_key(subject, RequestItem.CLASS)
        before = {} if item.sealed is None else vault.open_item(item, key)
        merged = _merged(before, said)
        _refuse_too_much(merged)
        if merged != before:
            new = True
            vault.seal_item(item, key, merged)
    if new:
        item.purposes, item.categories, item.ground = purposes, categories, ground
        entries = advanced(store.request_of(item).history, Action.JOIN, Actor.PERSON, now)
        item.history = [*item.history, written(entries[-1])]
    return new


def _refuse_too_much(merged: Mapping[str, Any]) -> None:
    """Raises Unprocessable where what was said in several requests is too long together."""
    changes = sum(len(fields) for fields in merged.get("changes", {}).values())
    sizes = (
        ("/details", len(merged.get("details", "")), DETAILS_MAX, "characters"),
        ("/changes", changes, CHANGES_MAX, "corrections"),
    )
    found = tuple(
        Finding(place, f"has, with what was asked before, more than {most} {of}")
        for place, length, most, of in sizes
        if length > most
    )
    if found:
        raise Unprocessable("The open request would become too long.", findings=found)


def _both(before: str | None, added: tuple[str, ...]) -> str | None:
    known = (before or "").split()
    return " ".join([*known, *(one for one in added if one not in known)]) or None


def _merged(before: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what is sealed after a later request: texts one after the other, changes by field."""
    merged = dict(before)
    details = said.get("details")
    if details is not None and details not in before.get("details", "").split("\n\n"):
        merged["details"] = "\n\n".join(filter(None, [before.get("details"), details]))
    for category, fields in said.get("changes", {}).items():
        changes = merged.get("changes", {})
        merged["changes"] = {**changes, category: {**changes.get(category, {}), **fields}}
    return merged

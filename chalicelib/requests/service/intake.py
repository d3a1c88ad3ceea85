"""Receives requests: the only place where one begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib import clock, ids
from chalicelib.errors import Conflict, Unauthenticated
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.requests import scope, store
from chalicelib.requests.grounds import Right
from chalicelib.requests.history import written
from chalicelib.requests.machine import CLOSED, Action, Actor, Told, advanced
from chalicelib.requests.model import (
    FULFILMENT_QUEUE,
    MADE,
    Asked,
    Channel,
    Timed,
    timed,
)
from chalicelib.requests.service import additions, inquiries, register
from chalicelib.requests.service.mails import tell
from chalicelib.requests.service.transitions import EVENT, REQUEST, place
from chalicelib.requests.store import RequestItem
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys
from chalicelib.storage.contention import Contended, patiently
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.vault import service as vault

if TYPE_CHECKING:
    from chalicelib.requests.service.effects import Concerned, Effect
    from chalicelib.requests.service.own_erasure import OwnErasure
    from chalicelib.subjects.model import Standing

_OPEN = "open request"
"""The label of the condition that no request of the right is open."""


@dataclass(frozen=True, slots=True)
class Made:
    """A request; `already` is True if it was open before, and was joined."""

    request: Timed
    already: bool = False


def make(
    bearer: str | None,
    asked: Asked,
    locale: str | None,
    notice: Notice,
    own: OwnErasure | None = None,
) -> Made:
    """Records a request of the account that is signed in, and does what its right does at once.

    The effects are those of `effects.receive`, in the same transaction; a request that they leave
    nothing to do for is completed by them. The job of the receipt is recorded, or of the outcome,
    and of a copy or portability the one that answers it. The clock is the notice's (GDPR art.
    12(3)); without `locale` the answer is in the account's language. A person has one request of a
    right open at a time: asking again returns that one, and adds what is new to it.

    With `own` the person proved the password: the erasure of the account, or of the categories that
    are named, begins by itself. One that the account cannot be without is refused.

    One read and one transaction, for a correction at one instant; both are repeated when another
    write about the person came in between, or the open request was answered at this moment. Raises
    Unauthenticated, Contention when too many writers are there, Unprocessable when it would become
    too long, and NoticeTooOld.
    """
    meant = scope.meant(asked, notice)
    return patiently(lambda: _make_once(bearer, meant, locale, notice, own))


def _make_once(
    bearer: str | None,
    asked: Asked,
    locale: str | None,
    notice: Notice,
    own: OwnErasure | None,
) -> Made:
    from chalicelib.requests.service import effects

    person = _read(bearer, asked, notice)
    standing = person.loaded.standing
    if standing is None:  # the session that was found is of an account
        raise Unauthenticated("This account is gone.")
    now, write = clock.now(), Transaction(notice)
    spoken = locale or standing.locale
    item = _received(standing.subject, asked, spoken, notice, now, Channel.WEBSITE, person)
    request_id = keys.record_id(item.sk)
    effect = effects.receive(write, person, request_id, asked, notice, now)
    asked_for = [*effect.jobs, *begun(write, item, effect, notice, now)]
    if own is not None and effect.refused is None:
        asked_for += _begins(write, item, standing, notice, now)
    register.enter(write, item, notice)
    try:
        write.commit()
    except ConditionFailed as failed:
        if _OPEN not in failed.labels:
            raise
        found = _joined(person, asked, notice, now)
        if own is not None:
            _begin_joined(found.request.id, standing, notice, now)
        return Made(found, already=True)
    for job in asked_for:
        jobs.send(job)
    return Made(timed(store.request_of(item), notice, now))


def _begins(
    write: Transaction,
    item: RequestItem,
    standing: Standing,
    notice: Notice,
    now: datetime,
) -> list[JobItem]:
    """Adds when a new request of erasure begins by itself, and the mails about it."""
    from chalicelib.requests.service import own_erasure

    item.begins_at = own_erasure.begins_at(standing, now, (item.categories or "").split())
    if item.begins_at is None:
        return []
    placed = place(store.request_of(item), notice, now)
    item.schedule(store.DEADLINE_LANE, placed.looked_at, EVENT, now)
    request_id = keys.record_id(item.sk)
    return [tell(write, standing.subject, request_id, Told.BEGINS, now)]


def _begin_joined(request_id: str, standing: Standing, notice: Notice, now: datetime) -> None:
    """Lets a request of erasure that was open already begin by itself."""
    from chalicelib.requests.service import own_erasure

    item = store.get_request(standing.subject, request_id)
    if item is None or item.begins_at is not None:
        return
    write = Transaction(notice)
    sent = own_erasure.begin_later(write, item, standing, notice, now)
    write.commit()
    for job in sent:
        jobs.send(job)


def begun(
    write: Transaction, item: RequestItem, effect: Effect, notice: Notice, now: datetime
) -> list[JobItem]:
    """Adds what follows from receiving a proven request that is written in the same transaction.

    Where nothing is left to do, the request is completed, or refused where it cannot be done.
    Otherwise it is the one of its right that
    later ones join, on the condition that there is none. Other systems are asked. Returns the jobs:
    the mail, the callbacks, and for a copy or portability that waits for nobody the one that
    answers it.
    """
    subject, request_id = keys.subject_of(item.pk), keys.record_id(item.sk)
    asked = inquiries.at_receipt(write, item, effect.standing, notice, now, done=effect.done)
    if effect.done:
        completed(item, notice, now)
        return [*asked, tell(write, subject, request_id, Told.OUTCOME, now)]
    if effect.refused is not None:
        answered(item, Action.REFUSE, notice, now, str(effect.refused))
        return [*asked, tell(write, subject, request_id, Told.REFUSAL, now)]
    asked_for = [*asked, tell(write, subject, request_id, Told.RECEIPT, now)]
    write.put(store.open_mark(subject, item.right, request_id), label=_OPEN)
    if item.waits_until is None:
        asked_for += made_by(write, subject, item.right, request_id, now)
    return asked_for


def made_by(
    write: Transaction, subject: str, right: str, request_id: str, now: datetime
) -> list[JobItem]:
    """Adds the job that answers a copy or portability, which has a fixed id; returns it.

    Other rights wait for the desk. The job of a request that was answered may still be there.
    """
    action = MADE.get(right)
    if action is None:
        return []
    job = jobs.new_job(subject, FULFILMENT_QUEUE, action, request_id, now, job_id=action)
    write.replace(job)
    return [job]


def _read(bearer: str | None, asked: Asked, notice: Notice) -> Concerned:
    """Returns the person of a session, with all that the request needs. One call.

    For a correction there is a KMS call more. Raises Unauthenticated.
    """
    from chalicelib.accounts.service.profile import corrected_at, held_in
    from chalicelib.requests.service import effects

    token = sessions.read_token(bearer)
    at_once, proposed = scope.corrections(asked.changes, notice)
    places = effects.wanted(token.subject, replace(asked, changes=proposed), notice)
    corrected = corrected_at(token.subject, at_once) if at_once else []
    signed_in, found = sessions.authenticate_and_read(
        bearer, lambda _: [*places.values(), *corrected], at_one_instant=bool(at_once)
    )
    named = dict(zip(places, found, strict=False))
    held = held_in(found[len(places) :], at_once) if at_once else None
    return effects.concerned_by(signed_in.standing, named, held=held)


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
    item = _received(subject, Asked(Right(right)), locale, notice, now, channel, None)
    register.enter(write, item, notice)
    write.replace(store.open_mark(subject, right, keys.record_id(item.sk)))
    return item


def _widened(item: RequestItem, notice: Notice, now: datetime) -> None:
    """Has an open erasure that is to take more wait anew: for the password, or for the desk.

    Raises Conflict where it is approved: what was approved is what is erased.
    """
    request = store.request_of(item)
    if any(entry.event is Action.APPROVE for entry in request.history):
        detail = "The erasure that you asked for is being carried out; ask again once it is done."
        raise Conflict(detail, type="move-not-allowed")
    if item.begins_at is not None:
        item.begins_at = None
        looked_at = place(store.request_of(item), notice, now).looked_at
        item.schedule(store.DEADLINE_LANE, looked_at, EVENT, now)


def _received(
    subject: str,
    asked: Asked,
    locale: str,
    notice: Notice,
    now: datetime,
    channel: Channel,
    person: Concerned | None,
) -> RequestItem:
    """Returns a request as it is stored; `person` has the key, where it was read.

    Corrections that are made at once, since the person's profile was read, are named alone.
    """
    item = new_item(subject, ids.new_id(), asked, locale, now)
    item.channel = str(channel)
    record(item, Action.SUBMIT, Actor.PERSON, notice, now)
    contents = additions.words_of(_proposed(asked, person, notice))
    if contents:
        vault.seal_item(item, additions.key_for(subject, person), contents)
    return item


def new_item(
    subject: str, request_id: str, asked: Asked, locale: str, received_at: datetime
) -> RequestItem:
    """Returns a request as it is stored, before its first event and without what is sealed."""
    pk, sk = store.request_place(subject, request_id)
    return RequestItem(
        pk=pk,
        sk=sk,
        kind=RequestItem.KIND,
        right=str(asked.right),
        received_at=received_at,
        locale=locale,
        history=[],
        purposes=" ".join(asked.purposes) or None,
        categories=" ".join(asked.categories) or None,
        ground=None if asked.ground is None else str(asked.ground),
        fields=" ".join(scope.named(asked.changes)) or None,
    )


def record(item: RequestItem, action: Action, actor: Actor, notice: Notice, now: datetime) -> None:
    """Adds an event to a request that is written whole, and places it in its lane.

    Raises MoveNotAllowed and NoticeTooOld.
    """
    before = store.request_of(item).history if item.history else ()
    entry = advanced(before, action, actor, now)[-1]
    item.history, item.status = [*item.history, written(entry)], str(entry.status)
    placed = place(store.request_of(item), notice, now)
    item.answer_due_at = placed.answer_due_at
    item.schedule(store.DEADLINE_LANE, placed.looked_at, EVENT, now)


def completed(item: RequestItem, notice: Notice, now: datetime) -> None:
    """Completes a request that is not stored yet, as the system. Raises MoveNotAllowed."""
    answered(item, Action.COMPLETE, notice, now)


def answered(
    item: RequestItem, action: Action, notice: Notice, now: datetime, reason: str | None = None
) -> None:
    """Closes a request that is not stored yet, as the system: it is kept by the notice's rule.

    Raises MoveNotAllowed.
    """
    entry = advanced(store.request_of(item).history, action, Actor.SYSTEM, now, reason)[-1]
    rule = notice.rule(RequestItem.KIND, "closed")
    item.status, item.completed_at = str(entry.status), now
    item.history = [*item.history, written(entry)]
    item.schedule(store.RULE_LANE, rule.ends(now), rule.event, now)


def _proposed(asked: Asked, person: Concerned | None, notice: Notice) -> Asked:
    if person is None or person.held is None:
        return asked
    return replace(asked, changes=scope.corrections(asked.changes, notice).proposed)


def _joined(person: Concerned, asked: Asked, notice: Notice, now: datetime) -> Timed:
    """Returns the open request of a right, to which what is new was added. Two or three calls.

    The effects of the right are those of what is new. Raises Contended if it was answered, or
    added to, at this moment, Unprocessable if it would become too long, and ConditionFailed if
    another write about the person came in between.
    """
    subject = person.loaded.subject
    request_id = store.open_request_of(subject, asked.right)
    return joined(None, person, request_id or "", asked, notice, now)


def joined(
    also: Transaction | None,
    person: Concerned,
    request_id: str,
    asked: Asked,
    notice: Notice,
    now: datetime,
) -> Timed:
    """Returns a request of the person, to which what is new was added.

    `also` is the transaction of a proof, which is written in any case. It refuses no words for
    their length: they stand beside the request. Raises Contended where the request was answered at
    this moment, ConditionFailed where it was changed, and Unprocessable as `make`.
    """
    item = store.get_request(person.loaded.subject, request_id)
    if item is None or store.request_of(item).status in CLOSED:
        raise Contended
    # The schedule moves the date of a request that it warned of, and adds nothing to the history.
    unchanged = (RequestItem.history == list(item.history)) & (RequestItem.due_at == item.due_at)
    write, sent = Transaction(notice) if also is None else also, tuple[JobItem, ...]()
    before = item.categories
    new = additions.adds(person, item, asked, _proposed(asked, person, notice), now, beside=also)
    if item.categories != before and item.right == Right.ERASE:
        _widened(item, notice, now)
    if new:
        from chalicelib.requests.service import effects

        sent = effects.receive(write, person, request_id, asked, notice, now).jobs
        write.replace(item, condition=unchanged, label=REQUEST)
    if new or also is not None:
        write.commit()
    for job in sent:
        jobs.send(job)
    return timed(store.request_of(item), notice, now)

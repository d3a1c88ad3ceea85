"""Proven requests of people without an account.

Each lies in a partition of its own. The partition of its address, which is named by the keyed hash,
leads to it, and has the mark of the open one of each right, which later ones join.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from chalicelib import ids
from chalicelib.consents.service.context import Loaded
from chalicelib.jobs import service as jobs
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.history import question
from chalicelib.requests.machine import CLOSED, Action, Actor, Question, Told
from chalicelib.requests.model import Asked, Proven, timed
from chalicelib.requests.service import (
    access,
    additions,
    effects,
    intake,
    register,
    transitions,
)
from chalicelib.requests.service.effects import Concerned
from chalicelib.requests.service.mails import tell
from chalicelib.requests.service.transitions import REQUEST
from chalicelib.requests.store import RequestItem
from chalicelib.sessions.model import Token
from chalicelib.storage import keys
from chalicelib.storage.contention import Contended
from chalicelib.storage.transaction import Transaction

OPEN: Final = "open request"
"""The label of the condition that no request of the right is open."""


def hold(write: Transaction, item: RequestItem) -> None:
    """Adds the mark of an open request without an account, and what leads to it by its address."""
    write.put(store.mark_of(item), label=OPEN)
    find_by_address(write, item)


def find_by_address(write: Transaction, item: RequestItem) -> None:
    """Adds the entry by which a request without an account is found by its address.

    It goes with the request; one that has no address has none.
    """
    if item.contact is not None:
        write.put(store.contact_entry(item, item.contact.hex()))


def follow(write: Transaction, item: RequestItem, notice: Notice, now: datetime) -> Proven:
    """Writes the proof of the mailbox of a request that the desk entered, and its token.

    The request stays where it is, whoever holds the address now: it opens no more than what was
    mailed about it. The proof answers a question about who asks; to one that is answered it adds no
    more than the token, by which the answer can be disputed.
    """
    if item.status in CLOSED:
        return reopen(write, item, notice, now)
    read, request_id = list(item.history), keys.record_id(item.sk)
    token = Token(request_id, ids.new_secret())
    item.token = access.with_token(item, token)
    intake.record(item, Action.PROVE, Actor.PERSON, notice, now)
    _answer(item, notice, now)
    item.sealed_fields = store.SEALED
    register.shelve(item, notice)
    write.replace(item, condition=RequestItem.history == read, label=REQUEST)
    write.commit()
    return Proven(timed(store.request_of(item), notice, now), str(token))


def reopen(write: Transaction, item: RequestItem, notice: Notice, now: datetime) -> Proven:
    """Writes one more token of a request whose mailbox was proven a moment ago."""
    token = Token(keys.record_id(item.sk), ids.new_secret())
    item.token = access.with_token(item, token)
    transitions.update(write, item, [RequestItem.token.set(item.token)], notice)
    write.commit()
    return Proven(timed(store.request_of(item), notice, now), str(token))


def prove(
    write: Transaction, item: RequestItem, asked: Asked, notice: Notice, now: datetime
) -> Proven:
    """Writes the proof of a request without an account, and the token that opens it.

    A copy, and portability, is answered from what the request itself holds. Where the address has
    an open request of the right, it is joined. One GetItem.
    """
    mark = store.open_request_of_contact((item.contact or b"").hex(), item.right)
    read, request_id = list(item.history), keys.record_id(item.sk)
    # A second press of the button at this moment finds the mark of the first: it fails below.
    if mark is not None and mark != request_id:
        return _joined(write, item, mark, asked, notice, now)
    token = Token(request_id, ids.new_secret())
    item.token = access.with_token(item, token)  # its code works for a moment yet: proof.AGAIN
    intake.record(item, Action.PROVE, Actor.PERSON, notice, now)
    effect = effects.receive(write, _nobody(request_id), request_id, asked, notice, now)
    told = Told.RECEIPT
    if effect.done:
        intake.completed(item, notice, now)
        told = Told.OUTCOME
        find_by_address(write, item)
    else:
        hold(write, item)
    item.sealed_fields = store.SEALED
    register.shelve(item, notice)
    write.replace(item, condition=RequestItem.history == read, label=REQUEST)
    sent = [tell(write, request_id, request_id, told, now)]
    sent += intake.made_by(write, request_id, item.right, request_id, now)
    write.commit()
    for job in sent:
        jobs.send(job)
    return Proven(timed(store.request_of(item), notice, now), str(token))


def _joined(
    write: Transaction,
    item: RequestItem,
    open_id: str,
    asked: Asked,
    notice: Notice,
    now: datetime,
) -> Proven:
    """Adds a request that was just proven to the open one of its address; it is gone then.

    The token opens the open one, as those of earlier proofs do. The earlier date stays: the clock
    of the later one stood still until now. A GetItem; where something was said two more and a KMS
    call. Raises Contended where the open one was answered at this moment.
    """
    found = store.get_request(open_id, open_id)
    if found is None or found.status in CLOSED:
        raise Contended
    # The schedule moves the date of a request that it warned of, and adds nothing to the history.
    unchanged = (RequestItem.history == list(found.history)) & (RequestItem.due_at == found.due_at)
    additions.adds(_nobody(open_id), found, asked, asked, now, beside=write)
    _answer(found, notice, now)
    token = Token(open_id, ids.new_secret())
    found.token, found.sealed_fields = access.with_token(found, token), store.SEALED
    write.replace(found, condition=unchanged, label=REQUEST)
    write.delete(item, condition=RequestItem.history == list(item.history), label="unproven")
    write.replace(store.vacated(keys.record_id(item.sk), now))
    register.leave(write, item)
    write.commit()
    return Proven(timed(store.request_of(found), notice, now), str(token))


def _nobody(request_id: str) -> Concerned:
    """Returns a person without an account: a request acts on nothing but itself."""
    return Concerned(Loaded(request_id, None, None))


def _answer(item: RequestItem, notice: Notice, now: datetime) -> None:
    """Adds the answer that a proof of the mailbox is, where it was asked who the person is."""
    asked = question(store.request_of(item).history)
    if asked is not None and asked.kind is Question.IDENTITY:
        intake.record(item, Action.ANSWER, Actor.PERSON, notice, now)
        register.shelve(item, notice)

"""The texts about a request: messages, answers and disputes of its person, and the desk's."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib import clock, texts
from chalicelib.decisions.restriction import Ground
from chalicelib.errors import Conflict, NotFound, Unauthenticated
from chalicelib.jobs import service as jobs
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.machine import Action, Actor, MoveNotAllowed, Status
from chalicelib.requests.model import Message, Request, Timed, timed
from chalicelib.requests.service import view
from chalicelib.requests.service.access import Owner
from chalicelib.requests.service.progress import advance, limit
from chalicelib.requests.service.transitions import REQUEST
from chalicelib.requests.store import MessageItem, RequestItem
from chalicelib.storage import contention, keys
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey

MOST: Final = 20
"""The most messages that a person writes about one request."""

_GONE: Final = "This account is gone."

_OPEN: Final = "open request"
"""The label of the condition that no other request of the right is open."""

_WRITTEN: Final = frozenset({Action.MESSAGE, Action.ANSWER})
_TOLD: Final = _WRITTEN | {
    Action.JOIN,
    Action.DISPUTE,
    Action.PAUSE,
    Action.EXTEND,
    Action.COMPLETE,
    Action.REFUSE,
}
"""The events whose texts the person is shown; a note of the desk is none of them."""


def send(by: Owner, request_id: str, text: str, notice: Notice) -> Timed:
    """Records a message of the person, sealed, and returns the request.

    While a question is open it is the answer, and the clock goes on. GetItem of the request and of
    the key, one KMS call, one transaction. Raises NotFound, also for another account's; Conflict
    for a closed request, one with 20 messages, and one that was changed at this moment;
    Unauthenticated when the account is gone; NoticeTooOld.
    """
    item = own(by, request_id, notice)
    request = store.request_of(item)
    if sum(entry.event in _WRITTEN for entry in request.history) >= MOST:
        detail = f"There are {MOST} messages about this request already."
        raise Conflict(detail, type="too-many-messages")
    action = Action.ANSWER if request.status is Status.PAUSED else Action.MESSAGE
    now, write = clock.now(), Transaction(notice)
    after = act(write, item, action, notice, now)
    add(write, item, Actor.PERSON, text, now)
    if by.standing is not None:
        lifecycle.record_activity(write, by.subject, now)
    commit(write)
    return timed(after, notice, now)


def dispute(by: Owner, request_id: str, text: str | None, notice: Notice) -> Timed:
    """Opens an answered request again, once, on a clock of its own, and returns it.

    Until it is answered again the purposes that it is about are limited. GetItem of the request,
    with a text also of the key and one KMS call, BatchGetItem of standing and restrictions, one
    transaction; all of it again where another write about the person came in between. Raises as
    `send`, and Conflict too where the person has asked for the same right again meanwhile: that
    request is the open one.
    """
    return contention.patiently(lambda: _dispute_once(by, request_id, text, notice))


def _dispute_once(by: Owner, request_id: str, text: str | None, notice: Notice) -> Timed:
    item = own(by, request_id, notice)
    now, write = clock.now(), Transaction(notice)
    after = act(write, item, Action.DISPUTE, notice, now)
    write.put(store.mark_of(item), label=_OPEN)
    if text is not None:
        add(write, item, Actor.PERSON, text, now)
    effect = limit(write, item, Ground.DISPUTE, notice, now)
    if by.standing is not None and effect.standing is None:
        raise Unauthenticated(_GONE)
    commit(write)
    for job in effect.jobs:
        jobs.send(job)
    return timed(after, notice, now)


def own(by: Owner, request_id: str, notice: Notice) -> RequestItem:
    """Returns a request of the account as it is stored. Raises NotFound, also for one over."""
    item = store.get_request(by.subject, request_id)
    if item is None or ends.gone(item, notice, clock.now()):
        raise NotFound(view.GONE)
    return item


def act(
    write: Transaction, item: RequestItem, action: Action, notice: Notice, now: datetime
) -> Request:
    """Adds an act of the person, and returns the request after it.

    Raises Conflict for a move that is not allowed, and NoticeTooOld.
    """
    try:
        entry = advance(write, item, action, Actor.PERSON, notice, now)
    except MoveNotAllowed:
        detail = "The request has no such move as it stands now."
        raise Conflict(detail, type="move-not-allowed") from None
    before = store.request_of(item)
    history = (*before.history, entry)
    return replace(before, status=entry.status, history=history, completed_at=None)


def add(write: Transaction, item: RequestItem, by: Actor, text: str, now: datetime) -> None:
    """Adds the text, sealed, of the act that the same transaction adds to the item as it was read.

    One GetItem and one KMS call. Raises the vault's KeyDestroyed.
    """
    key = vault.load_key(keys.subject_of(item.pk), MessageItem.CLASS)
    put(write, item, key, by, text, now)


def put(
    write: Transaction, item: RequestItem, key: DataKey, by: Actor, text: str, now: datetime
) -> None:
    """Adds the text of the next act on an item as it was read, sealed with the key of its class."""
    subject, number = keys.subject_of(item.pk), len(item.history)
    pk, sk = store.message_place(subject, keys.record_id(item.sk), number)
    message = MessageItem(
        pk=pk,
        sk=sk,
        kind=MessageItem.KIND,
        request=keys.record_id(item.sk),
        at=now,
        by=str(by),
    )
    vault.seal_item(message, key, {"text": texts.lines(text)})
    write.put(message)


def commit(write: Transaction) -> None:
    """Writes an act of the person. One transaction.

    Raises Unauthenticated when the account is gone, Conflict where the request was changed
    meanwhile, and ConditionFailed where the standing was.
    """
    try:
        write.commit()
    except ConditionFailed as failed:
        if REQUEST in failed.labels:
            detail = "The request was changed at this moment; look at it again."
        elif _OPEN in failed.labels:
            detail = "Another request for the same right is open; write about that one."
        elif "standing" in failed.labels:
            raise
        else:
            raise Unauthenticated(_GONE) from None
        raise Conflict(detail) from None


def told(subject: str, request: Request) -> Sequence[Message]:
    """Returns the texts of a request that its person is shown, oldest first.

    One Query, GetItem of the key and one KMS call; nothing where no event has a text.
    """
    if not any(entry.event in _TOLD for entry in request.history):
        return ()
    items = [
        item
        for item in store.messages_of(subject, request.id)
        if request.history[store.message_number(item)].event in _TOLD
    ]
    if not items:
        return ()
    key = vault.load_key(subject, MessageItem.CLASS)
    return [Message(item.at, item.by, vault.open_item(item, key)["text"]) for item in items]

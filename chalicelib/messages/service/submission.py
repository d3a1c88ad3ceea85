"""Takes messages of people who are signed in, and of browsers."""

from __future__ import annotations

from datetime import datetime

from chalicelib import clock, ids
from chalicelib.consents.service.context import visitor_subject
from chalicelib.decisions.permission import Question, not_permitted, permission
from chalicelib.limits import sample
from chalicelib.limits.sample import Sampled
from chalicelib.messages import model, store
from chalicelib.messages.model import Written
from chalicelib.messages.service.contents import contents_of, data_key, key_at
from chalicelib.messages.store import MessageItem
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Kind, Standing
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem


def write(bearer: str | None, message: Written, network: str, notice: Notice) -> str:
    """Keeps a message of the account that is signed in; returns its id.

    The decision point is asked about the form's purpose as of now. The key of the class is made
    with its first record. One strongly consistent BatchGetItem of session, standing and key, one
    KMS call, and one transaction on condition that the standing is as it was read; all is repeated
    when another write about the person came in between. Where the person has something restricted
    there is a GetItem of that, too.

    Raises Unauthenticated, TooManyRequests, and Conflict where the decision is no and where a race
    was lost for five seconds.
    """
    return patiently(lambda: _write_once(bearer, message, network, notice))


def write_in_browser(visitor: str, message: Written, network: str, notice: Notice) -> str:
    """Keeps a message of the browser with that token, in its own partition; returns its id.

    It is asked and written as `write`, without a KMS call: the browser has to be known by a
    decision, since there is no yes without one. The message joins the account whose person signs in
    with this browser (`service.joining`). Raises as `write`, but for Unauthenticated.
    """
    return patiently(lambda: _write_in_browser_once(visitor, message, network, notice))


def _write_once(bearer: str | None, message: Written, network: str, notice: Notice) -> str:
    now, subject = clock.now(), sessions.read_token(bearer).subject
    counting = sample.message(subject, network, now)
    signed_in, (key_item, *counts) = sessions.authenticate_and_read(
        bearer, lambda one: [key_at(one), *counting.places()]
    )
    counting.refuse_exhausted(counts)
    return _keep(signed_in.standing, message, key_item, counting, notice, now)


def _write_in_browser_once(visitor: str, message: Written, network: str, notice: Notice) -> str:
    now, subject = clock.now(), visitor_subject(visitor)
    counting = sample.message(subject, network, now)
    item, key_item, *counts = reads.batch(
        [subjects.standing_at(subject), key_at(subject), *counting.places()]
    )
    counting.refuse_exhausted(counts)
    standing = None if item is None else subjects.standing_of(item)
    return _keep(standing, message, key_item, counting, notice, now)


def _keep(
    read: Standing | None,
    message: Written,
    key_item: DataKeyItem | None,
    counting: Sampled,
    notice: Notice,
    now: datetime,
) -> str:
    standing = _permitted(read, message, notice, now)
    write = Transaction(notice)
    message_id = ids.new_id()
    item = new_item(standing.subject, message_id, message, message.locale or standing.locale, now)
    key = data_key(write, key_item, standing.subject, now)
    vault.seal_item(item, key, contents_of(message))
    rule = notice.rule(MessageItem.KIND, model.CREATED)
    item.schedule(store.LANE, rule.ends(now), rule.event, now)
    write.put(item)
    if standing.kind is Kind.VISITOR:
        lifecycle.file(write, standing, MessageItem.KIND)
    else:
        lifecycle.record_permitted(write, standing, MessageItem.KIND, now)
    counting.count(write)
    write.commit()
    return message_id


def new_item(
    subject: str, message_id: str, message: Written, locale: str, now: datetime
) -> MessageItem:
    """Returns a message as it is stored, before it is sealed and has its date."""
    pk, sk = store.message_place(subject, message_id)
    return MessageItem(
        pk=pk,
        sk=sk,
        kind=MessageItem.KIND,
        form=message.form,
        locale=locale,
        written_at=now,
    )


def _permitted(read: Standing | None, message: Written, notice: Notice, now: datetime) -> Standing:
    """Returns the standing, with its restrictions, that permits a message. Raises Conflict."""
    standing = None if read is None else subjects.completed(read)
    form = notice.forms[message.form]
    subject = "" if standing is None else standing.subject
    asked = Question(subject, form.purpose, model.category_of(form))
    answer = permission(asked, standing, notice, now)
    if standing is None or not answer.allowed:
        raise not_permitted(answer)
    return standing

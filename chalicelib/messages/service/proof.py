"""Proves the address of a message: by the mailed link, or by signing in to its account.

A message whose address an account holds moves into that account. Else it stays where it is and is
kept as others are; once its person has an account, the same link, or their session, moves it.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib import clock
from chalicelib.accounts.service import claims
from chalicelib.decisions.permission import Question, not_permitted, permission
from chalicelib.errors import DoneAlready, NotFound
from chalicelib.messages import model, store
from chalicelib.messages.model import Proven
from chalicelib.messages.service.address import PROVE
from chalicelib.messages.service.closure import GONE
from chalicelib.messages.service.contents import key_at
from chalicelib.messages.service.transfer import add_move
from chalicelib.messages.store import MessageItem, message_at
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys, reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.vault.store import DataKeyItem


def by_link(message_id: str, token: str, notice: Notice) -> Proven:
    """Proves the address by the token of the mailed link, which works until its end.

    Three reads, and one transaction; into an account another BatchGetItem, two KMS calls, two
    Queries and an UpdateItem. Raises Unprocessable for a link that does not work, DoneAlready
    where the message has moved, Conflict where the account does not permit it, and Contention.
    """
    return patiently(lambda: _by_link_once(message_id, token, notice))


def by_session(bearer: str | None, message_id: str, notice: Notice) -> Proven:
    """Moves a message into the account that is signed in and holds its address.

    Raises Unauthenticated, NotFound for another address and for none, Conflict and Contention.
    """
    return patiently(lambda: _by_session_once(bearer, message_id, notice))


def _by_link_once(message_id: str, text: str, notice: Notice) -> Proven:
    token, _ = sessions.open_link(text, PROVE)
    if token.subject != message_id:
        raise sessions.link_not_valid()
    item, source_key = reads.batch([message_at(message_id, message_id), key_at(message_id)])
    now = clock.now()
    if item is None or source_key is None or item.contact is None:
        raise DoneAlready(sessions.NO_LINK, type="link-not-valid")
    if ends.gone(item, notice, now):
        raise sessions.link_not_valid()
    holder = claims.holder_of(item.contact.hex())
    if holder is not None:
        stands, key_item = reads.batch(
            [subjects.standing_at(holder.subject), key_at(holder.subject)]
        )
        standing = None if stands is None else subjects.standing_of(stands)
        if standing is not None and standing.usable:
            return _into(item, source_key, standing, key_item, notice, now)
    return _keep(item, notice)


def _by_session_once(bearer: str | None, message_id: str, notice: Notice) -> Proven:
    signed_in, (key_item, item, source_key) = sessions.authenticate_and_read(
        bearer,
        lambda one: [key_at(one), message_at(message_id, message_id), key_at(message_id)],
    )
    standing, now = signed_in.standing, clock.now()
    if item is None or source_key is None or ends.gone(item, notice, now):
        raise NotFound(GONE)
    if item.contact is None or standing.claim != item.contact.hex():
        raise NotFound(GONE)
    return _into(item, source_key, standing, key_item, notice, now)


def _into(
    item: MessageItem,
    source_key: DataKeyItem,
    read: Standing,
    key_item: DataKeyItem | None,
    notice: Notice,
    now: datetime,
) -> Proven:
    """Moves a message into an account, if its form's purpose is allowed there now."""
    standing, form = subjects.completed(read), notice.forms.get(item.form)
    if form is not None:
        asked = Question(standing.subject, form.purpose, model.category_of(form))
        answer = permission(asked, standing, notice, now)
        if not answer.allowed:
            raise not_permitted(answer)
    write = Transaction(notice)
    add_move(write, item, source_key, standing, key_item, notice, now)
    write.commit()
    return Proven(keys.record_id(item.sk), in_account=True)


def _keep(item: MessageItem, notice: Notice) -> Proven:
    """Keeps a message of a proven address as all others are; nothing where that is so already."""
    if item.due_event == model.UNPROVEN:
        rule, write = notice.rule(MessageItem.KIND, model.CREATED), Transaction(notice)
        since = item.written_at
        store.prove_message(write, item, rule.ends(since), rule.event, since)
        if item.contact is not None:
            entry = store.address_entry(item.contact, keys.record_id(item.sk))
            looked, now = notice.rule(entry.KIND, model.CREATED), clock.now()
            entry.schedule(store.LANE, looked.ends(now), looked.event, now)
            write.replace(entry)
        write.commit()
    return Proven(keys.record_id(item.sk), in_account=False)


__all__ = ["Proven", "by_link", "by_session"]

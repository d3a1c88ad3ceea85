"""Requests of erasure as they are carried out: begun, answered to an address, closed.

The erasure itself lies above this room and calls it. An erasure leaves the request, its texts and
its entry in the register, which the notice's rules let stay, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from pynamodb.expressions.update import Action as Update

from chalicelib import clock
from chalicelib.accounts.service.contents import address_of
from chalicelib.copies import service as copies
from chalicelib.decisions.notifications import REQUESTS, may_notify
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import CLOSED, Action, Actor, MoveNotAllowed, Told, advanced
from chalicelib.requests.model import ERASE, RETENTION_QUEUE
from chalicelib.requests.service import unproven
from chalicelib.requests.service.closure import close
from chalicelib.requests.service.mails import tell
from chalicelib.requests.service.transitions import record
from chalicelib.requests.store import ReplyItem, RequestItem
from chalicelib.storage import keys, pages, reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Life, Standing, is_visitor
from chalicelib.vault import service as vault

KIND: Final = RequestItem.KIND
CLASS: Final = RequestItem.CLASS
"""The kind of a request, and its class, in which something stays after an erasure."""

PAGE: Final = 100
"""Requests of a person that are read at a time."""


def erase_job(subject: str, request_id: str, now: datetime) -> JobItem:
    """Returns the job that carries an erasure out. A subject has one of them at a time."""
    return jobs.new_job(subject, RETENTION_QUEUE, ERASE, request_id, now, job_id=ERASE)


def read(subject: str, request_id: str) -> tuple[RequestItem | None, Standing | None]:
    """Returns a request and the standing of its person, None for what is gone. One BatchGetItem."""
    item, standing = reads.batch(
        [(RequestItem, *store.request_place(subject, request_id)), subjects.standing_at(subject)]
    )
    return item, None if standing is None else subjects.standing_of(standing)


def waits(item: RequestItem | None) -> bool:
    """Tells whether a request is still to be answered."""
    return item is not None and item.status not in CLOSED


def is_whole(item: RequestItem) -> bool:
    """Tells whether a request waits for the erasure of everything about its person."""
    return waits(item) and item.right == Right.ERASE and not item.categories


def is_partial(item: RequestItem) -> bool:
    """Tells whether a request waits for the erasure of some categories, without the account."""
    return waits(item) and item.right == Right.ERASE and bool(item.categories)


def began_at(item: RequestItem) -> datetime | None:
    """Returns when the erasure of a request began, so that it cannot be cancelled; else None."""
    history = store.request_of(item).history
    return next((entry.at for entry in history if entry.event is Action.CARRY_OUT), None)


def begin(
    write: Transaction,
    item: RequestItem,
    notice: Notice,
    now: datetime,
    also: Sequence[Update] = (),
) -> None:
    """Adds the beginning of an irreversible act: from then on nobody cancels the request.

    `also` are further updates of the request. Raises MoveNotAllowed and NoticeTooOld; the commit
    fails at the label `request` where the request was changed meanwhile.
    """
    history = store.request_of(item).history
    entry = advanced(history, Action.CARRY_OUT, Actor.SYSTEM, now)[-1]
    record(write, item, [entry], notice, now, also)


def noting(text: str) -> list[Update]:
    """Returns the update of a request that keeps what an erasure of categories has to remember."""
    return [RequestItem.erasing.set(text)]


def keep_address(item: RequestItem, standing: Standing | None, notice: Notice) -> None:
    """Seals the address for the last mail with the key that stays; does nothing where it did.

    There is none where no mail may be sent, nor where the address or its key is gone or damaged.
    Three or four GetItems, two KMS calls, one transaction.
    """
    subject, request_id = keys.subject_of(item.pk), keys.record_id(item.sk)
    if store.get_reply(subject, request_id) is not None:
        return
    started = began_at(item) or clock.now()
    address = _address(item, standing, notice, started)
    if address is None:
        return
    pk, sk = store.reply_place(subject, request_id)
    reply = ReplyItem(pk=pk, sk=sk, kind=ReplyItem.KIND)
    key = vault.load_key(subject, ReplyItem.CLASS)
    vault.seal_item(reply, key, {unproven.ADDRESS: address})
    rule = notice.rule(ReplyItem.KIND, "created")
    reply.schedule(store.RULE_LANE, rule.ends(started), rule.event, started)
    write = Transaction(notice)
    write.replace(reply)
    write.commit()


def kept_address(subject: str, request_id: str) -> str | None:
    """Returns the address for the last mail about an erasure; None where there is none any more.

    Two GetItems and one KMS call.
    """
    reply = store.get_reply(subject, request_id)
    if reply is None:
        return None
    try:
        key = vault.load_key(subject, ReplyItem.CLASS)
    except vault.KeyDestroyed:
        return None
    return str(vault.open_item(reply, key)[unproven.ADDRESS])


def forget_contact(item: RequestItem) -> None:
    """Removes the entry by which a request without account is found by its address."""
    if item.contact is not None:
        store.unlist_contact(keys.record_id(item.sk))


def messages_of(item: RequestItem, standing: Standing | None) -> list[str]:
    """Returns the messages that came with the address of a person alone, by their ids.

    They are in no account, and each lies in a partition of its own. One Query, or none where the
    person has no address.
    """
    mac = _address_of(item, standing)
    if mac is None:
        return []
    # Imported here: the function to which people make requests reads no message.
    from chalicelib.messages.service import contacts as written

    return written.ids_of(mac)


def forget_messages(item: RequestItem, standing: Standing | None) -> None:
    """Removes the entries that lead to them, once they are gone. A Query, and a DeleteItem each."""
    from chalicelib.messages.service import contacts as written

    mac = _address_of(item, standing)
    if mac is not None:
        written.forget(mac)


def _address_of(item: RequestItem, standing: Standing | None) -> str | None:
    """Returns the keyed hash of the address of a request, or else of its account."""
    own = None if standing is None else standing.claim
    return own if item.contact is None else item.contact.hex()


def end_registrations(item: RequestItem, standing: Standing | None, notice: Notice) -> None:
    """Ends the registrations that wait at the address of a person who is erased.

    They hold that address, unproven. Nothing is looked up where the person has no address.
    """
    mac = _address_of(item, standing)
    if mac is not None:
        from chalicelib.accounts.service import disavowal

        disavowal.disown_all(mac, notice)


def answers(item: RequestItem) -> dict[str, str]:
    """Returns what other systems answered about a request, by recipient. One Query, or none."""
    if item.asked_at is None:
        return {}
    from chalicelib.systems import service as systems

    found = systems.questions(keys.subject_of(item.pk), keys.record_id(item.sk))
    return {one.recipient: "silent" if one.status is None else str(one.status) for one in found}


def cancel_others(subject: str, request_id: str | None, notice: Notice, now: datetime) -> None:
    """Cancels the other open requests of a person who is being erased.

    One that was disputed stays for the desk, which answers it. One Query for a hundred requests,
    one transaction for each that is open. Raises Contention.
    """
    for found in _open(subject):
        if found != request_id:
            patiently(lambda one=found: _cancel(subject, one, notice, now))  # type: ignore[misc]


def complete(
    write: Transaction, item: RequestItem, receipt: str | None, notice: Notice, now: datetime
) -> list[JobItem]:
    """Adds the end of a request that was carried out, its receipt, and the job of the last mail.

    A browser has no address, and gets none. Fails and raises as `complete_again`.
    """
    complete_again(write, item, receipt, notice, now)
    subject, request_id = keys.subject_of(item.pk), keys.record_id(item.sk)
    if is_visitor(subject):
        return []
    return [tell(write, subject, request_id, Told.ERASURE, now)]


def complete_again(
    write: Transaction, item: RequestItem, receipt: str | None, notice: Notice, now: datetime
) -> None:
    """Adds the end of a request that was carried out, with its receipt, and tells nobody.

    The keyed hash of the address that a request without account came by goes, too. The commit
    fails at the label `request` where the request was changed meanwhile. Raises MoveNotAllowed.
    """
    also = [RequestItem.contact.remove()]
    if receipt is not None:
        also.append(RequestItem.receipt.set(receipt))  # type: ignore[arg-type]
    unchanged = RequestItem.history == list(item.history)
    close(write, item, Action.COMPLETE, Actor.SYSTEM, notice, now, unchanged, also)


def answer(
    write: Transaction, item: RequestItem, receipt: str | None, notice: Notice, now: datetime
) -> JobItem:
    """Adds the end of an erasure of some categories, its receipt, and the job of the mail.

    Fails and raises as `answer_again`.
    """
    answer_again(write, item, receipt, notice, now)
    subject, request_id = keys.subject_of(item.pk), keys.record_id(item.sk)
    return tell(write, subject, request_id, Told.OUTCOME, now)


def answer_again(
    write: Transaction, item: RequestItem, receipt: str | None, notice: Notice, now: datetime
) -> None:
    """Adds the end of an erasure of some categories, and tells nobody.

    Fails and raises as `complete_again`.
    """
    also = [RequestItem.erasing.remove()]
    if receipt is not None:
        also.append(RequestItem.receipt.set(receipt))  # type: ignore[arg-type]
    unchanged = RequestItem.history == list(item.history)
    close(write, item, Action.COMPLETE, Actor.SYSTEM, notice, now, unchanged, also)


def remove_bodies(subject: str) -> None:
    """Deletes the bodies of a subject's exports, also one whose record is missing."""
    for key in copies.bodies(subject):
        copies.remove(key)


def bodies(subject: str) -> int:
    """Counts the bodies of a subject's exports. One ListObjectsV2 for a thousand."""
    return len(copies.bodies(subject))


def ends(notice: Notice, now: datetime) -> datetime:
    """Returns until when a request that is closed at `now` is kept."""
    return notice.rule(RequestItem.KIND, "closed").ends(now)


def _address(
    item: RequestItem, standing: Standing | None, notice: Notice, now: datetime
) -> str | None:
    try:
        if item.contact is not None:
            return unproven.address_of(item)
        if standing is None or standing.erased:
            return None
        before = replace(standing, life=Life.ACTIVE)
        if not may_notify(before, REQUESTS, notice, now, asked_for=True):
            return None
        return address_of(standing.subject, notice)
    except (vault.KeyDestroyed, vault.NotOpened, KeyError):
        return None


def has_open(subject: str) -> bool:
    """Tells whether a subject has an open request. One Query, strongly consistent."""
    return store.has_open(subject)


def _open(subject: str) -> Iterator[str]:
    """Yields the ids of a subject's open requests. One Query for a hundred of all requests."""
    after: str | None = None
    while True:
        found = pages.collect(store.requests_of(subject, after, PAGE), store.request_of)
        yield from (one.id for one in found.items if one.status not in CLOSED)
        after = found.next
        if after is None:
            return


def _cancel(subject: str, request_id: str, notice: Notice, now: datetime) -> None:
    item = store.get_request(subject, request_id)
    if item is None or item.status in CLOSED:
        return
    write = Transaction(notice)
    if is_partial(item) and began_at(item) is not None:
        answer_again(write, item, None, notice, now)  # it cannot be cancelled, and is done with all
        write.commit()
        return
    unchanged = RequestItem.history == list(item.history)
    try:
        close(write, item, Action.CANCEL, Actor.SYSTEM, notice, now, unchanged)
    except MoveNotAllowed:
        return
    write.commit()

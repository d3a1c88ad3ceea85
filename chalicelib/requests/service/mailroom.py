"""Enters requests that came to the desk by mail, post or phone, or in person."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from chalicelib import clock, ids
from chalicelib.accounts.service import addresses, claims
from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Outcome
from chalicelib.audit.model import Action as Audited
from chalicelib.consents.service.context import Loaded
from chalicelib.errors import Conflict, NotFound
from chalicelib.jobs import service as jobs
from chalicelib.notices.model import Notice
from chalicelib.requests import scope, store
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Action, Actor, Told
from chalicelib.requests.model import Asked, Entered, Received, timed
from chalicelib.requests.service import (
    additions,
    contacts,
    effects,
    inquiries,
    intake,
    register,
    strangers,
)
from chalicelib.requests.service.effects import Concerned
from chalicelib.requests.service.mails import tell
from chalicelib.requests.service.transitions import EVENT, REQUEST, place
from chalicelib.requests.store import OpenRequestItem, RequestItem
from chalicelib.storage import keys, reads
from chalicelib.storage.contention import Contended, patiently
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem

_NOBODY: Final = "There is no such person."

_MOST: Final = 100
"""Most requests of somebody who is erased that are looked through for the one of the erasure."""

_STANDING, _MARK, _HEAD, _KEY = "standing", "mark", "head", "key"


def enter(by: str, received: Received, notice: Notice) -> Entered:
    """Enters a request for a member of the desk, whose subject is `by`.

    The effects of its right come at once. A request of the same right that is open is joined, and
    keeps the earlier day of receipt. A person without an account is a stranger, whose request is
    entered all the same (`strangers`). One BatchGetItem and one transaction, with the entry of the
    audit and the job of the mail; by address one GetItem and one KMS call before. Raises NotFound
    for an unknown subject, NoticeTooOld, and Contention.
    """
    received = replace(received, asked=scope.meant(received.asked, notice))
    mac = None if received.email is None else addresses.keyed(received.email)
    subject = received.subject if mac is None else claims.held_by(mac)
    if subject is not None:
        try:
            return patiently(lambda: _enter_once(by, subject, received, notice))
        except (NotFound, vault.KeyDestroyed):
            if received.subject is not None:
                return patiently(lambda: _enter_of_erased(by, subject, received, notice))
    return patiently(lambda: _enter_stranger(by, mac, received, notice))


def _enter_of_erased(by: str, subject: str, received: Received, notice: Notice) -> Entered:
    """Enters an erasure of somebody who is erased, or is being erased: a success like the first.

    It is the request of that erasure, whose receipt says what was done; where none asked for it, a
    request in a partition of its own, whose receipt says that nothing is held. Raises NotFound for
    another right, and for nobody.
    """
    standing = subjects.account_standing(subject)
    if received.asked.right is not Right.ERASE or standing is None or not standing.erasing:
        raise NotFound(_NOBODY)
    known = register.requests_of(subject, _MOST, notice)
    erasure = [one for one in known if one.right == received.asked.right]
    if not erasure:
        return _enter_stranger(by, None, received, notice)
    last, now = max(erasure, key=lambda one: one.received_at), clock.now()
    (head,) = reads.batch([audit.head_at()])
    write = Transaction(notice)
    act = Act(by, Audited.REQUEST_READ, subject, last.id)
    audit.follow(write, act, notice, now, head)
    write.commit()
    return Entered(subject, timed(last, notice, now), already=True)


def _enter_stranger(by: str, mac: str | None, received: Received, notice: Notice) -> Entered:
    """Enters a request of somebody without an account, or adds it to the open one of the address.

    One BatchGetItem before.
    """
    now, mark = clock.now(), None
    if mac is None:
        (head,) = reads.batch([audit.head_at()])
    else:
        place = store.contact_mark_place(mac, received.asked.right)
        mark, head = reads.batch([(OpenRequestItem, *place), audit.head_at()])
    if mark is None:
        return strangers.begin(by, received, mac, head, notice, now)
    nobody, found = Concerned(Loaded(mark.request, None, None)), {_MARK: mark, _HEAD: head}
    return _join(Transaction(notice), by, nobody, found, received, notice, now)


def _enter_once(by: str, subject: str, received: Received, notice: Notice) -> Entered:
    found = _read(subject, received.asked, notice)
    item = found[_STANDING]
    standing = None if item is None else subjects.standing_of(item)
    if standing is None or standing.erasing:
        raise NotFound(_NOBODY)
    now, write = clock.now(), Transaction(notice)
    person = effects.concerned_by(standing, found)
    if found[_MARK] is not None:
        return _join(write, by, person, found, received, notice, now)
    return _begin(write, by, person, found, received, notice, now)


def _read(subject: str, asked: Asked, notice: Notice) -> Mapping[str, Any]:
    """Returns what is known of a person, and what the request needs, by name. One BatchGetItem."""
    places: dict[str, Place] = {
        **effects.wanted(subject, asked, notice),
        _STANDING: subjects.standing_at(subject),
        _MARK: (OpenRequestItem, *store.open_place(subject, asked.right)),
        _HEAD: audit.head_at(),
        _KEY: (DataKeyItem, keys.subject(subject), RequestItem.CLASS),
    }
    return dict(zip(places, reads.batch(list(places.values())), strict=True))


def _begin(
    write: Transaction,
    by: str,
    person: Concerned,
    found: Mapping[str, Any],
    received: Received,
    notice: Notice,
    now: datetime,
) -> Entered:
    standing = _known(person)
    subject, asked = standing.subject, received.asked
    item = _new(standing, received, found, notice, now)
    request_id = keys.record_id(item.sk)
    effect = effects.receive(
        write, person, request_id, asked, notice, now, by=Actor.DESK, asked_at=received.at
    )
    asked_others = inquiries.at_receipt(write, item, effect.standing, notice, now, done=effect.done)
    if effect.done:
        intake.completed(item, notice, now)
    else:
        write.put(store.open_mark(subject, item.right, request_id), label=contacts.OPEN)
    register.enter(write, item, notice)
    told = Told.OUTCOME if effect.done else Told.RECEIPT
    sent = (*effect.jobs, *asked_others, tell(write, subject, request_id, told, now))
    act = Act(by, Audited.REQUEST_RECORDED, subject, request_id)
    audit.follow(write, act, notice, now, found[_HEAD])
    write.commit()
    for job in sent:
        jobs.send(job)
    return Entered(subject, timed(store.request_of(item), notice, now))


def _join(
    write: Transaction,
    by: str,
    person: Concerned,
    found: Mapping[str, Any],
    received: Received,
    notice: Notice,
    now: datetime,
) -> Entered:
    """Adds what is new to the open request of the right; the earlier day of receipt stays.

    Words that would make its details too long stand beside.
    """
    subject, request_id = person.loaded.subject, found[_MARK].request
    item = store.get_request(subject, request_id)
    if item is None:
        raise Contended
    # The schedule moves the date of a request that it warned of, and adds nothing to the history.
    unchanged = (RequestItem.history == list(item.history)) & (RequestItem.due_at == item.due_at)
    effect = effects.receive(
        write,
        person,
        request_id,
        received.asked,
        notice,
        now,
        by=Actor.DESK,
        asked_at=received.at,
    )
    new = additions.adds(person, item, received.asked, received.asked, now, beside=write)
    if received.at < item.received_at:
        new, item.received_at = True, received.at
        placed = place(store.request_of(item), notice, now)
        item.answer_due_at = item.shelf_at = placed.answer_due_at
        item.schedule(store.DEADLINE_LANE, placed.looked_at, EVENT, now)
        write.replace(store.register_entry(item, register.month(item.received_at, notice)))
    if new:
        item.sealed_fields = store.SEALED
        write.replace(item, condition=unchanged, label=REQUEST)
    act = Act(by, Audited.REQUEST_RECORDED, subject, request_id, Outcome.JOINED)
    audit.follow(write, act, notice, now, found[_HEAD])
    try:
        write.commit()
    except ConditionFailed as failed:
        if REQUEST not in failed.labels:
            raise
        detail = "The request was changed at this moment; enter it once more."
        raise Conflict(detail) from None
    for job in effect.jobs:
        jobs.send(job)
    return Entered(subject, timed(store.request_of(item), notice, now), already=True)


def _known(person: Concerned) -> Standing:
    standing = person.standing
    if standing is None:
        raise NotFound(_NOBODY)
    return standing


def _new(
    standing: Standing,
    received: Received,
    found: Mapping[str, Any],
    notice: Notice,
    now: datetime,
) -> RequestItem:
    """Returns a request as it is stored, with what was said sealed."""
    asked = received.asked
    locale = received.locale or standing.locale
    item = intake.new_item(standing.subject, ids.new_id(), asked, locale, received.at)
    item.channel = str(received.channel)
    intake.record(item, Action.SUBMIT, Actor.DESK, notice, now)
    said = additions.words_of(asked)
    if received.identified_by is not None:
        said = {**said, "identified_by": received.identified_by}
    if said:
        if found[_KEY] is None:
            raise vault.KeyDestroyed
        vault.seal_item(item, vault.open_key(found[_KEY]), said)
    return item


__all__ = ["Entered", "enter"]

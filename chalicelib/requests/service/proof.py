"""Proves the address of a request: by the mailed link or code, or by signing in to its account.

A mailbox never opens more than signing in would. So a request whose address an account holds moves
into that account, and waits there for its person to sign in where the account has a second factor.
Without an account the proof hands out a token, which opens that one request.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib import clock, traces
from chalicelib.accounts.service import claims, codes
from chalicelib.accounts.service.claims import Holder
from chalicelib.errors import Conflict, DoneAlready, NotFound, Unprocessable
from chalicelib.jobs import service as jobs
from chalicelib.limits import service as limits
from chalicelib.notices.model import Notice
from chalicelib.requests import history, store
from chalicelib.requests.machine import Action, Actor, Status
from chalicelib.requests.model import Asked, Proven, timed
from chalicelib.requests.service import (
    additions,
    contacts,
    effects,
    intake,
    register,
    unproven,
)
from chalicelib.requests.service.effects import Concerned
from chalicelib.requests.service.transitions import REQUEST
from chalicelib.requests.service.view import GONE
from chalicelib.requests.store import OpenRequestItem, RequestItem
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys, reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import USABLE, Standing
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem

AGAIN: Final = timedelta(minutes=10)
"""Time after a proof in which its link or code opens the same request once more.

A second press of the button, or one after a lost answer, would otherwise leave a person without the
token, which only the first answer held.
"""

_MARK, _KEY, _STANDING = "mark", "key", "standing"


def by_link(request_id: str, token: str, notice: Notice) -> Proven:
    """Proves the address by the token of the mailed link, which works until then.

    Four reads into an account, three without one; two KMS calls where something was said; one
    transaction. Raises Unprocessable for
    a link that does not work, DoneAlready for one that was used, NoticeTooOld, and Contention.
    """
    return patiently(lambda: _by_link_once(request_id, token, notice))


def by_link_again(request_id: str, token: str, notice: Notice) -> Proven:
    """Opens a request once more by a link that proved its address within the last ten minutes.

    Two reads and one update. Raises Unprocessable for a link that does not work, DoneAlready for
    one that was used longer ago or led into an account, and Contention.
    """
    return patiently(lambda: _by_link_again_once(request_id, token, notice))


def by_code(
    request_id: str, code: str, network: str, notice: Notice, *, again: bool = False
) -> Proven:
    """Proves the address by the mailed code, for a person who reads it on another device.

    With `again`, a code that proved it within the last ten minutes opens the request once more. A
    wrong code and an unknown request take the same calls and get the same answer. Raises
    Unprocessable, TooManyRequests after five wrong ones in an hour, NoticeTooOld, and Contention.
    """
    return patiently(lambda: _by_code_once(request_id, code, network, notice, again))


def by_session(bearer: str | None, request_id: str, notice: Notice) -> Proven:
    """Proves a request that waits in an account for its person to sign in.

    Raises Unauthenticated, NotFound, Conflict for a request that does not wait, NoticeTooOld, and
    Contention.
    """
    return patiently(lambda: _by_session_once(bearer, request_id, notice))


def _by_link_once(request_id: str, text: str, notice: Notice) -> Proven:
    token, _ = sessions.open_link(text, unproven.PROVE)
    if token.subject != request_id:
        raise sessions.link_not_valid()
    item, key = _stored(request_id)
    if item is None:
        raise DoneAlready(sessions.NO_LINK, type="link-not-valid")
    return _proven(Transaction(notice), item, key, notice)


def _by_link_again_once(request_id: str, text: str, notice: Notice) -> Proven:
    token, _ = sessions.open_link(text, unproven.PROVE)
    if token.subject != request_id:
        raise sessions.link_not_valid()
    (item,) = reads.batch(_places(request_id)[:1])
    if item is None or not _just_proven(item):
        raise DoneAlready(sessions.NO_LINK, type="link-not-valid")
    return contacts.reopen(Transaction(notice), item, notice, clock.now())


def _just_proven(item: RequestItem) -> bool:
    """Tells whether a request without an account was proven within the last ten minutes."""
    entries = (history.read(text) for text in item.history)
    proofs = [one.at for one in entries if one.event is Action.PROVE]
    return item.token is not None and bool(proofs) and clock.now() - proofs[-1] <= AGAIN


def _by_code_once(request_id: str, code: str, network: str, notice: Notice, again: bool) -> Proven:
    attempt = limits.code(request_id, network, clock.now())
    item, key, *counters = reads.batch([*_places(request_id), *attempt.places()])
    tries = attempt.refuse_exhausted(counters)
    contact = "" if item is None or item.contact is None else item.contact.hex()
    expected = "" if item is None or item.code is None else item.code
    write = Transaction(notice)
    right = hmac.compare_digest(codes.code_mac(contact, code), expected)
    if right and item is not None and item.status == Status.AWAITING_VERIFICATION:
        attempt.require(write, tries)
        return _proven(write, item, key, notice)
    if again and right and item is not None and _just_proven(item):
        attempt.require(write, tries)
        return contacts.reopen(write, item, notice, clock.now())
    attempt.count(write, tries)
    try:
        write.commit()
    except ConditionFailed as failed:
        raise attempt.refusal(failed) or failed from None
    traces.refused("wrong_code", traces.MAILED_CODE, network)
    raise Unprocessable("This code is not valid: it is wrong or too old.", type="code-not-valid")


def _by_session_once(bearer: str | None, request_id: str, notice: Notice) -> Proven:
    subject = sessions.read_token(bearer).subject
    signed_in, (item,) = sessions.authenticate_and_read(
        bearer, lambda _: [(RequestItem, *store.request_place(subject, request_id))]
    )
    if item is None:
        raise NotFound(GONE)
    if item.status != Status.AWAITING_VERIFICATION:
        raise Conflict("The request does not wait for a proof.", type="move-not-allowed")
    contents: Mapping[str, Any] = {}
    if item.sealed is not None:  # words that an open request of the right takes over
        contents = vault.open_item(item, vault.load_key(subject, RequestItem.CLASS))
    now, asked = clock.now(), _asked(item, contents)
    found = _person(subject, asked, notice)
    write = Transaction(notice)
    person = effects.concerned_by(signed_in.standing, found)
    return _entered(write, item, item, person, found[_MARK], asked, contents, notice, now)


def _stored(request_id: str) -> tuple[RequestItem | None, DataKeyItem | None]:
    """Returns a request whose address can be proven, and its key. One BatchGetItem."""
    item, key = reads.batch(_places(request_id))
    return (item if item is not None and unproven.provable(item) else None), key


def _places(request_id: str) -> list[Place]:
    return [
        (RequestItem, *store.request_place(request_id, request_id)),
        (DataKeyItem, keys.subject(request_id), RequestItem.CLASS),
    ]


def _proven(
    write: Transaction, item: RequestItem, key: DataKeyItem | None, notice: Notice
) -> Proven:
    """Writes the proof of a request, into the account that holds the address if there is one."""
    now = clock.now()
    if item.status != Status.AWAITING_VERIFICATION:
        return contacts.follow(write, item, notice, now)
    holder = claims.holder_of((item.contact or b"").hex())
    contents: Mapping[str, Any] = {}
    if item.sealed is not None:
        if key is None:
            raise vault.KeyDestroyed
        contents = vault.open_item(item, vault.open_key(key))
    asked = _asked(item, contents)
    if holder is not None:
        found = _person(holder.subject, asked, notice)
        stands = found[_STANDING]
        standing = None if stands is None else subjects.standing_of(stands)
        if standing is not None and standing.usable:
            return _moved(write, item, holder, standing, found, asked, contents, notice, now)
    return contacts.prove(write, item, asked, notice, now)


def _asked(item: RequestItem, contents: Mapping[str, Any]) -> Asked:
    """Returns what a stored request asks for, with the words and corrections that are sealed."""
    stored = effects.asked_in(item)
    return replace(stored, details=contents.get("details"), changes=contents.get("changes", {}))


def _person(subject: str, asked: Asked, notice: Notice) -> dict[str, Any]:
    """Returns the stored items of an account for a request, by name. One BatchGetItem."""
    places: dict[str, Place] = {
        **effects.wanted(subject, asked, notice),
        _STANDING: subjects.standing_at(subject),
        _MARK: (OpenRequestItem, *store.open_place(subject, asked.right)),
    }
    return dict(zip(places, reads.batch(list(places.values())), strict=True))


def _moved(
    write: Transaction,
    item: RequestItem,
    holder: Holder,
    standing: Standing,
    found: Mapping[str, Any],
    asked: Asked,
    contents: Mapping[str, Any],
    notice: Notice,
    now: datetime,
) -> Proven:
    """Moves a request into the account that holds its address."""
    own = _copied(item, standing.subject)
    write.delete(item, condition=RequestItem.history == list(item.history), label="unproven")
    request_id = keys.record_id(item.sk)
    write.replace(store.vacated(request_id, now))
    person = effects.concerned_by(standing, found)
    if holder.second_factor:
        _seal(own, person, contents)
        lifecycle.require_account(write, standing.subject, *USABLE)
        register.transfer(write, own, notice)
        write.commit()
        return Proven(timed(store.request_of(own), notice, now))
    return _entered(write, None, own, person, found[_MARK], asked, contents, notice, now)


def _copied(item: RequestItem, subject: str) -> RequestItem:
    """Returns a request as it is stored in an account, without what only the proof needed."""
    pk, sk = store.request_place(subject, keys.record_id(item.sk))
    moved = RequestItem(**{**item.attribute_values, "pk": pk, "sk": sk})
    moved.contact = moved.code = moved.sealed = None
    return moved


def _seal(item: RequestItem, person: Concerned, contents: Mapping[str, Any]) -> None:
    if contents:
        vault.seal_item(item, additions.key_of(person), contents)


def _entered(
    write: Transaction,
    stored: RequestItem | None,
    item: RequestItem,
    person: Concerned,
    mark: OpenRequestItem | None,
    asked: Asked,
    contents: Mapping[str, Any],
    notice: Notice,
    now: datetime,
) -> Proven:
    """Writes a proven request of an account, with its effects, and has its person told.

    `stored` is the request where it is in the account already. A request of the same right that is
    open is joined, and the later one is gone.
    """
    if mark is not None and mark.request != keys.record_id(item.sk):
        if stored is not None:
            write.delete(stored, condition=RequestItem.history == list(stored.history))
        register.leave(write, item)
        return Proven(intake.joined(write, person, mark.request, asked, notice, now))
    read = list(item.history)
    request_id = keys.record_id(item.sk)
    intake.record(item, Action.PROVE, Actor.PERSON, notice, now)
    if stored is None:
        _seal(item, person, contents)
    effect = effects.receive(write, person, request_id, asked, notice, now)
    sent = [*effect.jobs, *intake.begun(write, item, effect, notice, now)]
    item.sealed_fields = store.SEALED
    if stored is None:
        register.transfer(write, item, notice)
    else:
        register.shelve(item, notice)
        write.replace(item, condition=RequestItem.history == read, label=REQUEST)
    write.commit()
    for job in sent:
        jobs.send(job)
    return Proven(timed(store.request_of(item), notice, now))


__all__ = ["Proven", "by_code", "by_link", "by_session"]

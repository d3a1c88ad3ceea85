"""Keeps records that systems hand over, moves the moment of their end, and ends them.

Messages are closed and ended by the same calls.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib import clock, logs
from chalicelib.api_keys import service as api_keys
from chalicelib.catalogue import STORED
from chalicelib.consents.service import filings
from chalicelib.decisions.permission import not_permitted
from chalicelib.errors import BadRequest, Conflict, Finding, NotFound
from chalicelib.holds import service as holds
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.limits import sample
from chalicelib.limits.sample import Sampled
from chalicelib.messages.service import closure as messages
from chalicelib.notices import ends as notice_ends
from chalicelib.notices.model import Notice, RetentionRule
from chalicelib.origins.service import duty
from chalicelib.records import model, store
from chalicelib.records.contract import SCOPE
from chalicelib.records.model import Clock, Handed, Named
from chalicelib.storage import keys
from chalicelib.storage.contention import patiently
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.vault import last
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem

_EVIDENCE = "evidence"
"""The class of what tells that a person was told."""

_GONE = "There is no such record, or it is gone."
_MOVED = "Another event was told of this record; the end of a record begins once."
_HELD = "The record is held, and goes when no hold covers it any more."
_RESTRICTED = (
    "The person had the use of their data restricted: nothing of it is erased until that is lifted."
)


def keep(bearer: str | None, handed: Handed, network: str, notice: Notice) -> tuple[Named, Clock]:
    """Keeps a record that the decision point permits; returns its name, and when it ends.

    One strongly consistent BatchGetItem of the API key, the standing and the data key, one call of
    KMS, and one transaction on condition that no decision was recorded meanwhile. The first record
    of a class brings the key of the class. Of an origin that is not the person the duty to tell
    them and the key of their evidence are read too; its first record begins the duty and asks for
    its mail (GDPR art. 14), with another call of KMS and a message. All is repeated where a race
    was lost.

    Raises Unauthenticated, Forbidden (a key without the scope), Conflict where the decision is no,
    TooManyRequests, and Contention where races were lost for five seconds.
    """
    return patiently(lambda: _keep_once(bearer, handed, network, notice))


def ask(bearer: str | None, handed: Handed, notice: Notice) -> None:
    """Raises as `keep` where a record may not be kept, or not any more. One BatchGetItem."""
    now = clock.now()
    place = subjects.standing_at(handed.subject)
    _, (item,) = api_keys.authenticate_and_read(bearer, SCOPE, [place])
    _require_permitted(handed, item, notice, now)


def move(
    bearer: str | None,
    named: Named | None,
    told: tuple[str, str, datetime],
    network: str,
    notice: Notice,
) -> datetime:
    """Begins the end of a record, or closes the case of a message; returns the end.

    `told` are the subject, the event and its moment. One BatchGetItem of the API key and the
    record, and one transaction; for an event that was told before, the first call alone.

    Raises Unauthenticated, Forbidden, NotFound, BadRequest for an event from which such records do
    not end, Conflict after another event, TooManyRequests and Contention.
    """
    return patiently(lambda: _move_once(bearer, named, told, network, notice))


def end(bearer: str | None, named: Named | None, subject: str, network: str) -> None:
    """Ends a record now, and with the last of its class the data key of the class.

    One BatchGetItem of the API key, the standing and the record, a Query of the class and one
    transaction; a Query of the holds where there are any. For the last record of a class another
    Query and an UpdateItem.

    Raises Unauthenticated, Forbidden, NotFound, Conflict where the record is held or its person has
    something restricted, TooManyRequests and Contention.
    """
    patiently(lambda: _end_once(bearer, named, subject, network))


def _keep_once(
    bearer: str | None, handed: Handed, network: str, notice: Notice
) -> tuple[Named, Clock]:
    now = clock.now()
    retention_class = STORED[handed.kind].retention_class
    places: list[Place] = [
        subjects.standing_at(handed.subject),
        (DataKeyItem, keys.subject(handed.subject), retention_class),
    ]
    elsewhere = duty.place(handed.subject, handed.origin, notice)
    if elsewhere is not None:
        places += [elsewhere, (DataKeyItem, keys.subject(handed.subject), _EVIDENCE)]
    counting, (item, key_item, *origin) = _read(bearer, places, network, now)
    standing = _require_permitted(handed, item, notice, now)
    ends = model.clock_of(notice, handed.kind, handed.occurred_at)
    made = store.new_item(handed, ends)
    write = Transaction(notice)
    key = _data_key(write, handed.subject, retention_class, key_item, now)
    vault.seal_item(made, key, {"origin": handed.origin, **handed.fields})
    write.put(made)
    mail = _tell(write, handed, origin, notice, now)
    lifecycle.file(write, standing, handed.kind)
    counting.count(write)
    write.commit()
    if mail is not None:
        jobs.send(mail)
    logs.log("records.kept", kind=handed.kind)
    return store.named_as(made), ends


def _move_once(
    bearer: str | None,
    named: Named | None,
    told: tuple[str, str, datetime],
    network: str,
    notice: Notice,
) -> datetime:
    now = clock.now()
    subject, event, at = told[0], told[1], min(told[2], now)
    places = [] if named is None else [_place(subject, named)]
    counting, found = _read(bearer, places, network, now)
    if named is None or found[0] is None:
        raise NotFound(_GONE)
    write = Transaction(notice)
    counting.count(write)
    if named.kind == model.MESSAGE:
        _require_event(named, event, notice)
        ends_at = messages.close(write, found[0], at, notice, now)
        if ends_at is not None:
            write.commit()
        return ends_at or messages.end_of(found[0], notice)
    item: store.RecordItem = found[0]
    rule = _require_event(named, event, notice)
    if item.event is not None:
        if item.event == event and item.event_at in (at, told[2]) and item.ends_at is not None:
            return item.ends_at
        raise Conflict(_MOVED, type="move-not-allowed")
    if notice_ends.gone(item, notice, now):
        raise NotFound(_GONE)
    ends_at = rule.ends(at)
    first = filings.ends_first(item, ends_at)
    store.begin_end(write, item, event, at, ends_at)
    write.commit()
    return first


def _place(subject: str, named: Named) -> Place:
    if named.kind == model.MESSAGE:
        return messages.message_at(subject, named.id)
    return store.record_at(subject, named)


def _require_event(named: Named, event: str, notice: Notice) -> RetentionRule:
    """Returns the rule by which such records end from an event. Raises BadRequest without one."""
    rule = model.rule_of(notice, named.kind, event)
    if rule is None or event not in model.events(STORED[named.kind]):
        known = ", ".join(model.events(STORED[named.kind])) or "none"
        finding = Finding("/event", f"is no event from which such a record ends: {known}")
        detail = "The request does not fit what is expected here."
        raise BadRequest(detail, type="validation", findings=(finding,))
    return rule


def _end_once(bearer: str | None, named: Named | None, subject: str, network: str) -> None:
    now = clock.now()
    places = [] if named is None else [subjects.standing_at(subject)]
    if named is not None:
        places.append(_place(subject, named))
    counting, found = _read(bearer, places, network, now)
    if named is None or found[1] is None:
        raise NotFound(_GONE)
    item = found[1]
    if found[0] is None:  # a message that came with an address alone has nobody's standing beside
        _remove(named, item, counting.count)
        return
    standing = subjects.standing_of(found[0])
    if standing.erased:
        raise NotFound(_GONE)
    if holds.held_beside(standing, now).covers(named.kind, item.CLASS, named.id):
        raise Conflict(_HELD, type="held")
    if standing.restricted:
        raise Conflict(_RESTRICTED, type="held")

    def same(write: Transaction) -> None:
        lifecycle.require_unchanged(write, standing)
        counting.count(write)

    _remove(named, item, same)


def _remove(named: Named, item: Item, also: last.Also) -> None:
    """Removes a record, with the key of its class after the last one. Raises ConditionFailed."""
    if not last.remove(item.pk, item.sk, type(item).pk.exists(), also):
        raise ConditionFailed(frozenset({last.RECORD}))
    logs.log("records.ended", kind=named.kind)


def _read(
    bearer: str | None, places: Sequence[Place], network: str, now: datetime
) -> tuple[Sampled, list[Any]]:
    """Returns the limits, and the items at the places, once the API key is recognised."""
    counting = sample.record(api_keys.named(bearer), network, now)
    counters = counting.places()
    _, found = api_keys.authenticate_and_read(bearer, SCOPE, [*places, *counters])
    counting.refuse_exhausted(found[len(places) :])
    return counting, found[: len(places)]


def _require_permitted(handed: Handed, item: Any, notice: Notice, now: datetime) -> Standing:
    standing = None if item is None else subjects.completed(subjects.standing_of(item))
    answer = model.permitted(handed, standing, notice, now)
    if standing is None or not answer.allowed:
        raise not_permitted(answer)
    return standing


def _tell(
    write: Transaction, handed: Handed, found: Sequence[Any], notice: Notice, now: datetime
) -> JobItem | None:
    """Adds the duty to tell of an origin, where this is its first record; returns its mail's job.

    `found` are the duty and the key of the person's evidence, as they were read; empty where nobody
    has to be told.
    """
    if not found or found[0] is not None:
        return None
    if found[1] is None:  # it goes at this moment, and its person with it
        raise ConditionFailed(frozenset({last.KEY}))
    said, key = (handed.origin, handed.category), vault.open_key(found[1])
    return duty.begin(write, handed.subject, said, key, notice, now)


def _data_key(
    write: Transaction, subject: str, retention_class: str, item: DataKeyItem | None, now: datetime
) -> DataKey:
    """Returns the key of a class, and adds that it is there still, or a new one."""
    if item is not None:
        last.require(write, item)
        return vault.open_key(item)
    key, made = vault.new_key(subject, retention_class, now)
    write.put(made, label=last.KEY)
    return key

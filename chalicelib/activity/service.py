"""Keeps what people do on the site while its purpose stands at yes, and nothing of it otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib import clock
from chalicelib.activity import model, store
from chalicelib.activity.model import Day, Event, Judged
from chalicelib.activity.store import ActivityItem
from chalicelib.consents.service.context import visitor_subject
from chalicelib.decisions import interest
from chalicelib.errors import Unauthenticated
from chalicelib.instants import instant
from chalicelib.limits import sample
from chalicelib.limits.sample import Sampled
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys, reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.lifecycle import Sign
from chalicelib.subjects.model import Standing, is_visitor
from chalicelib.vault import last
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller: a session's bearer token, or else a browser's token."""

    bearer: str | None = None
    visitor: str | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """The ground of a decision: standing and key as they were read, and the limits."""

    subject: str
    standing: Standing | None
    key: DataKeyItem | None
    counting: Sampled


def take(caller: Caller, batch: Sequence[Event], network: str, notice: Notice) -> Judged:
    """Keeps those events that the decision point permits now, each by itself.

    One strongly consistent BatchGetItem of the standing and the key of the class, and of a session,
    and one transaction, on condition that no decision was recorded since: an event that comes after
    a withdrawal which was acknowledged is dropped. The first record of the class brings its key;
    that of a browser lies unwrapped, that of an account costs one KMS call. Where nothing is kept,
    nothing is written. All is repeated where a race was lost. A person with something restricted
    costs a GetItem more.

    Raises Unauthenticated, TooManyRequests, and Contention where races were lost for five seconds.
    """
    return patiently(lambda: _take_once(caller, batch, network, notice))


def ask(caller: Caller, batch: Sequence[Event], network: str, notice: Notice) -> Judged:
    """Returns what `take` would keep, and keeps nothing. Its first call, and the errors of that."""
    now = clock.now()
    return _judged(_read(caller, network, now), batch, notice, now)


def _take_once(caller: Caller, batch: Sequence[Event], network: str, notice: Notice) -> Judged:
    now = clock.now()
    found = _read(caller, network, now)
    judged = _judged(found, batch, notice, now)
    if found.standing is None or not judged.days:
        return judged
    write = Transaction(notice)
    key = _data_key(write, found, now)
    for day in judged.days:
        item = store.new_item(found.subject, day, notice)
        vault.seal_item(item, key, {"events": [_sealed(event) for event in day.events]})
        item.sealed_fields |= _fields(day)
        write.put(item)
    if is_visitor(found.subject):
        lifecycle.file(write, found.standing, ActivityItem.KIND)
    else:
        sign = _sign(found.standing, judged, notice, now)
        lifecycle.record_permitted(write, found.standing, ActivityItem.KIND, now, sign)
    found.counting.count(write)
    write.commit()
    return judged


def _sign(standing: Standing, judged: Judged, notice: Notice, now: datetime) -> Sign | None:
    """Returns the sign of interest that is kept with events: a mail opened, or a link followed.

    It is that of the last such event, where it is a day younger than the last sign that is known.
    """
    at = model.interest_at(judged, notice)
    known = standing.interest_at
    if at is None or (known is not None and at - known < model.SIGN_EVERY):
        return None
    return Sign(at, interest.lapses(standing, notice, now))


def _judged(found: _Read, batch: Sequence[Event], notice: Notice, now: datetime) -> Judged:
    return model.judged(batch, found.subject, found.standing, notice, now)


def _read(caller: Caller, network: str, now: datetime) -> _Read:
    """Reads what decides. Raises Unauthenticated and TooManyRequests."""
    standing: Standing | None
    if caller.bearer is not None:
        subject = sessions.read_token(caller.bearer).subject
        counting = sample.activity(subject, network, now)
        signed_in, found = sessions.authenticate_and_read(
            caller.bearer, lambda one: [_key_at(one), *counting.places()]
        )
        standing = signed_in.standing
    elif caller.visitor is not None:
        subject = visitor_subject(caller.visitor)
        counting = sample.activity(subject, network, now)
        places = [subjects.standing_at(subject), _key_at(subject), *counting.places()]
        item, *found = reads.batch(places)
        standing = None if item is None else subjects.standing_of(item)
    else:
        raise Unauthenticated("A session or a visitor token is needed.")
    key, *counts = found
    counting.refuse_exhausted(counts)
    whole = None if standing is None else subjects.completed(standing)
    return _Read(subject, whole, key, counting)


def _data_key(write: Transaction, found: _Read, now: datetime) -> DataKey:
    """Returns the key of the class, and adds that it is there still, or a new one."""
    if found.key is not None:
        last.require(write, found.key)
        return vault.open_key(found.key)
    make = vault.new_visitor_key if is_visitor(found.subject) else vault.new_key
    key, made = make(found.subject, ActivityItem.CLASS, now)
    write.put(made, label=last.KEY)
    return key


def _key_at(subject: str) -> Place:
    return DataKeyItem, keys.subject(subject), ActivityItem.CLASS


def _sealed(event: Event) -> dict[str, Any]:
    return {"type": event.type, "at": instant(event.at), "fields": dict(event.fields)}


def _fields(day: Day) -> frozenset[str]:
    """Returns the names of all that is sealed inside the events of a day."""
    names = {name for event in day.events for name in event.fields}
    return frozenset({"type", "at", *names})

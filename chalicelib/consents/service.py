"""Capturing decisions, showing the standing, listing the ledger."""

import base64
import hashlib
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib import clock, ids, logs
from chalicelib.consents import model, store
from chalicelib.consents.model import Choice, Entry, Shown, Standing, State
from chalicelib.consents.store import EntryItem, StandingItem
from chalicelib.errors import Conflict, Unauthenticated, Unprocessable
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys, pages, reading
from chalicelib.storage.pages import Page
from chalicelib.storage.transaction import ConditionFailed, Contended, Transaction
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem

STANDING = StandingItem.KIND
"""The kind of the item that stands for a whole subject."""

LEDGER_CLASS = EntryItem.CLASS
"""The retention class whose key seals the ledger."""

PATIENCE = timedelta(seconds=5)
"""How long a capture that keeps losing the race for the head of a chain is tried again."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose decisions these are: a session's bearer token, or a visitor's token, or a new browser.

    Exactly one of `bearer` and `visitor` is set; both are None for a browser seen first now.
    """

    bearer: str | None = None
    visitor: str | None = None


@dataclass(frozen=True, slots=True)
class Captured:
    """What a capture did: the entry, the standing after it, and the token of a new visitor."""

    entry_id: str
    standing: Standing
    visitor: str | None


@dataclass(frozen=True, slots=True)
class _Loaded:
    subject: str
    standing: Standing | None
    key: DataKeyItem | None


def standing_at(subject: str) -> tuple[type[StandingItem], str, str]:
    """Where a subject's standing lies, for reading it together with other items."""
    return (StandingItem, *store.standing_place(subject))


def visitor_subject(token: str) -> str:
    """The subject id of a visitor's token: a hash, so the token itself is stored nowhere."""
    digest = hashlib.sha256(f"visitor\n{token}".encode()).digest()[:20]
    return "v" + base64.b32encode(digest).decode().lower()


def open_ledger(
    write: Transaction,
    subject: str,
    key: DataKey,
    choices: Mapping[str, Choice],
    shown: Shown,
    notice: Notice,
    now: datetime,
) -> None:
    """Adds the standing and first entry of an account whose address is not proven yet.

    Its standing is due when the notice says that an account never verified goes.
    """
    empty = _empty(subject, State.PENDING, shown, now)
    payload = _payload(choices, shown)
    standing, entry = model.decide(
        empty, choices, shown, event="", payload=payload, salt=ids.new_id(), now=now
    )
    item = store.standing_item(standing)
    rule = notice.rule(StandingItem.KIND, "registered")
    item.schedule(store.LANE, rule.ends(now), rule.event, now)
    write.put(item)
    _put_entry(write, entry, key)


def activate(
    write: Transaction, item: StandingItem, address_mac: str, notice: Notice, now: datetime
) -> None:
    """Adds the change from a pending to an active account: decisions about its address count.

    The keyed hash of the address is kept, so that an erasure finds the claim without the address.
    """
    rule = notice.rule(StandingItem.KIND, "last_activity")
    write.update(
        item,
        actions=[
            StandingItem.state.set(str(State.ACTIVE)),
            StandingItem.last_activity_at.set(now),
            StandingItem.claim.set(bytes.fromhex(address_mac)),
            StandingItem.lane.set(keys.lane(store.LANE, item.pk)),
            StandingItem.due_at.set(rule.ends(now)),
            StandingItem.due_event.set(rule.event),
            StandingItem.due_since.set(now),
        ],
        condition=StandingItem.state == str(State.PENDING),
        label="standing",
    )


def claim_of(subject: str) -> str | None:
    """The keyed hash of the address that a subject holds; None without one. One GetItem."""
    item = store.get_standing(subject)
    return None if item is None or item.claim is None else item.claim.hex()


def require_pending(write: Transaction, subject: str) -> None:
    """Adds the condition that a subject is an account whose address is not proven yet."""
    write.check(
        StandingItem,
        *store.standing_place(subject),
        condition=StandingItem.state == str(State.PENDING),
        label="pending",
    )


def record_activity(write: Transaction, subject: str, now: datetime) -> None:
    """Adds that an account was used, on condition that its address is proven.

    Its due date is left alone: the sweep reads the last activity and moves it.
    """
    pk, sk = store.standing_place(subject)
    write.update(
        StandingItem(pk=pk, sk=sk),
        actions=[StandingItem.last_activity_at.set(now)],
        condition=StandingItem.state == str(State.ACTIVE),
        label="active",
    )


def account_standing(subject: str) -> Standing | None:
    """A subject's standing, strongly consistent; None when it is gone. One GetItem."""
    item = store.get_standing(subject)
    return None if item is None else store.standing_of(item)


def readable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a stored standing as its person is told them."""
    return store.readable(fields)


def since(subject: str, event: str) -> datetime | None:
    """When the event that a subject's retention runs from happened last; None when it is gone."""
    standing = account_standing(subject)
    return None if standing is None else model.since(standing, event)


def begin_erasure(subject: str, event: str, since: datetime) -> bool:
    """Marks a subject as being erased, so that nothing is added to it any more.

    `event` and `since` are what its end was reckoned from: a subject that took another turn
    meanwhile (the address was proven, something was decided) has others, and is left alone. True
    also when it was marked before.
    """
    from pynamodb.exceptions import UpdateError

    item = store.get_standing(subject)
    if item is None or item.due_event != event:
        return False
    if model.since(store.standing_of(item), event) != since:
        return False
    try:
        item.update(
            actions=[StandingItem.state.set(str(State.ERASING))],
            condition=(StandingItem.head == item.head)
            & (StandingItem.state == item.state)
            & (StandingItem.due_event == event),
        )
    except UpdateError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return False
        raise
    return True


def capture(
    caller: Caller,
    choices: Mapping[str, Choice],
    shown: Shown,
    event_id: str | None,
    notice: Notice,
) -> Captured:
    """Records what a person decided about purposes that rest on consent.

    One read of session, standing and key together, one transaction. A repetition of an event id
    changes nothing and answers the same entry. A lost race for the head of the chain is tried
    again with full jitter, for five seconds at most.

    Raises Unauthenticated, Unprocessable (an event id used for something else) and Conflict (too
    many writers at once).
    """
    token = None
    if caller.bearer is None and caller.visitor is None:
        token = ids.new_secret()
        caller = Caller(visitor=token)
    started, attempt = time.monotonic(), 0
    while True:
        try:
            entry_id, standing = _capture_once(caller, choices, shown, event_id, notice)
            return Captured(entry_id, standing, token)
        except (ConditionFailed, Contended):
            attempt += 1
            if time.monotonic() - started > PATIENCE.total_seconds():
                logs.log("capture.contended", attempt=attempt)
                raise Conflict("Too many decisions at once; try again.") from None
            time.sleep(random.uniform(0, min(0.4, 0.01 * 2**attempt)))  # noqa: S311 - jitter


def standing(caller: Caller) -> Standing | None:
    """What stands about the caller; None when nothing was decided yet. Raises Unauthenticated."""
    return _known(caller).standing


def ledger(caller: Caller, after: int, limit: int) -> Page[Entry]:
    """Up to `limit` entries of the caller's ledger after that number, oldest first, opened.

    Raises Unauthenticated.
    """
    loaded = _known(caller)
    if loaded.key is None:
        return Page((), None)
    key = vault.open_key(loaded.key)
    return pages.collect(
        store.ledger(loaded.subject, after, limit),
        lambda item: store.entry_of(item, vault.open_item(item, key)),
    )


def _known(caller: Caller) -> _Loaded:
    if caller.bearer is None and caller.visitor is None:
        raise Unauthenticated("A session or a visitor token is needed.")
    return _load(caller)


def _capture_once(
    caller: Caller,
    choices: Mapping[str, Choice],
    shown: Shown,
    event_id: str | None,
    notice: Notice,
) -> tuple[str, Standing]:
    loaded, now = _load(caller), clock.now()
    before = loaded.standing or _empty(loaded.subject, State.VISITOR, shown, now)
    event, payload = _event_hash(event_id), _payload(choices, shown)
    if before.state is State.ERASING:
        raise Contended
    known = before.event(event) if event else None
    if known is not None:
        if known.payload != payload:
            raise Unprocessable("This event id was used for other decisions.", type="event-reused")
        return model.entry_id(before.subject, known.seq), before
    after, entry = model.decide(
        before, choices, shown, event=event, payload=payload, salt=ids.new_id(), now=now
    )
    write = Transaction(notice)
    _put_entry(write, entry, _key(write, loaded, now))
    _put_standing(write, loaded, after, notice, now)
    write.commit()
    return entry.id, after


def _load(caller: Caller) -> _Loaded:
    """Session (if any), standing and evidence key of a caller, in one call."""
    if caller.bearer is not None:
        token = sessions.read_token(caller.bearer)
        session, standing, key = reading.together(
            [
                sessions.session_at(token),
                standing_at(token.subject),
                (DataKeyItem, keys.subject(token.subject), EntryItem.CLASS),
            ]
        )
        sessions.recognise(session, clock.now())
        subject = token.subject
    else:
        subject = visitor_subject(caller.visitor or "")
        standing, key = reading.together(
            [
                standing_at(subject),
                (DataKeyItem, keys.subject(subject), EntryItem.CLASS),
            ]
        )
    if caller.bearer is not None and standing is None:
        raise Unauthenticated("This account is gone.")
    return _Loaded(subject, store.standing_of(standing) if standing else None, key)


def _key(write: Transaction, loaded: _Loaded, now: datetime) -> DataKey:
    if loaded.key is not None:
        return vault.open_key(loaded.key)
    if loaded.standing is not None:  # erased: a new key would pretend that nothing happened
        raise Unauthenticated("This browser's earlier choices were erased; start again.")
    key, item = vault.new_visitor_key(loaded.subject, EntryItem.CLASS, now)
    write.put(item)
    return key


def _put_entry(write: Transaction, entry: Entry, key: DataKey) -> None:
    item = store.entry_item(entry)
    vault.seal_item(item, key, entry.opened)
    write.put(item, label="entry")


def _put_standing(
    write: Transaction, loaded: _Loaded, after: Standing, notice: Notice, now: datetime
) -> None:
    item = store.standing_item(after)
    if loaded.standing is None:
        rule = notice.rule(StandingItem.KIND, "last_decision")
        item.schedule(store.LANE, rule.ends(now), rule.event, now)
        write.put(item, label="standing")
        return
    # The due date is left alone: the sweep reads the last decision and moves it, so that an
    # index entry need not be written with every capture.
    write.update(
        item,
        actions=[
            StandingItem.seq.set(item.seq),
            StandingItem.head.set(item.head),
            StandingItem.locale.set(item.locale),
            StandingItem.notice_version.set(item.notice_version),
            StandingItem.decisions.set(item.decisions),
            StandingItem.events.set(item.events),
            StandingItem.last_activity_at.set(item.last_activity_at),
        ],
        condition=(StandingItem.head == bytes.fromhex(loaded.standing.head))
        & (StandingItem.state == str(loaded.standing.state)),
        label="standing",
    )


def _empty(subject: str, state: State, shown: Shown, now: datetime) -> Standing:
    return Standing(
        subject=subject,
        state=state,
        locale=shown.locale,
        notice_version=shown.notice_version,
        seq=0,
        head=model.GENESIS,
        decisions={},
        events=(),
        registered_at=now,
        last_activity_at=now,
    )


def _event_hash(event_id: str | None) -> str:
    # Clients may put anything into an event id, so what is kept is a hash of it.
    return "" if event_id is None else hashlib.sha256(event_id.encode()).hexdigest()[:20]


def _payload(choices: Mapping[str, Choice], shown: Shown) -> str:
    said = [sorted(choices.items()), shown.notice_version, shown.source]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]

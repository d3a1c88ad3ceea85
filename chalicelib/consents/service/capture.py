"""Capturing decisions, showing what stands, listing the ledger."""

import base64
import hashlib
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib import clock, ids, logs
from chalicelib.consents import model, store
from chalicelib.consents.model import Choice, Entry, Shown, Standing, State
from chalicelib.consents.service import subjects
from chalicelib.consents.store import StandingItem
from chalicelib.errors import Conflict, Unauthenticated, Unprocessable
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys, pages, reading
from chalicelib.storage.attributes import still
from chalicelib.storage.pages import Page
from chalicelib.storage.transaction import ConditionFailed, Contended, Transaction
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem

T = TypeVar("T")

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
class Preferences:
    """What a person sets in the account: their language, and notifications off or on again."""

    locale: str | None = None
    muted: frozenset[str] = frozenset()
    unmuted: frozenset[str] = frozenset()

    def applied(self, standing: Standing) -> Standing:
        """The standing that follows, of a new revision."""
        return replace(
            standing,
            locale=self.locale or standing.locale,
            muted=(standing.muted | self.muted) - self.unmuted,
            revision=standing.revision + 1,
        )


@dataclass(frozen=True, slots=True)
class _Loaded:
    subject: str
    standing: Standing | None
    key: DataKeyItem | None


def visitor_subject(token: str) -> str:
    """The subject id of a visitor's token: a hash, so the token itself is stored nowhere."""
    digest = hashlib.sha256(f"visitor\n{token}".encode()).digest()[:20]
    return "v" + base64.b32encode(digest).decode().lower()


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
    entry_id, standing = _patiently(lambda: _capture_once(caller, choices, shown, event_id, notice))
    return Captured(entry_id, standing, token)


def prefer(
    bearer: str | None,
    preferences: Preferences,
    choices: Mapping[str, Choice],
    shown: Shown,
    notice: Notice,
) -> Standing:
    """Sets preferences of an account; those about a purpose are decisions, recorded as all are.

    All in one transaction. Raises Unauthenticated and Conflict, as `capture`.
    """
    caller = Caller(bearer=bearer or "")
    return _patiently(lambda: _prefer_once(caller, preferences, choices, shown, notice))


def _patiently(once: Callable[[], T]) -> T:
    started, attempt = time.monotonic(), 0
    while True:
        try:
            return once()
        except (ConditionFailed, Contended):
            attempt += 1
            if time.monotonic() - started > PATIENCE.total_seconds():
                logs.log("capture.contended", attempt=attempt)
                raise Conflict("Too many decisions at once; try again.") from None
            time.sleep(random.uniform(0, min(0.4, 0.01 * 2**attempt)))  # noqa: S311 - jitter


def _prefer_once(
    caller: Caller,
    preferences: Preferences,
    choices: Mapping[str, Choice],
    shown: Shown,
    notice: Notice,
) -> Standing:
    loaded, now = _load(caller), clock.now()
    if loaded.standing is None:
        raise Unauthenticated("This account is gone.")
    write, after = Transaction(notice), replace(loaded.standing, last_activity_at=now)
    if choices:
        after, entry = model.decide(
            loaded.standing, choices, shown, event="", payload="", salt=ids.new_id(), now=now
        )
        subjects.put_entry(write, entry, _key(write, loaded, now))
    after = preferences.applied(after)
    _put_standing(write, loaded, after, notice, now)
    write.commit()
    return after


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
    before = loaded.standing or model.new_standing(loaded.subject, State.VISITOR, shown, now)
    event, payload = model.event_hash(event_id), model.payload_hash(choices, shown)
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
    subjects.put_entry(write, entry, _key(write, loaded, now))
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
                subjects.standing_at(token.subject),
                (DataKeyItem, keys.subject(token.subject), subjects.LEDGER_CLASS),
            ]
        )
        sessions.recognise(session, standing, clock.now())
        subject = token.subject
    else:
        subject = visitor_subject(caller.visitor or "")
        standing, key = reading.together(
            [
                subjects.standing_at(subject),
                (DataKeyItem, keys.subject(subject), subjects.LEDGER_CLASS),
            ]
        )
    return _Loaded(subject, store.standing_of(standing) if standing else None, key)


def _key(write: Transaction, loaded: _Loaded, now: datetime) -> DataKey:
    if loaded.key is not None:
        return vault.open_key(loaded.key)
    if loaded.standing is not None:  # erased: a new key would pretend that nothing happened
        raise Unauthenticated("This browser's earlier choices were erased; start again.")
    key, item = vault.new_visitor_key(loaded.subject, subjects.LEDGER_CLASS, now)
    write.put(item)
    return key


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
            *store.preferences(loaded.standing, after),
        ],
        condition=(StandingItem.head == bytes.fromhex(loaded.standing.head))
        & (StandingItem.state == str(loaded.standing.state))
        & still(StandingItem.revision, loaded.standing.revision)
        & still(StandingItem.generation, loaded.standing.generation),
        label="standing",
    )

"""The caller whose decisions an operation is about, and their stored items, read in one call."""

import base64
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib import clock
from chalicelib.consents import store as consents_store
from chalicelib.consents.service import ledger, withdrawal
from chalicelib.errors import Unauthenticated
from chalicelib.limits.sample import Counts
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys, reads
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects import store
from chalicelib.subjects.model import Event, Standing, is_visitor
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of an operation: a session's bearer token, a visitor's token, or a new browser.

    At most one is set; all are None for a browser seen first now. `subject` is named by a link that
    we signed, or by the desk: only a refusal is taken in their name. `first` says of a visitor that
    nothing was recorded under the token before, as far as the browser knows.
    """

    bearer: str | None = None
    visitor: str | None = None
    subject: str | None = None
    first: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether it is a new browser, which brings nothing that names it."""
        return self.bearer is None and self.visitor is None and self.subject is None


@dataclass(frozen=True, slots=True)
class Loaded:
    """The stored items of a caller: the standing and the key of the ledger, where there are any.

    `kept` are the records, by category, that the decision to be made may end. `event` is what is
    known of the event that was asked about, however long ago it was. `counts` are the counters that
    were read with it.
    """

    subject: str
    standing: Standing | None
    key: DataKeyItem | None
    kept: Mapping[str, Item] = field(default_factory=dict)
    event: Event | None = None
    counts: Counts = ()


def visitor_subject(token: str) -> str:
    """The subject id of a visitor's token: a hash, so the token itself is stored nowhere."""
    digest = hashlib.sha256(f"visitor\n{token}".encode()).digest()[:20]
    return "v" + base64.b32encode(digest).decode().lower()


def load(
    caller: Caller,
    purposes: Collection[str],
    notice: Notice,
    event: str = "",
    counters: Sequence[Place] = (),
    *,
    at_one_instant: bool = True,
) -> Loaded:
    """Session (if any), standing and evidence key of a caller, in one call.

    With them the records that a decision about `purposes` may end: most notices have none; and what
    is known of the `event` (its hash) by which a client calls the decision; and `counters` of a
    limit. They are read as one transaction, or `at_one_instant=False` at half the units, for an
    answer alone. Of a person who has something restricted another GetItem reads what. Raises
    Unauthenticated for a session that is not alive.
    """
    if caller.bearer is not None:
        token = sessions.read_token(caller.bearer)
        subject, first = token.subject, [sessions.session_at(token), sessions.use_at(token)]
    else:
        subject, first = caller.subject or visitor_subject(caller.visitor or ""), []
    # A browser has no profile.
    ending = {} if is_visitor(subject) else withdrawal.places(subject, purposes, notice)
    known = [consents_store.event_at(subject, event)] if event else []
    read = reads.together if at_one_instant else reads.batch
    found = read([*first, *known, *counters, *places(subject), *ending.values()])
    session, use = (found.pop(0), found.pop(0)) if first else (None, None)
    let_go = found.pop(0) if known else None
    counts, found = tuple(found[: len(counters)]), found[len(counters) :]
    if first:
        sessions.recognise(session, found[0], clock.now(), use=use)
    stored = replace(loaded(subject, found, list(ending)), counts=counts)
    if stored.standing is not None:
        stored = replace(stored, standing=subjects.completed(stored.standing))
    return _with_event(stored, event, let_go)


def known(caller: Caller, *, with_key: bool) -> Loaded:
    """Returns the standing of a caller, and if asked the evidence key, for an answer alone.

    One BatchGetItem, with the session if there is one, at half the units of `load`: nothing is
    written by what it finds, so the items need not be of one instant. Of a person who has something
    restricted another GetItem reads what. Raises Unauthenticated for a session that is not alive.
    """
    standing: Standing | None
    if caller.bearer is not None:
        signed_in, found = sessions.authenticate_and_read(
            caller.bearer, lambda one: [_key_place(one)] if with_key else []
        )
        subject, standing = signed_in.subject, signed_in.standing
    else:
        subject = caller.subject or visitor_subject(caller.visitor or "")
        first, *rest = places(subject)
        item, *found = reads.batch([first, *(rest if with_key else [])])
        standing = store.standing_of(item) if item else None
    key = found[0] if found else None
    return Loaded(subject, None if standing is None else subjects.completed(standing), key)


def _with_event(found: Loaded, event: str, let_go: consents_store.EventItem | None) -> Loaded:
    known = None if let_go is None else consents_store.event_of(let_go)
    if event and found.standing is not None:
        known = found.standing.event(event) or known
    return replace(found, event=known)


def places(subject: str) -> list[Place]:
    """Where a subject's standing and the key of its ledger lie, in this order."""
    return [subjects.standing_at(subject), _key_place(subject)]


def _key_place(subject: str) -> Place:
    return DataKeyItem, keys.subject(subject), ledger.LEDGER_CLASS


def loaded(subject: str, found: Sequence[Any], categories: Sequence[str]) -> Loaded:
    """The items read at `places`, and after them the records of these categories, as one value."""
    standing, key, *records = found
    pairs = zip(categories, records, strict=True)
    return Loaded(
        subject,
        store.standing_of(standing) if standing else None,
        key,
        {category: record for category, record in pairs if record is not None},
    )


def ledger_key(write: Transaction, loaded: Loaded, now: datetime) -> DataKey:
    """The key that seals the ledger; adds a new one for a browser that has none yet.

    Raises Unauthenticated where it was destroyed.
    """
    if loaded.key is not None:
        return vault.open_key(loaded.key)
    if loaded.standing is not None:  # erased: a new key would pretend that nothing happened
        raise Unauthenticated("This browser's earlier choices were erased; start again.")
    key, item = vault.new_visitor_key(loaded.subject, ledger.LEDGER_CLASS, now)
    write.put(item)
    return key

"""The views of a person's own choices: the standing, the ledger, one entry of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib import clock
from chalicelib.consents import store
from chalicelib.consents.model import Entry
from chalicelib.consents.service.context import Caller, Loaded, known, visitor_subject
from chalicelib.consents.store import EntryItem
from chalicelib.decisions.permission import is_over
from chalicelib.errors import NotFound, Unauthenticated
from chalicelib.limits.sample import Sampled
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys, pages, reads
from chalicelib.storage.pages import Page
from chalicelib.storage.reads import Place
from chalicelib.subjects import model as subject_model
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem


@dataclass(frozen=True, slots=True)
class History:
    """A page of a ledger, oldest first, opened; and the standing, None without any decision."""

    standing: Standing | None
    entries: Page[Entry]


def standing(caller: Caller, notice: Notice) -> Standing | None:
    """The caller's standing; None when nothing was decided yet, or the caller is being erased.

    It is None too for a browser whose time is over. Raises Unauthenticated.
    """
    return _known(caller, notice).standing


def ledger(caller: Caller, after: int, limit: int, notice: Notice) -> History:
    """Up to `limit` entries of the caller's ledger after that number, and what stands after all.

    Of a browser that was erased, or whose time is over, it is empty, whatever proof stays. Raises
    Unauthenticated.
    """
    loaded = _known(caller, notice, with_key=True)
    if loaded.key is None:
        return History(loaded.standing, Page((), None))
    key = vault.open_key(loaded.key)
    entries = pages.collect(
        store.ledger(loaded.subject, after, limit),
        lambda item: store.entry_of(item, vault.open_item(item, key)),
    )
    return History(loaded.standing, entries)


def _known(caller: Caller, notice: Notice, *, with_key: bool = False) -> Loaded:
    if caller.is_unknown:
        raise Unauthenticated("A session or a visitor token is needed.")
    loaded = known(caller, with_key=with_key)
    if loaded.standing is not None and _is_over(loaded.standing, notice):
        # Proof that outlives an erasure is shown to nobody: the browser is somebody unknown.
        return replace(loaded, standing=None, key=None)
    return loaded


def _is_over(standing: Standing, notice: Notice) -> bool:
    return standing.erasing or is_over(standing, notice, clock.now())


NO_ENTRY = "There is no such entry among your own."
_ID = re.compile(r"[a-z2-7]{26,40}[.]([1-9][0-9]{0,11})")


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, opened, what stands about its person by now, and how giving it out is counted."""

    entry: Entry
    standing: Standing | None
    counted: Sampled


def entry(
    caller: Caller, entry_id: str, counting: Callable[[str], Sampled], notice: Notice
) -> Found:
    """The entry of that id, if it is the caller's own.

    `counting` says how it is counted that this subject fetches one. One BatchGetItem of entry, key,
    standing and, for an account, session, and of counters if the lot falls on it; one KMS call for
    an account. Raises Unauthenticated, NotFound for another's entry as for none and for one that
    outlives its person's erasure or their time, and TooManyRequests.
    """
    if caller.bearer is None and caller.visitor is None:
        raise Unauthenticated("A session or a visitor token is needed.")
    standing: Standing | None
    subject = _subject(caller)
    counted = counting(subject)
    written = _ID.fullmatch(entry_id)
    number = int(written[1]) if written else 0  # no entry has the number 0

    places: list[Place] = [
        (EntryItem, *_place(subject, number)),
        (DataKeyItem, keys.subject(subject), EntryItem.CLASS),
        *counted.places(),
    ]
    if caller.bearer is not None:
        signed_in, found = sessions.authenticate_and_read(caller.bearer, lambda _: places)
        standing = signed_in.standing
    else:
        stored, *found = reads.batch([subjects.standing_at(subject), *places])
        standing = None if stored is None else subjects.standing_of(stored)
    item, key, *counts = found
    if standing is not None and _is_over(standing, notice):
        raise NotFound(NO_ENTRY)
    if entry_id != subject_model.entry_id(subject, number) or item is None or key is None:
        raise NotFound(NO_ENTRY)
    counted.refuse_exhausted(counts)
    opened = vault.open_item(item, vault.open_key(key))
    stands = None if standing is None else subjects.completed(standing)
    return Found(store.entry_of(item, opened), stands, counted)


def _subject(caller: Caller) -> str:
    if caller.bearer is not None:
        return sessions.read_token(caller.bearer).subject
    return visitor_subject(caller.visitor or "")


def _place(subject: str, number: int) -> tuple[str, str]:
    sk = keys.record(EntryItem.CLASS, EntryItem.KIND, keys.sequence(number))
    return keys.subject(subject), sk

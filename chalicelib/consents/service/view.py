"""What a person is shown of their choices: what stands, and the history of it."""

from dataclasses import dataclass

from chalicelib.consents import store
from chalicelib.consents.model import Entry
from chalicelib.consents.service.context import Caller, Loaded, load
from chalicelib.errors import Unauthenticated
from chalicelib.storage import pages
from chalicelib.storage.pages import Page
from chalicelib.subjects.model import Standing
from chalicelib.vault import service as vault


@dataclass(frozen=True, slots=True)
class History:
    """A page of a ledger, oldest first, opened; and what stands, None for who decided nothing."""

    standing: Standing | None
    entries: Page[Entry]


def standing(caller: Caller) -> Standing | None:
    """What stands about the caller; None when nothing was decided yet. Raises Unauthenticated."""
    return _known(caller).standing


def ledger(caller: Caller, after: int, limit: int) -> History:
    """Up to `limit` entries of the caller's ledger after that number, and what stands after all.

    Raises Unauthenticated.
    """
    loaded = _known(caller)
    if loaded.key is None:
        return History(loaded.standing, Page((), None))
    key = vault.open_key(loaded.key)
    entries = pages.collect(
        store.ledger(loaded.subject, after, limit),
        lambda item: store.entry_of(item, vault.open_item(item, key)),
    )
    return History(loaded.standing, entries)


def _known(caller: Caller) -> Loaded:
    if caller == Caller():
        raise Unauthenticated("A session or a visitor token is needed.")
    return load(caller)

"""One entry of a ledger, for the person whose it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.consents import model, store
from chalicelib.consents.model import Entry, Standing
from chalicelib.consents.service import subjects
from chalicelib.consents.service.loading import Caller, visitor_subject
from chalicelib.consents.store import EntryItem
from chalicelib.errors import NotFound, Unauthenticated
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys, reading
from chalicelib.storage.reading import Place
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem

NO_ENTRY = "There is no such entry among your own."
_ID = re.compile(r"[a-z2-7]{26,40}[.]([1-9][0-9]{0,11})")


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, opened, and what stands about its person by now."""

    entry: Entry
    standing: Standing | None


def entry(caller: Caller, entry_id: str) -> Found:
    """The entry of that id, if it is the caller's own.

    One BatchGetItem of entry, key and, for an account, session and standing; one KMS call for an
    account. Raises Unauthenticated, and NotFound for another's entry as for none.
    """
    if caller.bearer is None and caller.visitor is None:
        raise Unauthenticated("A session or a visitor token is needed.")
    standing: Standing | None
    written = _ID.fullmatch(entry_id)
    number = int(written[1]) if written else 0  # no entry has the number 0

    def places(subject: str) -> Sequence[Place]:
        return [
            (EntryItem, *_place(subject, number)),
            (DataKeyItem, keys.subject(subject), subjects.LEDGER_CLASS),
        ]

    if caller.bearer is not None:
        signed_in, (item, key) = sessions.authenticate_and_read(caller.bearer, places)
        subject, standing = signed_in.subject, signed_in.standing
    else:
        subject = visitor_subject(caller.visitor or "")
        item, key, stored = reading.batch([*places(subject), subjects.standing_at(subject)])
        standing = None if stored is None else subjects.standing_of(stored)
    if entry_id != model.entry_id(subject, number) or item is None or key is None:
        raise NotFound(NO_ENTRY)
    return Found(store.entry_of(item, vault.open_item(item, vault.open_key(key))), standing)


def _place(subject: str, number: int) -> tuple[str, str]:
    sk = keys.record(EntryItem.CLASS, EntryItem.KIND, keys.sequence(number))
    return keys.subject(subject), sk

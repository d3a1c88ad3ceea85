"""Messages that a person wrote, as the desk reads them for one open request of theirs.

No other operation shows contents to anybody but the person.
"""

from __future__ import annotations

from typing import Final

from chalicelib import clock
from chalicelib.audit import model as audit_model
from chalicelib.audit import service as audit
from chalicelib.audit.model import Action as Audited
from chalicelib.errors import Conflict, NotFound
from chalicelib.messages.model import Message
from chalicelib.messages.service import contacts, own_messages
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.machine import CLOSED, Status
from chalicelib.requests.service import register
from chalicelib.requests.store import RequestItem
from chalicelib.storage import reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.pages import Page
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects

_SHUT: Final = frozenset({*CLOSED, Status.AWAITING_VERIFICATION})
"""The statuses of a request for which nobody needs to know what its person wrote."""

_NOT_OPEN: Final = "The request is not open: what its person wrote is read for open ones alone."


def read(by: str, request_id: str, after: str | None, limit: int, notice: Notice) -> Page[Message]:
    """Returns a page of the messages of a request's person for a member of the desk, named `by`.

    The look is recorded before anything is shown: GetItem of the register, BatchGetItem of request,
    standing, key and audit, and one transaction; then Query, and one KMS call where there are any.
    Of a person without an account they are those of the address, all in one page, with a
    BatchGetItem and a KMS call each. Raises NotFound, Conflict for a request that is not open
    (`move-not-allowed`), and Contention.
    """
    subject = register.subject_of(request_id)
    return patiently(lambda: _read_once(by, subject, request_id, after, limit, notice))


def _read_once(
    by: str, subject: str, request_id: str, after: str | None, limit: int, notice: Notice
) -> Page[Message]:
    place = (RequestItem, *store.request_place(subject, request_id))
    item, stands, key_item, head = reads.batch(
        [place, subjects.standing_at(subject), own_messages.key_at(subject), audit.head_at()]
    )
    now = clock.now()
    if item is None or ends.gone(item, notice, now):
        raise NotFound(register.GONE)
    if Status(item.status) in _SHUT:
        raise Conflict(_NOT_OPEN, type="move-not-allowed")
    write = Transaction(notice)
    look = audit_model.Act(by, Audited.MESSAGES_READ, subject, request_id)
    audit.follow(write, look, notice, now, head)
    write.commit()
    if item.contact is not None:
        return Page(tuple(contacts.of_address(item.contact.hex(), notice)), None)
    standing = None if stands is None else subjects.standing_of(stands)
    if standing is None or standing.erasing:
        return Page((), None)
    return own_messages.of_subject(standing, key_item, after, limit, notice)

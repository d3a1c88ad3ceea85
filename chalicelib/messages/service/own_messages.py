"""Lists messages for the person, or the browser, that wrote them."""

from __future__ import annotations

from chalicelib import clock
from chalicelib.consents.service import filings
from chalicelib.consents.service.context import visitor_subject
from chalicelib.decisions import permission
from chalicelib.messages import store
from chalicelib.messages.model import Message
from chalicelib.messages.service.contents import key_at, message_of
from chalicelib.messages.store import MessageItem
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import reads
from chalicelib.storage.pages import Page, collect
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem


def own(bearer: str | None, after: str | None, limit: int, notice: Notice) -> Page[Message]:
    """Returns a page of the messages of the account that is signed in, by their ids.

    A page holds fewer where some are over and not removed yet.
    One BatchGetItem and one Query; one KMS call where there are any. Raises Unauthenticated.
    """
    signed_in, (key_item,) = sessions.authenticate_and_read(bearer, lambda one: [key_at(one)])
    return of_subject(signed_in.standing, key_item, after, limit, notice)


def of_browser(visitor: str, after: str | None, limit: int, notice: Notice) -> Page[Message]:
    """Returns a page of the messages of the browser with that token, which no account has yet.

    An unknown browser, one that is being erased, and one whose time is over have none. One
    BatchGetItem; one Query where there are any.
    """
    subject = visitor_subject(visitor)
    item, key_item = reads.batch([subjects.standing_at(subject), key_at(subject)])
    standing = None if item is None else subjects.standing_of(item)
    if standing is None or standing.erasing or permission.is_over(standing, notice, clock.now()):
        return Page((), None)
    return of_subject(standing, key_item, after, limit, notice)


def of_subject(
    standing: Standing, key_item: DataKeyItem | None, after: str | None, limit: int, notice: Notice
) -> Page[Message]:
    """Returns a page of a subject's messages, opened; none where there is no key of the class.

    One Query; one KMS call where there are any.
    """
    if key_item is None:  # without the key there is no message, or none that can be read
        return Page((), None)
    found = store.messages_of(standing.subject, after, limit)
    opened: list[DataKey] = []
    now = clock.now()

    def shape(item: MessageItem) -> Message | None:
        place, fields = (item.kind, item.sk), {"form": item.form}
        if ends.gone(item, notice, now):
            return None
        if filings.is_over(place, fields, standing, notice, now):
            return None
        if not opened:
            opened.append(vault.open_key(key_item))
        return message_of(item, opened[0], notice)

    page = collect(found, shape)
    return Page(tuple(one for one in page.items if one is not None), page.next)


__all__ = ["key_at", "of_browser", "of_subject", "own"]

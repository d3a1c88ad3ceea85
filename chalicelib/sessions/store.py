"""Sessions and links in their subject's partition, under the fingerprint of their secret."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.pagination import ResultIterator

from chalicelib.sessions.model import Session, Token
from chalicelib.storage import keys, pages
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item


class SessionItem(Item):
    """A signed-in session."""

    KIND = "session"
    CLASS = "core"

    created_at = InstantAttribute()
    expires_at = InstantAttribute()


class LinkItem(Item):
    """A link that was mailed: what it may do, about which record, until when."""

    KIND = "link"
    CLASS = "core"

    action = UnicodeAttribute()
    target = UnicodeAttribute()
    expires_at = InstantAttribute()


def session_place(subject: str, session_id: str) -> tuple[str, str]:
    """Partition and sort key of a session."""
    return keys.subject(subject), keys.record(SessionItem.CLASS, SessionItem.KIND, session_id)


def link_place(token: Token) -> tuple[str, str]:
    """Partition and sort key of a link."""
    pk = keys.subject(token.subject)
    return pk, keys.record(LinkItem.CLASS, LinkItem.KIND, token.fingerprint)


def session_item(token: Token, now: datetime, expires_at: datetime) -> SessionItem:
    """A new session as it is stored; DynamoDB removes it some time after it expired."""
    pk, sk = session_place(token.subject, token.fingerprint)
    return SessionItem(
        pk=pk,
        sk=sk,
        kind=SessionItem.KIND,
        created_at=now,
        expires_at=expires_at,
        expires=expires_at,
    )


def link_item(token: Token, action: str, target: str, expires_at: datetime) -> LinkItem:
    """A new link as it is stored."""
    pk, sk = link_place(token)
    return LinkItem(
        pk=pk,
        sk=sk,
        kind=LinkItem.KIND,
        action=action,
        target=target,
        expires_at=expires_at,
        expires=expires_at,
    )


def session_of(item: SessionItem) -> Session:
    """The session that an item stores."""
    return Session(
        keys.subject_of(item.pk), keys.record_id(item.sk), item.created_at, item.expires_at
    )


def get_session(token: Token) -> SessionItem | None:
    """The session of a token. One strongly consistent GetItem: a revoked one must not answer."""
    pk, sk = session_place(token.subject, token.fingerprint)
    try:
        return SessionItem.get(pk, sk, consistent_read=True)
    except SessionItem.DoesNotExist:
        return None


def get_link(token: Token) -> LinkItem | None:
    """The link of a token. One strongly consistent GetItem."""
    pk, sk = link_place(token)
    try:
        return LinkItem.get(pk, sk, consistent_read=True)
    except LinkItem.DoesNotExist:
        return None


def sessions_of(subject: str, after: str | None, limit: int) -> ResultIterator[SessionItem]:
    """Up to `limit` sessions of a subject, after the one of that id. One Query."""
    pk = keys.subject(subject)
    prefix = keys.record(SessionItem.CLASS, SessionItem.KIND)
    return SessionItem.query(
        pk,
        SessionItem.sk.startswith(prefix),
        consistent_read=True,
        limit=limit,
        last_evaluated_key=pages.start(pk, prefix, after),
    )


def delete_session(subject: str, session_id: str) -> None:
    """Ends a session; one that is gone already is no error."""
    pk, sk = session_place(subject, session_id)
    SessionItem(pk=pk, sk=sk).delete()

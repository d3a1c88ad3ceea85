"""Sessions and links in their subject's partition, under the fingerprint of their secret."""

from datetime import datetime, timedelta

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DeleteError
from pynamodb.pagination import ResultIterator

from chalicelib.sessions.model import IDLE, Opened, Session, Token
from chalicelib.storage import contention, keys, pages
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.condition import code
from chalicelib.storage.contention import CONFLICT, Contended
from chalicelib.storage.item import AccessItem, MailedItem


class SessionItem(AccessItem):
    """A signed-in session. `idle` is the time in seconds that it lasts unused."""

    KIND = "session"
    CLASS = "core"

    created_at = InstantAttribute()
    expires_at = InstantAttribute()
    generation = NumberAttribute(default=0)
    second_factor = BooleanAttribute(default=False)
    ip_address = UnicodeAttribute(null=True)
    approximate_place = UnicodeAttribute(null=True)
    idle = NumberAttribute(null=True)


class LinkItem(MailedItem):
    """A link that was mailed: its action, the record that it is about, and its end.

    `wrong` counts the wrong passwords that were given with it since `wrong_since`.
    """

    KIND = "link"
    CLASS = "core"

    action = UnicodeAttribute()
    target = UnicodeAttribute()
    expires_at = InstantAttribute()
    wrong = NumberAttribute(default=0)
    wrong_since = InstantAttribute(null=True)


def session_place(subject: str, session_id: str) -> tuple[str, str]:
    """Returns partition and sort key of a session."""
    return keys.subject(subject), keys.record(SessionItem.CLASS, SessionItem.KIND, session_id)


def link_place(token: Token) -> tuple[str, str]:
    """Returns partition and sort key of a link."""
    pk = keys.subject(token.subject)
    return pk, keys.record(LinkItem.CLASS, LinkItem.KIND, token.fingerprint)


def session_item(
    token: Token,
    opened: Opened,
    generation: int,
    now: datetime,
    expires_at: datetime,
    idle: timedelta = IDLE,
) -> SessionItem:
    """Returns a new session as it is stored; DynamoDB removes it some time after it expired."""
    pk, sk = session_place(token.subject, token.fingerprint)
    return SessionItem(
        pk=pk,
        sk=sk,
        kind=SessionItem.KIND,
        created_at=now,
        expires_at=expires_at,
        expires=expires_at,
        generation=generation,
        second_factor=opened.second_factor,
        ip_address=opened.ip_address,
        approximate_place=opened.approximate_place,
        idle=int(idle.total_seconds()),
    )


def link_item(token: Token, action: str, target: str, expires_at: datetime) -> LinkItem:
    """Returns a new link as it is stored."""
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
    """Returns the session that an item stores."""
    return Session(
        subject=keys.subject_of(item.pk),
        id=keys.record_id(item.sk),
        created_at=item.created_at,
        expires_at=item.expires_at,
        generation=int(item.generation),
        opened=Opened(bool(item.second_factor), item.ip_address, item.approximate_place),
        idle=IDLE if item.idle is None else timedelta(seconds=int(item.idle)),
    )


def get_link(token: Token) -> LinkItem | None:
    """Returns the link of a token, or None. One strongly consistent GetItem."""
    pk, sk = link_place(token)
    try:
        return LinkItem.get(pk, sk, consistent_read=True)
    except LinkItem.DoesNotExist:
        return None


def sessions_of(subject: str, after: str | None, limit: int) -> ResultIterator[SessionItem]:
    """Finds up to `limit` sessions of a subject, after the one of that id. One Query."""
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
    for _ in contention.attempts():
        try:
            SessionItem(pk=pk, sk=sk).delete()
        except DeleteError as error:
            if code(error) != f"{CONFLICT}Exception":
                raise
        else:
            return
    raise Contended

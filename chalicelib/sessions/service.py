"""Opening, recognising, listing and ending sessions; issuing and recognising links."""

from datetime import datetime

from chalicelib import clock
from chalicelib.errors import Unauthenticated, Unprocessable
from chalicelib.notices.model import Notice
from chalicelib.sessions import model, store
from chalicelib.sessions.model import Session, Token
from chalicelib.sessions.store import LinkItem, SessionItem
from chalicelib.storage import pages
from chalicelib.storage.pages import Page

NO_SESSION = "There is no such session, or it has ended."
NO_LINK = "This link is not valid: it was used, it expired, or a newer one replaced it."


def new_session(subject: str, notice: Notice, now: datetime) -> tuple[Token, SessionItem]:
    """A session's token and the item to put; how long it lasts, the notice says."""
    token = model.new_token(subject)
    expires_at = notice.rule(SessionItem.KIND, "created").ends(now)
    return token, store.session_item(token, now, expires_at)


def new_link(
    subject: str, action: str, target: str, notice: Notice, now: datetime
) -> tuple[Token, LinkItem]:
    """A link's token and the item to put; how long it works, the notice says."""
    token = model.new_token(subject)
    expires_at = notice.rule(LinkItem.KIND, "created").ends(now)
    return token, store.link_item(token, action, target, expires_at)


def session_at(token: Token) -> tuple[type[SessionItem], str, str]:
    """Where a token's session lies, for reading it together with other items."""
    return (SessionItem, *store.session_place(token.subject, token.fingerprint))


def recognise(item: SessionItem | None, now: datetime) -> Session:
    """The session of an item that was read, if it is alive. Raises Unauthenticated."""
    if item is None or item.expires_at <= now:
        raise Unauthenticated(NO_SESSION)
    return store.session_of(item)


def read_token(text: str | None) -> Token:
    """The token in an Authorization header's value. Raises Unauthenticated."""
    token = model.read_token(text or "")
    if token is None:
        raise Unauthenticated(NO_SESSION)
    return token


def authenticate(bearer: str | None) -> Session:
    """Whose session this is. One GetItem. Raises Unauthenticated."""
    return recognise(store.get_session(read_token(bearer)), clock.now())


def open_link(text: str, action: str) -> tuple[Token, LinkItem]:
    """A live link for that action. One GetItem. Raises Unprocessable, the same for every cause."""
    token = model.read_token(text)
    item = None if token is None else store.get_link(token)
    if token is None or item is None or item.action != action or item.expires_at <= clock.now():
        raise Unprocessable(NO_LINK, type="link-not-valid")
    return token, item


def sessions(subject: str, after: str | None, limit: int) -> Page[Session]:
    """Up to `limit` live sessions of a subject after the one of that id. One Query."""
    now = clock.now()
    found = pages.collect(store.sessions_of(subject, after, limit), store.session_of)
    return Page(tuple(one for one in found.items if one.expires_at > now), found.next)


def end(session: Session, session_id: str) -> None:
    """Ends one session of the same subject; `current` is the one that asks. Idempotent."""
    store.delete_session(session.subject, session.id if session_id == "current" else session_id)


__all__ = [
    "NO_LINK",
    "authenticate",
    "end",
    "new_link",
    "new_session",
    "open_link",
    "read_token",
    "recognise",
    "session_at",
    "sessions",
]

"""The course of an account's sessions: they begin, are listed, are carried over, and end."""

from dataclasses import replace
from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from chalicelib import clock
from chalicelib.limits import uses
from chalicelib.notices.model import Notice
from chalicelib.sessions import model, store
from chalicelib.sessions.model import Opened, Session, SignedIn, Token
from chalicelib.sessions.store import SessionItem
from chalicelib.storage import pages, reads
from chalicelib.storage.attributes import still
from chalicelib.storage.pages import Page
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction


def new_session(
    subject: str, opened: Opened, generation: int, notice: Notice, now: datetime
) -> tuple[Token, SessionItem]:
    """Returns a session's token and the item to put; the notice says how long it lasts."""
    token = model.new_token(subject)
    expires_at = notice.rule(SessionItem.KIND, "created").ends(now)
    idle = notice.span(SessionItem.KIND, "last_used", now) or model.IDLE
    return token, store.session_item(token, opened, generation, now, expires_at, idle)


def lasts(notice: Notice) -> timedelta | None:
    """Returns how long the notice lets a session last; None where it says nothing of sessions."""
    return notice.span(SessionItem.KIND, "created", clock.now())


def sessions(signed_in: SignedIn, after: str | None, limit: int) -> Page[Session]:
    """Returns up to `limit` live sessions of the same subject after the one of that id. One Query.

    Where some of them are old enough to have ended unused, one BatchGetItem more.
    """
    now, standing = clock.now(), signed_in.standing
    found = pages.collect(store.sessions_of(signed_in.subject, after, limit), store.session_of)
    items = [one for one in found.items if one.generation == standing.generation]
    if signed_in.given is not None:
        items = [one.at_the_desk() for one in items]
    doubtful = [one for one in items if one.is_over(now) and one.expires_at > now]
    read = reads.batch([uses.place(one.key) for one in doubtful]) if doubtful else []
    used = {one.id: uses.last(use) for one, use in zip(doubtful, read, strict=True)}
    items = [replace(one, used_at=used.get(one.id)) for one in items]
    return Page(tuple(one for one in items if not one.is_over(now)), found.next)


def place(subject: str, session_id: str) -> Place:
    """Returns the place of a session by its public id."""
    return (SessionItem, *store.session_place(subject, session_id))


def opened(item: SessionItem | None) -> Session | None:
    """Returns the session of an item that was read, alive or not; None without an item."""
    return None if item is None else store.session_of(item)


def remove(write: Transaction, subject: str, session_id: str) -> None:
    """Adds the end of a session; a session that is gone already is no error."""
    pk, sk = store.session_place(subject, session_id)
    write.delete(SessionItem(pk=pk, sk=sk), label=f"session {session_id}")


def end(signed_in: SignedIn, session_id: str) -> None:
    """Ends one session of the same subject. Idempotent."""
    store.delete_session(signed_in.subject, session_id)


def carry_over(
    write: Transaction, session: Session, generation: int, second_factor: bool | None = None
) -> None:
    """Adds that one session goes on in a new generation, on condition that it was not ended.

    `second_factor`, where it is given, says from now on whether its person gave one.
    """
    pk, sk = store.session_place(session.subject, session.id)
    actions: list[Action] = [SessionItem.generation.set(generation)]
    if second_factor is not None:
        actions.append(SessionItem.second_factor.set(second_factor))
    write.update(
        SessionItem(pk=pk, sk=sk),
        actions=actions,
        condition=SessionItem.pk.exists() & still(SessionItem.generation, session.generation),
    )

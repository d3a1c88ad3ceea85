"""Opening, recognising, listing and ending sessions; issuing and recognising links.

A session is alive until it expires, is ended, or its account's generation moves on: changing the
password, or signing out everywhere, ends all sessions in the one write that changes the account,
however many there are.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pynamodb.expressions.update import Action

from chalicelib import clock
from chalicelib.errors import DoneAlready, Unauthenticated, Unprocessable
from chalicelib.limits import uses
from chalicelib.notices.model import Notice
from chalicelib.sessions import model, role_store, store
from chalicelib.sessions.model import Opened, Session, SignedIn, Token
from chalicelib.sessions.role_store import RoleItem
from chalicelib.sessions.store import LinkItem, SessionItem
from chalicelib.storage import pages, reads
from chalicelib.storage.attributes import still
from chalicelib.storage.pages import Page
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects

if TYPE_CHECKING:
    from chalicelib.limits.store import LimitItem
    from chalicelib.subjects.store import StandingItem

ROLE = role_store.KIND
"""The kind of the item that says who works at the desk."""

NO_SESSION = "There is no such session, or it has ended."
NO_LINK = "This link is not valid: it was used, it expired, or a newer one replaced it."


def new_session(
    subject: str, opened: Opened, generation: int, notice: Notice, now: datetime
) -> tuple[Token, SessionItem]:
    """A session's token and the item to put; how long it lasts, used or not, the notice says."""
    token = model.new_token(subject)
    expires_at = notice.rule(SessionItem.KIND, "created").ends(now)
    idle = notice.span(SessionItem.KIND, "last_used", now) or model.IDLE
    return token, store.session_item(token, opened, generation, now, expires_at, idle)


def new_link(
    subject: str,
    action: str,
    target: str,
    notice: Notice,
    now: datetime,
    valid: timedelta | None = None,
) -> tuple[Token, LinkItem]:
    """A link's token and the item to put.

    It works for as long as the notice says, or for `valid` where that is shorter.
    """
    token = model.new_token(subject)
    expires_at = notice.rule(LinkItem.KIND, "created").ends(now)
    if valid is not None:
        expires_at = min(expires_at, now + valid)
    return token, store.link_item(token, action, target, expires_at)


def session_at(token: Token) -> Place:
    """Where a token's session lies, for reading it together with other items."""
    return (SessionItem, *store.session_place(token.subject, token.fingerprint))


def role_at(subject: str) -> Place:
    """Where an account's role at the desk lies, for reading it together with other items."""
    return (RoleItem, *role_store.role_place(subject))


def give_role(write: Transaction, subject: str, role: str | None) -> None:
    """Adds that an account has this role at the desk, whatever it had; with None that it has none.

    The transaction has to hold a condition on the account.
    """
    if role is None:
        write.delete(RoleItem(*role_store.role_place(subject)))
    else:
        write.replace(role_store.role_item(subject, role))


def use_at(token: Token) -> Place:
    """Where it is noted when a token's session was used last."""
    return uses.place(model.use_key(token.subject, token.fingerprint))


def recognise(
    item: SessionItem | None,
    standing: "StandingItem | None",
    now: datetime,
    role: RoleItem | None = None,
    use: "LimitItem | None" = None,
) -> SignedIn:
    """The session of items that were read, if it is alive; its use is noted from time to time.

    That is one UpdateItem in a thirtieth of the time that it lasts unused. Where the role at the
    desk was read, the session ends as one of the desk. Raises Unauthenticated.
    """
    if item is None or standing is None:
        raise Unauthenticated(NO_SESSION)
    stands = subjects.standing_of(standing)
    if not stands.usable or int(item.generation) != stands.generation:
        raise Unauthenticated(NO_SESSION)
    session = replace(store.session_of(item), used_at=uses.last(use))
    if role is not None:
        session = session.at_the_desk()
    if session.is_over(now):
        raise Unauthenticated(NO_SESSION)
    if session.is_to_be_noted(now):
        uses.note(session.key, now, session.expires_at)
    return SignedIn(session, stands, None if role is None else role.role)


def read_token(text: str | None) -> Token:
    """The token in an Authorization header's value. Raises Unauthenticated."""
    token = model.read_token(text or "")
    if token is None:
        raise Unauthenticated(NO_SESSION)
    return token


def authenticate(bearer: str | None, *, with_role: bool = False) -> SignedIn:
    """Whose session this is, and with which role where that is asked for.

    One BatchGetItem of session and standing, and the role. Raises Unauthenticated.
    """
    return authenticate_and_read(bearer, lambda _: (), with_role=with_role)[0]


def authenticate_and_read(
    bearer: str | None,
    also: Callable[[str], Sequence[Place]],
    *,
    at_one_instant: bool = False,
    with_role: bool = False,
) -> tuple[SignedIn, list[Any]]:
    """Whose session this is, and the items at the places that `also` names for its subject.

    All in one call; `at_one_instant` for who will write what depends on several of them. The role
    at the desk is known only `with_role`. Raises Unauthenticated.
    """
    token = read_token(bearer)
    read = reads.together if at_one_instant else reads.batch
    role = [role_at(token.subject)] if with_role else []
    session, use, standing, *others = read(
        [
            session_at(token),
            use_at(token),
            subjects.standing_at(token.subject),
            *role,
            *also(token.subject),
        ]
    )
    given = others.pop(0) if with_role else None
    return recognise(session, standing, clock.now(), given, use), others


def open_link(text: str, action: str) -> tuple[Token, LinkItem]:
    """A live link for that action. One GetItem.

    Raises DoneAlready for one that was used for that action, and Unprocessable, the same for every
    other cause; programs cannot tell the two apart.
    """
    token = model.read_link(text)
    item = None if token is None else store.get_link(token)
    if token is None or item is None or item.expires_at <= clock.now():
        raise link_not_valid()
    if item.action == _used(action):
        raise DoneAlready(NO_LINK, type="link-not-valid")
    if item.action != action:
        raise link_not_valid()
    return token, item


def refusal(text: str, action: str) -> Unprocessable:
    """The refusal of a link that was good when it was read, and then did not fit what else was.

    Another press of the same button may have used it in between: then this is DoneAlready.
    """
    try:
        open_link(text, action)
    except Unprocessable as refused:
        return refused
    return link_not_valid()


def link_not_valid() -> Unprocessable:
    """The one refusal of every link that does not work, whatever the cause."""
    return Unprocessable(NO_LINK, type="link-not-valid")


def spend(write: Transaction, link: LinkItem) -> None:
    """Adds that a link is used up, on condition that it was not before.

    It stays until it would have ended, to answer who presses its button again. Nor may a wrong
    password have been given with it since it was read: so of many that are tried at once the right
    one gains nothing.
    """
    same = still(LinkItem.wrong, int(link.wrong))
    write.update(
        link,
        actions=[LinkItem.action.set(_used(link.action))],
        condition=LinkItem.pk.exists() & (LinkItem.action == link.action) & same,
    )


def sessions(signed_in: SignedIn, after: str | None, limit: int) -> Page[Session]:
    """Up to `limit` live sessions of the same subject after the one of that id. One Query.

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
    """Where a session lies by its public id."""
    return (SessionItem, *store.session_place(subject, session_id))


def opened(item: SessionItem | None) -> Session | None:
    """The session of an item that was read, alive or not."""
    return None if item is None else store.session_of(item)


def remove(write: Transaction, subject: str, session_id: str) -> None:
    """Adds that a session ends; one that is gone already is no error."""
    pk, sk = store.session_place(subject, session_id)
    write.delete(SessionItem(pk=pk, sk=sk), label=f"session {session_id}")


def end(signed_in: SignedIn, session_id: str) -> None:
    """Ends one session of the same subject. Idempotent."""
    store.delete_session(signed_in.subject, session_id)


def carry_over(
    write: Transaction, session: Session, generation: int, second_factor: bool | None = None
) -> None:
    """Adds that this one session lives on in a new generation, if it was not ended meanwhile.

    `second_factor`, where it is given, says from now whether its person gave one.
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


def _used(action: str) -> str:
    """What a link may do once it was used for `action`: nothing, and it says for what."""
    return f"used:{action}"


__all__ = [
    "NO_LINK",
    "NO_SESSION",
    "ROLE",
    "authenticate",
    "authenticate_and_read",
    "carry_over",
    "end",
    "give_role",
    "link_not_valid",
    "new_link",
    "new_session",
    "open_link",
    "opened",
    "place",
    "read_token",
    "recognise",
    "refusal",
    "remove",
    "role_at",
    "session_at",
    "sessions",
    "spend",
    "use_at",
]

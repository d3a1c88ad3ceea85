"""The look-up of a session by its token, with the standing and the role of its account.

A session is alive until it expires, is ended, or its account's generation moves on: changing the
password, or signing out everywhere, ends all sessions in the one write that changes the account,
however many there are.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib import clock
from chalicelib.errors import Unauthenticated
from chalicelib.limits import uses
from chalicelib.sessions import model, role_store, store
from chalicelib.sessions.model import SignedIn, Token
from chalicelib.sessions.role_store import RoleItem
from chalicelib.sessions.store import SessionItem
from chalicelib.storage import reads
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects

if TYPE_CHECKING:
    from chalicelib.limits.store import LimitItem
    from chalicelib.subjects.store import StandingItem

NO_SESSION = "There is no such session, or it has ended."


def session_at(token: Token) -> Place:
    """Returns the place of a token's session, for reading it together with other items."""
    return (SessionItem, *store.session_place(token.subject, token.fingerprint))


def role_at(subject: str) -> Place:
    """Returns the place of an account's role, for reading it together with other items."""
    return (RoleItem, *role_store.role_place(subject))


def has_role(subject: str) -> bool:
    """Tells whether an account has a role at the desk. One Query, strongly consistent.

    A Query, since the function that erases may read nothing by itself of what opens doors.
    """
    pk, sk = role_store.role_place(subject)
    return any(RoleItem.query(pk, RoleItem.sk == sk, consistent_read=True, limit=1))


def give_role(write: Transaction, subject: str, role: str | None) -> None:
    """Adds a role at the desk in place of any other; with None, takes it away.

    The transaction has to hold a condition on the account.
    """
    if role is None:
        write.delete(RoleItem(*role_store.role_place(subject)))
    else:
        write.replace(role_store.role_item(subject, role))


def use_at(token: Token) -> Place:
    """Returns the place where the last use of a token's session is noted."""
    return uses.place(model.use_key(token.subject, token.fingerprint))


def recognise(
    item: SessionItem | None,
    standing: "StandingItem | None",
    now: datetime,
    role: RoleItem | None = None,
    use: "LimitItem | None" = None,
) -> SignedIn:
    """Returns the session of items that were read, if it is alive, and notes its use.

    The use is noted once in a thirtieth of the time that the session lasts unused, by one
    UpdateItem, which also notes that it came after AWAKE without a use. Where the account's role
    was read, the session ends as one of the desk. Raises Unauthenticated.
    """
    if item is None or standing is None:
        raise Unauthenticated(NO_SESSION)
    stands = subjects.standing_of(standing)
    if not stands.usable or int(item.generation) != stands.generation:
        raise Unauthenticated(NO_SESSION)
    used_at, lapsed = uses.last(use), uses.lapsed(use)
    session = replace(store.session_of(item), used_at=used_at, lapsed=lapsed)
    if role is not None:
        session = session.at_the_desk()
    if session.is_over(now):
        raise Unauthenticated(NO_SESSION)
    if session.is_to_be_noted(now):
        uses.note(session.key, now, session.expires_at, session.lapse(now))
    return SignedIn(session, stands, None if role is None else role.role)


def read_token(text: str | None) -> Token:
    """Returns the token in an Authorization header's value. Raises Unauthenticated."""
    token = model.read_token(text or "")
    if token is None:
        raise Unauthenticated(NO_SESSION)
    return token


def authenticate(bearer: str | None, *, with_role: bool = False) -> SignedIn:
    """Returns the session of a token, with the account's role where that is asked for.

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
    """Returns the session of a token, and the items at the places that `also` names.

    `also` takes the session's subject. All is read in one call: `at_one_instant` reads it as one
    transaction, for callers whose write depends on several of the items. The role is known only
    `with_role`. Raises Unauthenticated.
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

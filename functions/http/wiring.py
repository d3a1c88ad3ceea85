"""Connects the web kernel to this software, for all HTTP functions."""

from chalicelib import clock, settings
from chalicelib.errors import Forbidden, NotFound
from chalicelib.idempotency import Answers, IdempotencyItem
from chalicelib.notices import service as notices
from chalicelib.web.call import Call
from chalicelib.web.contract import Auth
from chalicelib.web.wiring import SECOND_FACTOR_FIRST, Member, wire

_BY_SESSION = frozenset({Auth.SESSION, Auth.VISITOR_OR_SESSION, Auth.SESSION_OR_LINK})


def _answers() -> Answers:
    notice = notices.current()
    rule = notice.rule(IdempotencyItem.KIND, "created")
    return Answers(notice, rule.ends)


def recognise(call: Call) -> None:
    """Raises if the session, API key or role of a call no longer works.

    One call to the tables for a session, a role at the desk or a key; none for a call without them.
    The modules are imported here, since only a repeated call needs them.
    """
    auth = call.operation.auth
    if auth is Auth.STAFF:
        from chalicelib.accounts.service.roles import officer, staff

        (officer if call.operation.acts else staff)(call.bearer)
    elif auth is Auth.SERVICE:
        from chalicelib.api_keys import service as api_keys

        api_keys.authenticate(call.bearer, call.operation.scope)
    elif auth is Auth.REQUEST:
        from chalicelib.requests.service import access

        access.recognise(call.bearer)
    elif auth in _BY_SESSION and call.bearer is not None:
        from chalicelib.sessions import service as sessions

        # By TransactGetItems, which every role that reads a session may do.
        sessions.authenticate_and_read(call.bearer, lambda _: (), at_one_instant=True)


def member(session: str | None) -> Member:
    """Returns the member of the desk whose session a token is. One BatchGetItem.

    Raises Unauthenticated, NotFound and Forbidden as `Wiring.member`.
    """
    from chalicelib.accounts.service.roles import DESK, ROLES
    from chalicelib.sessions import service as sessions

    signed_in = sessions.authenticate(session, with_role=True)
    if signed_in.given not in ROLES or not signed_in.standing.active:
        raise NotFound("There is nothing at this address.")
    if signed_in.role is None:
        raise Forbidden("The desk opens with a second factor.", type=SECOND_FACTOR_FIRST)
    return Member(
        signed_in.subject,
        signed_in.role == DESK,
        signed_in.standing.locale,
        asks_again=signed_in.session.asks_again(clock.now()),
    )


def connect() -> None:
    """Gives the kernel its providers: notice, origins, stored answers, callers, the desk."""
    wire(
        notice=notices.current,
        idempotency=_answers,
        origins=settings.cors_origins,
        recognise=recognise,
        member=member,
    )

"""Sessions: signing in, seeing where one is signed in, signing out."""

from chalice.app import Blueprint

from chalicelib.accounts import contract
from chalicelib.accounts.service import signin
from chalicelib.clock import instant
from chalicelib.notices import service as notices
from chalicelib.sessions import service as sessions
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import Json
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, page
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

connect()
bp = Blueprint(__name__)


@route(bp, contract.SIGN_IN)
def sign_in(call: Call) -> Answer:
    """201 with the session's token, shown this once."""
    notice = notices.current()
    session = signin.sign_in(call.body["email"], call.body["password"], notice)
    return Answer(
        201,
        {
            "token": session.token,
            "expires_at": instant(session.expires_at),
            "notice": {
                "version": notice.version,
                "effective_at": instant(notice.effective_at),
            },
        },
    )


@route(bp, contract.LIST_SESSIONS)
def list_sessions(call: Call) -> Answer:
    """200 with a page of live sessions."""
    session = sessions.authenticate(call.bearer)
    limit = call.query.get("limit", DEFAULT_LIMIT)
    after = decode(call.query.get("cursor"), ["id"])
    found = sessions.sessions(session.subject, after["id"] if after else None, limit)
    items: list[Json] = [
        {
            "id": one.id,
            "current": one.id == session.id,
            "created_at": instant(one.created_at),
            "expires_at": instant(one.expires_at),
        }
        for one in found.items
    ]
    return Answer(200, page(items, {"id": found.next} if found.next else None))


@route(bp, contract.END_SESSION)
def end_session(call: Call, id: str) -> Answer:
    """204, also when it had ended already."""
    sessions.end(sessions.authenticate(call.bearer), id)
    return Answer(204)


handler = lambda_handler(bp, "sessions")

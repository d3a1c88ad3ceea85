"""Sessions: signing in, listing sessions, signing out, and introspection by the site."""

from chalice.app import Blueprint

from chalicelib import settings
from chalicelib.accounts.contract import signin as contract
from chalicelib.accounts.presentation import new_session_shown
from chalicelib.accounts.service import references, signin, signout
from chalicelib.accounts.service.signin import Origin
from chalicelib.api_keys import service as api_keys
from chalicelib.notices import service as notices
from chalicelib.notices.presentation import announcement
from chalicelib.sessions import service as sessions
from chalicelib.sessions.presentation import introspection_shown, session_shown
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import Json
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, page
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect
from functions.pages import sessions as pages

connect()
bp = Blueprint(__name__)


@route(bp, contract.SIGN_IN)
def sign_in(call: Call) -> Answer:
    """201 with the session's token, shown this once."""
    notice = notices.current()
    origin = Origin(call.network, call.country(settings.country_header()))
    email, password, code = call.body["email"], call.body["password"], call.body.get("code")
    session = signin.sign_in(email, password, code, origin, notice, call.visitor)
    body = new_session_shown(session, notice, announcement(notices.announced()))
    return Answer(201, body)


@route(bp, contract.LIST_SESSIONS)
def list_sessions(call: Call) -> Answer:
    """200 with a page of live sessions."""
    signed_in = sessions.authenticate(call.bearer)
    limit = call.query.get("limit", DEFAULT_LIMIT)
    after = decode(call.query.get("cursor"), ["id"])
    found = sessions.sessions(signed_in, after["id"] if after else None, limit)
    items: list[Json] = [session_shown(one, signed_in.session.id) for one in found.items]
    return Answer(200, page(items, {"id": found.next} if found.next else None))


@route(bp, contract.END_SESSIONS)
def end_sessions(call: Call) -> Answer:
    """204 when all sessions of the account have ended."""
    signout.sign_out_everywhere(sessions.authenticate(call.bearer), notices.current())
    return Answer(204, headers=_rotated(call))


@route(bp, contract.END_SESSION)
def end_session(call: Call, id: str) -> Answer:
    """204, also when it had ended already."""
    own = signout.sign_out(call.bearer, id, notices.current())
    return Answer(204, headers=_rotated(call) if own else {})


@route(bp, contract.INTROSPECT)
def introspect(call: Call) -> Answer:
    """200 with the state of a session, for the site's back end."""
    api_keys.authenticate(call.bearer, "introspection")
    found = references.introspect(call.body["token"])
    if found is None:
        return Answer(200, {"active": False})
    return Answer(200, introspection_shown(found.signed_in, found.reference))


def _rotated(call: Call) -> dict[str, str]:
    """Returns the header with the browser's new token, if the call named its token; else none."""
    return {} if call.visitor is None else {"Riserbo-Visitor": signout.new_browser()}


handler = lambda_handler((bp, pages.bp), "sessions")

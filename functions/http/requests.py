"""Requests: using a right, following the request and writing about it, downloading a copy."""

from chalice.app import Blueprint

from chalicelib.notices import service as notices
from chalicelib.requests import contract
from chalicelib.requests.presentation import export_shown, one_shown, request_shown
from chalicelib.requests.service import exports, following, intake, messages
from chalicelib.sessions import service as sessions
from chalicelib.web.app import lambda_handler
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, page
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

connect()
bp = Blueprint(__name__)


@route(bp, contract.MAKE)
def make(call: Call) -> Answer:
    """201 with the new request, completed where nothing is left to do; 200 with an open one."""
    asked, locale = contract.asked(call.body), call.body.get("locale")
    made = intake.make(call.bearer, asked, locale, notices.current())
    location = {"Location": f"/v1/requests/{made.request.request.id}"}
    return Answer(200 if made.already else 201, request_shown(made.request), location)


@route(bp, contract.LIST)
def list_requests(call: Call) -> Answer:
    """200 with a page of the person's requests."""
    signed_in = sessions.authenticate(call.bearer)
    after = decode(call.query.get("cursor"), ["id"])
    limit = call.query.get("limit", DEFAULT_LIMIT)
    found = following.listed(signed_in, after["id"] if after else None, limit, notices.current())
    items = [request_shown(one) for one in found.items]
    return Answer(200, page(items, {"id": found.next} if found.next else None))


@route(bp, contract.GET)
def get_request(call: Call, id: str) -> Answer:
    """200 with one of the person's requests, and what was written about it."""
    signed_in = sessions.authenticate(call.bearer)
    found = following.get(signed_in, id, notices.current())
    return Answer(200, one_shown(found, messages.told(signed_in.subject, found.request)))


@route(bp, contract.CANCEL)
def cancel(call: Call, id: str) -> Answer:
    """200 with the request, cancelled."""
    signed_in = sessions.authenticate(call.bearer)
    return Answer(200, request_shown(following.cancel(signed_in, id, notices.current())))


@route(bp, contract.MESSAGE)
def send_message(call: Call, id: str) -> Answer:
    """201 with the request, and the event of the message."""
    signed_in = sessions.authenticate(call.bearer)
    found = messages.send(signed_in, id, call.body["text"], notices.current())
    return Answer(201, request_shown(found))


@route(bp, contract.DISPUTE)
def dispute(call: Call, id: str) -> Answer:
    """200 with the request, which is open again."""
    signed_in = sessions.authenticate(call.bearer)
    found = messages.dispute(signed_in, id, call.body.get("text"), notices.current())
    return Answer(200, request_shown(found))


@route(bp, contract.EXPORT)
def get_export(call: Call, id: str) -> Answer:
    """200 with an address that works for a minute."""
    issued = exports.issue_export(sessions.authenticate(call.bearer), id)
    return Answer(200, export_shown(issued))


handler = lambda_handler(bp, "requests")

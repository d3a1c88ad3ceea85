"""Requests: asking for a copy of one's data, following it, downloading it."""

from chalice.app import Blueprint

from chalicelib.notices import service as notices
from chalicelib.requests import contract
from chalicelib.requests import service as requests
from chalicelib.requests.presentation import export_shown, request_shown
from chalicelib.sessions import service as sessions
from chalicelib.web.app import lambda_handler
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, page
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

connect()
bp = Blueprint(__name__)


@route(bp, contract.MAKE)
def make(call: Call) -> Answer:
    """201 with the new request; 200 with the one that is open already."""
    signed_in = sessions.authenticate(call.bearer)
    notice = notices.current()
    made = requests.make(
        signed_in, call.body["right"], call.body.get("details"), call.body.get("locale"), notice
    )
    status, found = (200 if made.already else 201), made.request
    return Answer(status, request_shown(found), {"Location": f"/v1/requests/{found.id}"})


@route(bp, contract.LIST)
def list_requests(call: Call) -> Answer:
    """200 with a page of the person's requests."""
    signed_in = sessions.authenticate(call.bearer)
    after = decode(call.query.get("cursor"), ["id"])
    limit = call.query.get("limit", DEFAULT_LIMIT)
    found = requests.listed(signed_in, after["id"] if after else None, limit)
    items = [request_shown(one) for one in found.items]
    return Answer(200, page(items, {"id": found.next} if found.next else None))


@route(bp, contract.GET)
def getrequest_shown(call: Call, id: str) -> Answer:
    """200 with one of the person's requests."""
    return Answer(200, request_shown(requests.get(sessions.authenticate(call.bearer), id)))


@route(bp, contract.EXPORT)
def get_export(call: Call, id: str) -> Answer:
    """200 with an address that works for a minute."""
    issued = requests.issue_export(sessions.authenticate(call.bearer), id)
    return Answer(200, export_shown(issued))


handler = lambda_handler(bp, "requests")

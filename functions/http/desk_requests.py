"""The desk's requests: open ones by due day, one with its history, entering, and deciding.

An operation imports the modules that only it needs.
"""

from chalice.app import Blueprint

from chalicelib.accounts.service.roles import officer, staff
from chalicelib.desk.contract import requests as contract
from chalicelib.desk.presentation import case_shown, listed_shown
from chalicelib.notices import service as notices
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import Json
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, page
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect
from functions.pages import desk_requests as pages

connect()
bp = Blueprint(__name__)


@route(bp, contract.LIST)
def list_requests(call: Call) -> Answer:
    """200 with a page of requests."""
    from chalicelib.requests.service import worklist

    staff(call.bearer)
    query = call.query
    wanted = worklist.Wanted(
        query.get("status"),
        query.get("right"),
        contract.day_in(query),
        query.get("overdue"),
        query.get("closed_in"),
    )
    after = contract.place_after(query)
    found = worklist.listed(wanted, after, query.get("limit", DEFAULT_LIMIT), notices.current())
    items: list[Json] = [listed_shown(one.subject, one.timed) for one in found.requests]
    return Answer(200, page(items, None if found.last is None else contract.place(*found.last)))


@route(bp, contract.ENTER)
def enter_request(call: Call) -> Answer:
    """201 with the request, or 200 with the open one of its right that it joined."""
    from chalicelib.requests.service import mailroom

    by, notice = officer(call.bearer).subject, notices.current()
    entered = mailroom.enter(by, contract.received_in(call.body), notice)
    shown = listed_shown(entered.subject, entered.timed)
    if entered.already:
        return Answer(200, shown)
    return Answer(201, shown, {"Location": f"/v1/desk/requests/{shown['id']}"})


@route(bp, contract.GET)
def get_request(call: Call, id: str) -> Answer:
    """200 with one request."""
    from chalicelib.requests.service import casework

    by, notice = staff(call.bearer).subject, notices.current()
    return Answer(200, case_shown(casework.read(by, id, notice), notice))


@route(bp, contract.READ_MESSAGES)
def list_messages(call: Call, id: str) -> Answer:
    """200 with a page of what the person of the request wrote."""
    from chalicelib.messages.presentation import message_shown
    from chalicelib.requests.service import correspondence

    by, notice = staff(call.bearer).subject, notices.current()
    after = decode(call.query.get("cursor"), ["id"])
    limit = call.query.get("limit", DEFAULT_LIMIT)
    found = correspondence.read(by, id, after["id"] if after else None, limit, notice)
    items: list[Json] = [message_shown(one) for one in found.items]
    return Answer(200, page(items, {"id": found.next} if found.next else None))


@route(bp, contract.ACT)
def act_on_request(call: Call, id: str) -> Answer:
    """200 with the request after the act."""
    from chalicelib.requests.service import casework

    by, notice = officer(call.bearer).subject, notices.current()
    done = casework.act(by, id, contract.act_in(call.body), notice)
    return Answer(200, listed_shown(done.subject, done.timed))


handler = lambda_handler((bp, pages.bp), "desk_requests")

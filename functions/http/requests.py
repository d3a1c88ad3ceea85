"""Requests: using a right, following the request and writing about it, downloading a copy."""

from chalice.app import Blueprint

from chalicelib.errors import Finding
from chalicelib.notices import service as notices
from chalicelib.receipts.service import closing
from chalicelib.requests.contract import course, results, submission, verification
from chalicelib.requests.paths import CONFIRM, DOWNLOAD
from chalicelib.requests.presentation import export_shown, one_shown, request_shown
from chalicelib.requests.service import (
    access,
    browsers,
    exports,
    intake,
    messages,
    own_erasure,
    proof,
    unproven,
    view,
)
from chalicelib.sessions import service as sessions
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import HTML
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, page
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.former import onward
from chalicelib.web.validation import unfit
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect
from functions.pages import requests as pages

connect()
bp = Blueprint(__name__)


@route(bp, submission.MAKE)
def make(call: Call) -> Answer:
    """201 with the new request, completed where nothing is left to do; 200 with an open one.

    202 without a session: the address has to be proven. A browser's own erasure needs neither.
    """
    asked, locale, email = (
        submission.asked(call.body),
        call.body.get("locale"),
        call.body.get("email"),
    )
    if call.bearer is None and call.visitor is not None and submission.by_browser(call.body):
        notice = notices.current()
        spoken = locale or call.locale(notice.locales)
        return _made(browsers.erase(call.visitor, spoken, call.network, notice))
    if call.bearer is None and email is not None:
        made_id = unproven.make(asked, email, locale, call.network, notices.current())
        return Answer(202, {"id": made_id, "status": "awaiting_verification"})
    if email is not None:
        raise unfit((Finding("/email", "the session says who asks; remove it"),))
    notice, own = notices.current(), None
    if "password" in call.body:
        proof_of = call.body["password"], call.body.get("code")
        own = own_erasure.prove(call.bearer, *proof_of, call.network, notice)
    return _made(intake.make(call.bearer, asked, locale, notice, own))


def _made(made: intake.Made) -> Answer:
    location = {"Location": f"/v1/requests/{made.request.request.id}"}
    return Answer(200 if made.already else 201, request_shown(made.request), location)


@route(bp, verification.PROVE)
def prove(call: Call, id: str) -> Answer:
    """200 with the request; 303 for a form, to the page where its person presses once more."""
    notice = notices.current()
    again = onward(call, Done(CONFIRM.format(id=id), query=_link(call)))
    if again is not None:
        return again
    if "token" in call.body:
        found = proof.by_link(id, call.body["token"], notice)
    elif "code" in call.body:
        found = proof.by_code(id, call.body["code"], call.network, notice)
    else:
        found = proof.by_session(call.bearer, id, notice)
    return Answer(200, {"request": request_shown(found.request), "token": found.token})


def _link(call: Call) -> dict[str, str]:
    """The token of the mailed link in a form that an older page sent.

    Such a form does nothing here: what a page may do, and a form of another site may not, only
    the guard of pages can tell.
    """
    return {"token": call.body["token"]} if "token" in call.body else {}


@route(bp, verification.PROVE_AGAIN)
def prove_again(call: Call, id: str) -> Answer:
    """202, whether or not such a request waits."""
    unproven.ask_again(id, call.network, notices.current())
    return Answer(202, {"status": "requested"})


@route(bp, course.LIST)
def list_requests(call: Call) -> Answer:
    """200 with a page of the person's requests."""
    signed_in = sessions.authenticate(call.bearer)
    after = decode(call.query.get("cursor"), ["id"])
    limit = call.query.get("limit", DEFAULT_LIMIT)
    found = view.listed(signed_in, after["id"] if after else None, limit, notices.current())
    items = [request_shown(one) for one in found.items]
    return Answer(200, page(items, {"id": found.next} if found.next else None))


@route(bp, course.GET)
def get_request(call: Call, id: str) -> Answer:
    """200 with one of the person's requests, and what was written about it."""
    own = access.owner(call.bearer, id, call.visitor)
    found = view.get(own, id, notices.current())
    return Answer(200, one_shown(found, messages.told(own.subject, found.request)))


@route(bp, course.CANCEL)
def cancel(call: Call, id: str) -> Answer:
    """200 with the request, cancelled."""
    own = access.owner(call.bearer, id)
    return Answer(200, request_shown(view.cancel(own, id, notices.current())))


@route(bp, course.MESSAGE)
def send_message(call: Call, id: str) -> Answer:
    """201 with the request, and the event of the message."""
    own = access.owner(call.bearer, id)
    found = messages.send(own, id, call.body["text"], notices.current())
    return Answer(201, request_shown(found))


@route(bp, course.DISPUTE)
def dispute(call: Call, id: str) -> Answer:
    """200 with the request, which is open again."""
    own = access.owner(call.bearer, id)
    found = messages.dispute(own, id, call.body.get("text"), notices.current())
    return Answer(200, request_shown(found))


@route(bp, results.RECEIPT)
def get_closing_receipt(call: Call, id: str) -> Answer:
    """200 with the receipt of an erasure that was carried out, as data or as a document."""
    own = access.owner(call.bearer, id, call.visitor)
    receipt = view.receipt_of(own, id, notices.current())
    if call.media_type == HTML:
        page, locale = closing.document(receipt, notices.current(), call.locale)
        return Answer(200, page, {"Content-Language": locale}, HTML)
    return Answer(200, {"receipt": receipt, "content": closing.content_of(receipt)})


@route(bp, results.EXPORT)
def get_export(call: Call, id: str) -> Answer:
    """200 with an address that works for a minute."""
    issued = exports.issue_export(access.owner(call.bearer, id), id, notices.current())
    return Answer(200, export_shown(issued))


@route(bp, results.ISSUE)
def issue(call: Call, id: str) -> Answer:
    """200 with an address that works for a minute; 303 to the page for a form."""
    again = onward(call, Done(DOWNLOAD.format(id=id), query=_link(call)))
    if again is not None:
        return again
    return Answer(
        200, export_shown(exports.issue_by_link(id, call.body["token"], notices.current()))
    )


handler = lambda_handler((bp, pages.bp), "requests")

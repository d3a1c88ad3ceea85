"""Accounts: registering, proving the address, one's own account."""

from chalice.app import Blueprint

from chalicelib.accounts import contract
from chalicelib.accounts.service import profile, registration, verification
from chalicelib.accounts.service.pages import verification_page, verified_page
from chalicelib.clock import instant
from chalicelib.notices import service as notices
from chalicelib.sessions import service as sessions
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import HTML
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

connect()
bp = Blueprint(__name__)


@route(bp, contract.REGISTER)
def register(call: Call) -> Answer:
    """202, whether or not somebody holds the address."""
    registration.register(call.body, notices.current())
    return Answer(202, {"status": "awaiting_verification"})


@route(bp, contract.SHOW_VERIFICATION)
def show_verification(call: Call) -> Answer:
    """A page with one button; it looks nothing up and changes nothing."""
    page = verification_page(notices.current(), call.locale, call.query["token"])
    return Answer(200, page, media_type=HTML)


@route(bp, contract.VERIFY)
def verify(call: Call) -> Answer:
    """200 when the address is proven, as JSON or as a page for who pressed the button."""
    notice = notices.current()
    verification.verify(call.body["token"], notice)
    if call.media_type == HTML:
        return Answer(200, verified_page(notice, call.locale), media_type=HTML)
    return Answer(200, {"status": "verified"})


@route(bp, contract.ACCOUNT)
def account(call: Call) -> Answer:
    """200 with the account of the session."""
    held = profile.account(sessions.authenticate(call.bearer))
    return Answer(
        200,
        {
            "id": held.id,
            "state": held.state,
            "locale": held.locale,
            "registered_at": instant(held.registered_at),
            "notice_version": held.notice_version,
            "profile": {category: dict(fields) for category, fields in held.profile.items()},
        },
    )


handler = lambda_handler(bp, "accounts")

"""Accounts: registering, proving or disavowing the address, and keeping an unused account."""

from collections.abc import Mapping
from functools import partial

from chalice.app import Blueprint

from chalicelib.accounts.contract import registration as contract
from chalicelib.accounts.contract import warnings as warnings_contract
from chalicelib.accounts.service import activity, disavowal, forms, registration, verification
from chalicelib.accounts.service.proof import Next
from chalicelib.notices import service as notices
from chalicelib.requests.model import Channel
from chalicelib.requests.service.intake import open_request
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import Json
from chalicelib.web.pages.former import onward
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect
from functions.pages import accounts as pages

connect()
bp = Blueprint(__name__)

_open_request = partial(open_request, channel=Channel.EMAIL)

VERIFIED: Mapping[Next, Json] = {
    Next.SIGN_IN: {"status": "verified"},
    Next.CHOOSE_PASSWORD: {"status": "verified", "next": "choose_password"},
}
"""The answer to a proof of an address, by the person's next step."""


@route(bp, contract.REGISTER)
def register(call: Call) -> Answer:
    """202, whether or not an account holds the address."""
    registration.register(call.body, call.network, notices.current(), gpc=call.gpc)
    return Answer(202, {"status": "awaiting_verification"})


@route(bp, contract.FORM_DESCRIPTION)
def get_form(call: Call) -> Answer:
    """200 with the fields of the registration form."""
    notice = notices.current()
    locale = call.locale(notice.locales)
    headers = {"Cache-Control": "public, max-age=60", "Content-Language": locale}
    return Answer(200, forms.described(notice, locale), headers)


@route(bp, contract.VERIFY)
def verify(call: Call) -> Answer:
    """200 when the address is proven; 303 to a page for a form."""
    then = verification.prove(call.body, call.network, notices.current())
    return onward(call, pages.VERIFIED[then]) or Answer(200, VERIFIED[then])


@route(bp, contract.RESEND)
def resend(call: Call) -> Answer:
    """202, whether or not a registration waits for the address."""
    verification.ask_again(call.body["email"], call.network, notices.current())
    return Answer(202, {"status": "requested"})


@route(bp, contract.DISAVOW)
def disavow(call: Call) -> Answer:
    """200 with the outcome; 303 to a page for a form."""
    outcome = disavowal.disavow(call.body["token"], notices.current(), _open_request)
    return onward(call, pages.DISAVOWED[outcome]) or Answer(200, {"status": str(outcome)})


@route(bp, warnings_contract.KEEP)
def keep_account(call: Call) -> Answer:
    """200 when the account stays; 303 to a page for a form."""
    activity.keep(call.body["token"], notices.current())
    return onward(call, pages.KEPT) or Answer(200, {"status": "kept"})


handler = lambda_handler((bp, pages.bp), "accounts")

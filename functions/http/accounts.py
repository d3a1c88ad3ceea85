"""Accounts: registering, proving or disavowing the address, and keeping an unused account."""

from collections.abc import Mapping
from functools import partial

from chalice.app import Blueprint

from chalicelib.accounts.contract import registration as contract
from chalicelib.accounts.contract import warnings as warnings_contract
from chalicelib.accounts.service import activity, disavowal, forms, registration, verification
from chalicelib.accounts.service.activity import AccountGone
from chalicelib.accounts.service.disavowal import Outcome
from chalicelib.accounts.service.pages import (
    disavowal_page,
    disavowed_before_page,
    disavowed_page,
    keep_gone_page,
    keep_page,
    kept_before_page,
    kept_page,
    verification_page,
    verified_before_page,
    verified_page,
)
from chalicelib.accounts.service.proof import Next
from chalicelib.accounts.service.shown import WrongPassword
from chalicelib.notices import service as notices
from chalicelib.requests.model import Channel
from chalicelib.requests.service.intake import open_request
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import HTML, Json
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

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


@route(bp, contract.SHOW_VERIFICATION)
def show_verification(call: Call) -> Answer:
    """A page with one button; it looks nothing up and changes nothing."""
    page = verification_page(notices.current(), call.locale, call.query["token"])
    return Answer(200, page, media_type=HTML)


@route(bp, contract.VERIFY, again=verified_before_page)
def verify(call: Call) -> Answer:
    """200 when the address is proven: JSON, or a page for a form."""
    notice = notices.current()
    try:
        then = verification.prove(call.body, call.network, notice)
    except WrongPassword:
        if call.media_type != HTML or "token" not in call.body:
            raise
        page = verification_page(notice, call.locale, call.body["token"], refused=True)
        return Answer(403, page, media_type=HTML)
    if call.media_type == HTML:
        return Answer(200, verified_page(notice, call.locale, then), media_type=HTML)
    return Answer(200, VERIFIED[then])


@route(bp, contract.RESEND)
def resend(call: Call) -> Answer:
    """202, whether or not a registration waits for the address."""
    verification.ask_again(call.body["email"], call.network, notices.current())
    return Answer(202, {"status": "requested"})


@route(bp, contract.SHOW_DISAVOWAL)
def show_disavowal(call: Call) -> Answer:
    """A page with one button; it looks nothing up and changes nothing."""
    page = disavowal_page(notices.current(), call.locale, call.query["token"])
    return Answer(200, page, media_type=HTML)


@route(bp, contract.DISAVOW, again=disavowed_before_page)
def disavow(call: Call) -> Answer:
    """200 with the outcome."""
    notice = notices.current()
    outcome = disavowal.disavow(call.body["token"], notice, _open_request)
    if call.media_type == HTML:
        verified = outcome is Outcome.REQUEST_OPENED
        page = disavowed_page(notice, call.locale, verified=verified)
        return Answer(200, page, media_type=HTML)
    return Answer(200, {"status": str(outcome)})


@route(bp, warnings_contract.SHOW_WARNING)
def show_warning(call: Call) -> Answer:
    """A page with one button; it looks nothing up and changes nothing."""
    page = keep_page(notices.current(), call.locale, call.query["token"])
    return Answer(200, page, media_type=HTML)


@route(bp, warnings_contract.KEEP, again=kept_before_page)
def keep_account(call: Call) -> Answer:
    """200 when the account stays; a person is told in words when it is gone."""
    notice = notices.current()
    try:
        activity.keep(call.body["token"], notice)
    except AccountGone as gone:
        if call.media_type != HTML:
            raise
        return Answer(gone.status, keep_gone_page(notice, call.locale), media_type=HTML)
    if call.media_type == HTML:
        return Answer(200, kept_page(notice, call.locale), media_type=HTML)
    return Answer(200, {"status": "kept"})


handler = lambda_handler(bp, "accounts")

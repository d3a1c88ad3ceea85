"""Credentials: choosing another password, and the second factor."""

from chalice.app import Blueprint

from chalicelib.accounts.contract import credentials as contract
from chalicelib.accounts.contract import second_factor as factor_contract
from chalicelib.accounts.service import credentials, enrolment
from chalicelib.notices import service as notices
from chalicelib.sessions import service as sessions
from chalicelib.web.app import lambda_handler
from chalicelib.web.pages.former import onward
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect
from functions.pages import credentials as pages

connect()
bp = Blueprint(__name__)


@route(bp, contract.ASK_RESET)
def ask_reset(call: Call) -> Answer:
    """202, whether or not an account holds the address; 303 to a page for a form."""
    credentials.ask_reset(call.body["email"], call.network, notices.current())
    return onward(call, pages.ASKED) or Answer(202, {"status": "requested"})


@route(bp, contract.RESET)
def reset(call: Call) -> Answer:
    """204 when the password is changed."""
    credentials.reset(call.body["token"], call.body["password"], notices.current())
    return Answer(204)


@route(bp, contract.CONFIRM_RESET)
def confirm_reset(call: Call) -> Answer:
    """200 when the password is changed; 303 to a page for a form."""
    credentials.reset(call.body["token"], call.body["password"], notices.current())
    return onward(call, pages.CHANGED) or Answer(200, {"status": "changed"})


@route(bp, contract.CHANGE_PASSWORD)
def change_password(call: Call) -> Answer:
    """204 when the password is changed."""
    signed_in = sessions.authenticate(call.bearer)
    current, password = call.body["current_password"], call.body["password"]
    code, notice = call.body.get("code"), notices.current()
    credentials.change(signed_in, current, password, call.network, notice, code)
    return Answer(204)


@route(bp, factor_contract.OFFER)
def offer_second_factor(call: Call) -> Answer:
    """201 with the secret, shown this once."""
    signed_in = sessions.authenticate(call.bearer)
    password = call.body["password"]
    offered = enrolment.offer(signed_in, password, call.network, notices.current())
    return Answer(201, {"secret": offered.secret, "uri": offered.uri})


@route(bp, factor_contract.CONFIRM)
def confirm_second_factor(call: Call) -> Answer:
    """200 with the recovery codes, shown this once."""
    signed_in = sessions.authenticate(call.bearer)
    codes = enrolment.confirm(signed_in, call.body["code"], call.network, notices.current())
    return Answer(200, {"recovery_codes": list(codes)})


@route(bp, factor_contract.RENEW_RECOVERY_CODES)
def renew_recovery_codes(call: Call) -> Answer:
    """200 with new recovery codes, shown this once; the old ones stop working."""
    signed_in = sessions.authenticate(call.bearer)
    password, code = call.body["password"], call.body["code"]
    codes = enrolment.renew_recovery_codes(
        signed_in, password, code, call.network, notices.current()
    )
    return Answer(200, {"recovery_codes": list(codes)})


@route(bp, factor_contract.REMOVE)
def remove_second_factor(call: Call) -> Answer:
    """204 when the account has no second factor any more."""
    signed_in = sessions.authenticate(call.bearer, with_role=True)
    password, code = call.body["password"], call.body["code"]
    enrolment.remove(signed_in, password, code, call.network, notices.current())
    return Answer(204)


handler = lambda_handler((bp, pages.bp), "credentials")

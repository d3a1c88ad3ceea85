"""One's own account: the profile, preferences, changing the address, deactivation."""

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.accounts.contract import address as address_contract
from chalicelib.accounts.contract import profile as contract
from chalicelib.accounts.presentation import account_shown, preferences_shown
from chalicelib.accounts.service import address, deactivation, preferences, profile, references
from chalicelib.accounts.service.profile import Account
from chalicelib.api_keys import service as api_keys
from chalicelib.consents.no import Door, no_in
from chalicelib.consents.service.capture import Preferred
from chalicelib.errors import Problem
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.publications.contract import announcements as publications_contract
from chalicelib.publications.presentation import obligation_shown
from chalicelib.publications.service import told
from chalicelib.sessions import service as sessions
from chalicelib.web.app import lambda_handler
from chalicelib.web.conditional import matches, tag_of
from chalicelib.web.contract import Json
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, page
from chalicelib.web.pages.former import onward
from chalicelib.web.salvage import Kept, Loose
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect
from functions.pages import profile as pages

connect()
bp = Blueprint(__name__)


@route(bp, contract.ACCOUNT)
def get_account(call: Call) -> Answer:
    """200 with the account of the session."""
    return _answer(profile.account(call.bearer, notices.current()))


@route(bp, contract.CORRECT)
def correct(call: Call) -> Answer:
    """200 with the corrected account."""
    if_match = call.headers.one("If-Match")
    account = profile.correct(
        call.bearer,
        call.body,
        lambda stands: matches(if_match, tag_of(account_shown(stands))),
        notices.current(),
    )
    return _answer(account)


def _keep(loose: Loose, _: Problem) -> Kept | None:
    """Records the refusals of invalid preferences."""
    notice, call = notices.current(), loose.call
    no = no_in(loose.body, Door.OWN, signal=call.gpc, unread=loose.unread)
    kept = preferences.keep(call.bearer, call.visitor, no, loose.body, call.locale, notice)
    return None if kept is None else Kept(200, _preferred(kept, notice), no.asks)


@route(bp, contract.PREFERENCES, keep=_keep)
def set_preferences(call: Call) -> Answer:
    """200 with the preferences."""
    notice = notices.current()
    reading = call.locale(notice.locales)
    preferred = preferences.prefer(call.bearer, call.body, reading, call.gpc, notice, call.network)
    return Answer(200, _preferred(preferred, notice))


@route(bp, contract.DEACTIVATE)
def deactivate(call: Call) -> Answer:
    """200 with the effects on the data, and how to have it erased."""
    notice = notices.current()
    signed_in = sessions.authenticate(call.bearer)
    told = deactivation.deactivate(signed_in, call.locale(notice.locales), notice)
    return Answer(
        200,
        {
            "status": "deactivated",
            "data": told.data,
            "erasure": told.erasure,
            "contact": told.contact,
        },
    )


@route(bp, contract.REACTIVATE)
def reactivate(call: Call) -> Answer:
    """200 when the account is active again."""
    deactivation.reactivate(sessions.authenticate(call.bearer), notices.current(), call.network)
    return Answer(200, {"status": "active"})


@route(bp, contract.REFER)
def refer(call: Call, id: str) -> Answer:
    """204 when the site's own id is stored."""
    api_keys.authenticate(call.bearer, "accounts")
    references.refer(id, call.body["reference"], notices.current())
    return Answer(204)


@route(bp, publications_contract.LIST)
def list_account_notices(call: Call) -> Answer:
    """200 with a page of the changes that the person was told of, newest first."""
    signed_in = sessions.authenticate(call.bearer)
    after = decode(call.query.get("cursor"), ["id"])
    limit = call.query.get("limit", DEFAULT_LIMIT)
    found = told.told(signed_in, after["id"] if after else None, limit)
    items = [obligation_shown(one) for one in found.items]
    return Answer(200, page(items, {"id": found.next} if found.next else None))


@route(bp, publications_contract.ACKNOWLEDGE)
def acknowledge_notice(call: Call, version: str) -> Answer:
    """204 when it is recorded that the person has seen a change."""
    told.acknowledge(sessions.authenticate(call.bearer), version)
    return Answer(204)


@route(bp, address_contract.CHANGE_ADDRESS)
def change_address(call: Call) -> Answer:
    """202, whether or not an account holds the new address."""
    signed_in = sessions.authenticate(call.bearer)
    email, password, code = call.body["email"], call.body["password"], call.body.get("code")
    address.ask(signed_in, email, password, call.network, notices.current(), code)
    return Answer(202, {"status": "awaiting_confirmation"})


@route(bp, address_contract.CONFIRM_ADDRESS)
def confirm_address(call: Call) -> Answer:
    """200 when the account has moved; 303 to a page for a form."""
    address.confirm(call.body["token"], notices.current(), call.body.get("password", ""))
    return onward(call, pages.CONFIRMED) or Answer(200, {"status": "confirmed"})


@route(bp, address_contract.UNDO_ADDRESS)
def undo_address(call: Call) -> Answer:
    """200 when the account is back at its old address; 303 to a page for a form."""
    address.undo(call.body["token"], notices.current())
    return onward(call, pages.UNDONE) or Answer(200, {"status": "undone"})


def _answer(account: Account) -> Answer:
    body = account_shown(account)
    return Answer(200, body, {"ETag": tag_of(body)})


def _preferred(preferred: Preferred, notice: Notice) -> dict[str, Json]:
    notifications = profile.notifications(preferred.standing, notice)
    return preferences_shown(preferred.standing, notifications, preferred.data, notice, clock.now())


handler = lambda_handler((bp, pages.bp), "profile")

"""The pages of sessions: signing in, by a second factor too, one's devices, and signing out."""

from contextlib import suppress

from chalice.app import Blueprint

from chalicelib import clock, settings
from chalicelib.accounts.contract import session_pages
from chalicelib.accounts.contract import signin_pages as contract
from chalicelib.accounts.pages.devices import devices_page
from chalicelib.accounts.pages.signin import code_page, sign_in_page
from chalicelib.accounts.paths import HOME
from chalicelib.accounts.service import awake, signin, signout, tickets
from chalicelib.accounts.service.signin import NewSession, Origin, TicketNotValid
from chalicelib.errors import NotFound, TooManyRequests, Unauthenticated
from chalicelib.sessions import service as sessions
from chalicelib.web.answer import Answer
from chalicelib.web.cursor import DEFAULT_LIMIT, decode
from chalicelib.web.pages import again, cookie
from chalicelib.web.pages.answers import Done, onward
from chalicelib.web.pages.contract import AGAIN
from chalicelib.web.pages.destinations import destination
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)

DESK = "desk"
"""The first step of the paths of the desk."""

SIGNED_OUT = Done(HOME, "signed_out", cookie=cookie.ended())
"""The page after signing out, here or everywhere."""


@shows(bp, contract.SIGN_IN)
def show_sign_in(visit: Visit) -> str:
    """The page that asks for address and password."""
    return sign_in_page(visit)


@acts(bp, contract.SIGN_IN_FORM, again=show_sign_in)
def sign_in(visit: Visit) -> Done:
    """To the page that asked for a session, or to the one that asks for a code."""
    email, password = visit.body["email"], visit.body["password"]
    begun = signin.begin(email, password, _origin(visit), visit.notice)
    if isinstance(begun, NewSession):
        return _signed_in(begun, visit)
    ticket = cookie.opened(begun, int(tickets.VALID.total_seconds()))
    return Done(contract.CODE.path, query=_to(visit), cookie=ticket)


@shows(bp, contract.CODE)
def show_code(visit: Visit) -> str | Done:
    """The page that asks for a code; where no password was given, the page before it."""
    if cookie.held(visit.call.headers) is None:
        return Done(contract.SIGN_IN.path, query=_to(visit))
    return code_page(visit)


@acts(bp, contract.CODE_FORM, again=show_code)
def sign_in_by_code(visit: Visit) -> Done:
    """To the page that asked for a session; back to the start where too much time has passed."""
    ticket = cookie.held(visit.call.headers)
    try:
        session = signin.go_on(ticket, visit.body["code"], _origin(visit), visit.notice)
    except TicketNotValid:
        return Done(contract.SIGN_IN.path, "again", _to(visit), cookie.ended())
    return _signed_in(session, visit)


@acts(bp, contract.PROVE_FORM)
def prove_again(visit: Visit) -> Answer:
    """To the form's own address with the same form, once its code is used up or refused."""
    to = destination(visit.call.query.get("to"))
    if to.split("/")[1] != DESK:
        raise NotFound("Only forms of the desk go this way.")
    refused = ""
    try:
        awake.prove(visit.session, visit.body.get(AGAIN), visit.call.network, visit.notice)
    except (TooManyRequests, Unauthenticated) as problem:
        refused = again.outcome_of(problem)
    return onward(to, visit.frame, **{again.OUTCOME: refused})


@acts(bp, contract.SIGN_OUT_FORM)
def sign_out(visit: Visit) -> Done:
    """To the home page, also where the session had ended already."""
    with suppress(Unauthenticated):
        signout.sign_out(visit.session, "current", visit.notice)
    return SIGNED_OUT


@shows(bp, session_pages.SESSIONS_PAGE)
def show_sessions(visit: Visit) -> str:
    """The sessions of the account, each with the button that ends it."""
    signed_in = sessions.authenticate(visit.session)
    after = decode(visit.call.query.get("cursor"), ["id"])
    found = sessions.sessions(signed_in, after["id"] if after else None, DEFAULT_LIMIT)
    return devices_page(visit.speaking(signed_in.standing.locale), signed_in, found)


@acts(bp, session_pages.SESSIONS_FORM, again=show_sessions)
def end_sessions(visit: Visit) -> Done:
    """To the same page; to the home page where this session has ended too."""
    chosen = visit.body["end"]
    if chosen == session_pages.ALL:
        signout.sign_out_everywhere(sessions.authenticate(visit.session), visit.notice)
    elif not signout.sign_out(visit.session, chosen, visit.notice):
        return Done(session_pages.SESSIONS_PAGE.path, "ended")
    return SIGNED_OUT


def _origin(visit: Visit) -> Origin:
    return Origin(visit.call.network, visit.call.country(settings.country_header()))


def _to(visit: Visit) -> dict[str, str]:
    return {"to": visit.body.get("to") or visit.value("to")}


def _signed_in(session: NewSession, visit: Visit) -> Done:
    lasts = int((session.expires_at - clock.now()).total_seconds())
    return Done(destination(_to(visit)["to"]), cookie=cookie.opened(session.token, lasts))

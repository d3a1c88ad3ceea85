"""The pages of credentials: choosing a new password by a mailed link, or signed in."""

from chalice.app import Blueprint

from chalicelib.accounts.contract import password_pages
from chalicelib.accounts.contract import reset_pages as contract
from chalicelib.accounts.pages.password import password_page
from chalicelib.accounts.pages.reset import ask_page, new_password_page
from chalicelib.accounts.paths import SIGN_IN
from chalicelib.accounts.service import credentials
from chalicelib.errors import DoneAlready
from chalicelib.sessions import service as sessions
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.former import moved
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)

ASKED = Done(contract.ASK_PAGE.path, "sent")
"""The page after asking for a link."""

CHANGED = Done(SIGN_IN, "password")
"""The page after choosing a password."""


@shows(bp, contract.ASK_PAGE)
def show_reset(visit: Visit) -> str:
    """The form for an address."""
    return ask_page(visit)


@acts(bp, contract.ASK_FORM, again=show_reset)
def ask_reset(visit: Visit) -> Done:
    """To the same page, whether or not an account holds the address."""
    credentials.ask_reset(visit.body["email"], visit.call.network, visit.notice)
    return ASKED


@shows(bp, contract.NEW_PAGE)
def show_new_password(visit: Visit) -> str:
    """The form for the new password; it looks nothing up and changes nothing."""
    return new_password_page(visit)


@acts(bp, contract.NEW_FORM, again=show_new_password)
def reset(visit: Visit) -> Done:
    """To the page for signing in; where the link was used before, to the one for another link."""
    try:
        credentials.reset(visit.body["token"], visit.body["password"], visit.notice)
    except DoneAlready:
        return Done(contract.ASK_PAGE.path, "before")
    return CHANGED


@shows(bp, password_pages.PASSWORD_PAGE)
def show_own_password(visit: Visit) -> str:
    """The form for the password now and the new one."""
    signed_in = sessions.authenticate(visit.session)
    return password_page(visit.speaking(signed_in.standing.locale), signed_in)


@acts(bp, password_pages.PASSWORD_FORM, again=show_own_password)
def change_password(visit: Visit) -> Done:
    """To the same page, which says that the password is changed."""
    signed_in = sessions.authenticate(visit.session)
    current, password = visit.body["current_password"], visit.body["password"]
    code, network = visit.body.get("code"), visit.call.network
    credentials.change(signed_in, current, password, network, visit.notice, code)
    return Done(password_pages.PASSWORD_PAGE.path, "changed")


moved(
    bp,
    {
        "/v1/password-resets": contract.ASK_PAGE.path,
        "/v1/password-resets/confirmation": contract.NEW_PAGE.path,
    },
)

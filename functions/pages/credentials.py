"""The pages of credentials: choosing a new password, and the second factor."""

from collections.abc import Callable, Mapping

from chalice.app import Blueprint

from chalicelib.accounts.contract import password_pages, second_factor_pages
from chalicelib.accounts.contract import reset_pages as contract
from chalicelib.accounts.pages.password import password_page
from chalicelib.accounts.pages.reset import ask_page, new_password_page
from chalicelib.accounts.pages.second_factor import codes_page, off_page, offered_page, on_page
from chalicelib.accounts.paths import SIGN_IN
from chalicelib.accounts.service import credentials, enrolment, second_factor
from chalicelib.errors import DoneAlready
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import SignedIn
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


@shows(bp, second_factor_pages.SECOND_FACTOR_PAGE)
def show_second_factor(visit: Visit) -> str:
    """The second factor as it stands; what was offered again, where only its code was refused."""
    signed_in = sessions.authenticate(visit.session, with_role=True)
    known = visit.speaking(signed_in.standing.locale)
    stands = second_factor.stands(signed_in.subject)
    if stands is not None:
        return on_page(known, stands, bound=signed_in.given is not None)
    secret = visit.typed.get(second_factor_pages.SECRET)
    offered = enrolment.offered_still(signed_in, secret, visit.notice) if secret else None
    return off_page(known) if offered is None else offered_page(known, offered)


@acts(bp, second_factor_pages.SECOND_FACTOR_FORM, again=show_second_factor)
def change_second_factor(visit: Visit) -> str | Done:
    """A page with what is shown once; after a removal, to the page that says so.

    A secret and recovery codes may stand in no address and in no storage that a redirect could
    read them from. So the answer to the form is itself the page, with 200 and no-store. Loading it
    again sends the form again, which is refused: the secret is replaced only with the password, a
    code works once, and what is on cannot be switched on.
    """
    signed_in = sessions.authenticate(visit.session, with_role=True)
    known = visit.speaking(signed_in.standing.locale)
    return _CHANGES[visit.body[second_factor_pages.ACT]](known, signed_in)


def _offer(visit: Visit, signed_in: SignedIn) -> str:
    password, network = visit.body["current_password"], visit.call.network
    return offered_page(visit, enrolment.offer(signed_in, password, network, visit.notice))


def _confirm(visit: Visit, signed_in: SignedIn) -> str:
    code, secret = visit.body["code"], visit.body[second_factor_pages.SECRET]
    codes = enrolment.confirm(signed_in, code, visit.call.network, visit.notice, secret)
    return codes_page(visit, codes, renewed=False)


def _renew(visit: Visit, signed_in: SignedIn) -> str:
    password, code, network = _proof(visit)
    codes = enrolment.renew_recovery_codes(signed_in, password, code, network, visit.notice)
    return codes_page(visit, codes, renewed=True)


def _remove(visit: Visit, signed_in: SignedIn) -> Done:
    password, code, network = _proof(visit)
    enrolment.remove(signed_in, password, code, network, visit.notice)
    return Done(second_factor_pages.SECOND_FACTOR, "removed")


def _proof(visit: Visit) -> tuple[str, str, str]:
    return visit.body["current_password"], visit.body["code"], visit.call.network


_CHANGES: Mapping[str, Callable[[Visit, SignedIn], str | Done]] = {
    second_factor_pages.OFFER: _offer,
    second_factor_pages.CONFIRM: _confirm,
    second_factor_pages.RENEW: _renew,
    second_factor_pages.REMOVE: _remove,
}
"""The use case of each button."""

moved(
    bp,
    {
        "/v1/password-resets": contract.ASK_PAGE.path,
        "/v1/password-resets/confirmation": contract.NEW_PAGE.path,
    },
)

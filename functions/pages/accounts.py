"""The pages of accounts: registering, proving or disavowing an address, keeping an account."""

from collections.abc import Mapping
from functools import partial

from chalice.app import Blueprint

from chalicelib.accounts.contract import registration_pages as contract
from chalicelib.accounts.pages.links import disavowal_page, keep_page
from chalicelib.accounts.pages.registration import registration_page
from chalicelib.accounts.pages.verification import resend_page, verification_page
from chalicelib.accounts.paths import SIGN_IN
from chalicelib.accounts.service import activity, disavowal, registration, verification
from chalicelib.accounts.service.disavowal import Outcome
from chalicelib.accounts.service.proof import Next
from chalicelib.errors import DoneAlready
from chalicelib.requests.model import Channel
from chalicelib.requests.service.intake import open_request
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.former import moved
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)

_open_request = partial(open_request, channel=Channel.EMAIL)

VERIFIED: Mapping[Next, Done] = {
    Next.SIGN_IN: Done(SIGN_IN, "verified"),
    Next.CHOOSE_PASSWORD: Done(contract.VERIFICATION_PAGE.path, "proven"),
}
"""The page after a proof of an address, by the person's next step."""

DISAVOWED: Mapping[Outcome, Done] = {
    Outcome.DISOWNED: Done(contract.DISAVOWAL_PAGE.path, "disowned"),
    Outcome.REQUEST_OPENED: Done(contract.DISAVOWAL_PAGE.path, "asked"),
}
"""The page after a disavowal, by its outcome."""

KEPT = Done(contract.KEEP_PAGE.path, "kept")
"""The page after keeping an account."""


@shows(bp, contract.REGISTER_PAGE)
def show_registration(visit: Visit) -> str:
    """The form of the notice."""
    return registration_page(visit)


@acts(bp, contract.REGISTER_FORM, again=show_registration)
def register(visit: Visit) -> Done:
    """To the page that says that a mail is on its way, whether or not the address is known."""
    body = contract.registration(visit.body, visit.notice)
    registration.register(body, visit.call.network, visit.notice, gpc=visit.call.gpc)
    return Done(contract.VERIFICATION_PAGE.path, "sent")


@shows(bp, contract.VERIFICATION_PAGE)
def show_verification(visit: Visit) -> str:
    """The form for a link's button or a code; it looks nothing up and changes nothing."""
    return verification_page(visit)


@acts(bp, contract.VERIFICATION_FORM, again=show_verification)
def verify(visit: Visit) -> Done:
    """To the page for signing in, or to where it says that a mail for a password follows."""
    try:
        then = verification.prove(contract.proof(visit.body), visit.call.network, visit.notice)
    except DoneAlready:
        return Done(contract.VERIFICATION_PAGE.path, "before")
    return VERIFIED[then]


@shows(bp, contract.RESEND_PAGE)
def show_resend(visit: Visit) -> str:
    """The form for an address."""
    return resend_page(visit)


@acts(bp, contract.RESEND_FORM, again=show_resend)
def resend(visit: Visit) -> Done:
    """To the page for the code, whether or not a registration waits for the address."""
    verification.ask_again(visit.body["email"], visit.call.network, visit.notice)
    return Done(contract.VERIFICATION_PAGE.path, "resent")


@shows(bp, contract.DISAVOWAL_PAGE)
def show_disavowal(visit: Visit) -> str:
    """One button; it looks nothing up and changes nothing."""
    return disavowal_page(visit)


@acts(bp, contract.DISAVOWAL_FORM, again=show_disavowal)
def disavow(visit: Visit) -> Done:
    """To what came of it."""
    try:
        outcome = disavowal.disavow(visit.body["token"], visit.notice, _open_request)
    except DoneAlready:
        return Done(contract.DISAVOWAL_PAGE.path, "before")
    return DISAVOWED[outcome]


@shows(bp, contract.KEEP_PAGE)
def show_keep(visit: Visit) -> str:
    """One button; it looks nothing up and changes nothing."""
    return keep_page(visit)


@acts(bp, contract.KEEP_FORM, again=show_keep)
def keep(visit: Visit) -> Done:
    """To what came of it; the page itself says it where the account is gone."""
    try:
        activity.keep(visit.body["token"], visit.notice)
    except DoneAlready:
        return Done(contract.KEEP_PAGE.path, "before")
    return KEPT


moved(
    bp,
    {
        "/v1/accounts/verification": contract.VERIFICATION_PAGE.path,
        "/v1/accounts/disavowal": contract.DISAVOWAL_PAGE.path,
        "/v1/accounts/warning": contract.KEEP_PAGE.path,
    },
)

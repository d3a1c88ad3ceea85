"""The pages of one's own account."""

from chalice.app import Blueprint

from chalicelib.accounts.contract import move_pages
from chalicelib.accounts.pages.links import address_page, undo_page
from chalicelib.accounts.service import address
from chalicelib.errors import DoneAlready
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.former import moved
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)

CONFIRMED = Done(move_pages.CONFIRM_PAGE.path, "confirmed")
UNDONE = Done(move_pages.UNDO_PAGE.path, "undone")
"""The pages after the two buttons of a move to another address."""


@shows(bp, move_pages.CONFIRM_PAGE)
def show_address_confirmation(visit: Visit) -> str:
    """One button; it looks nothing up and changes nothing."""
    return address_page(visit)


@acts(bp, move_pages.CONFIRM_FORM, again=show_address_confirmation)
def confirm_address(visit: Visit) -> Done:
    """To what came of it."""
    try:
        address.confirm(visit.body["token"], visit.notice, visit.body.get("password", ""))
    except DoneAlready:
        return Done(move_pages.CONFIRM_PAGE.path, "before")
    return CONFIRMED


@shows(bp, move_pages.UNDO_PAGE)
def show_address_undo(visit: Visit) -> str:
    """One button; it looks nothing up and changes nothing."""
    return undo_page(visit)


@acts(bp, move_pages.UNDO_FORM, again=show_address_undo)
def undo_address(visit: Visit) -> Done:
    """To what came of it."""
    try:
        address.undo(visit.body["token"], visit.notice)
    except DoneAlready:
        return Done(move_pages.UNDO_PAGE.path, "before")
    return UNDONE


moved(
    bp,
    {
        "/v1/account/email/confirmation": move_pages.CONFIRM_PAGE.path,
        "/v1/account/email/undo": move_pages.UNDO_PAGE.path,
    },
)

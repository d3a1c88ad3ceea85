"""The page behind the link that proves the address of a message."""

from chalice.app import Blueprint

from chalicelib.accounts.pages.links import one_button_page
from chalicelib.errors import DoneAlready
from chalicelib.messages import contract_pages as contract
from chalicelib.messages.paths import CONFIRM
from chalicelib.messages.service import proof
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.former import moved
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)


@shows(bp, contract.CONFIRM_PAGE)
def show_message_confirmation(visit: Visit) -> str:
    """One button, or what came of it; it looks nothing up and changes nothing."""
    return one_button_page(visit, "messages")


@acts(bp, contract.CONFIRM_FORM, again=show_message_confirmation)
def prove_message(visit: Visit) -> Done:
    """To the same page, which says where the message lies."""
    token = visit.body["token"]
    try:
        found = proof.by_link(token.partition(".")[0], token, visit.notice)
    except DoneAlready:
        return Done(CONFIRM, "before")
    return Done(CONFIRM, "in_account" if found.in_account else "kept")


moved(bp, {"/v1/messages/{id}/verification": CONFIRM})

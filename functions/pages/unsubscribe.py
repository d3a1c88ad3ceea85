"""The page behind the link that ends mails."""

from collections.abc import Mapping, Sequence

from chalice.app import Blueprint

from chalicelib.unsubscribe import contract_pages as contract
from chalicelib.unsubscribe.pages import unsubscribe_page
from chalicelib.unsubscribe.service import links, opt_out
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.former import moved
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)


@shows(bp, contract.UNSUBSCRIBE_PAGE)
def show_unsubscribe(visit: Visit, token: str) -> str:
    """One button, or what came of it; it looks nothing up and changes nothing."""
    return unsubscribe_page(visit, links.looked_at(token).scope)


def _keep(visit: Visit, _: Mapping[str, Sequence[str]]) -> Done:
    """Ends the mails of the link, whatever is in the form: its address alone decides."""
    return _end(visit, visit.call.path["token"])


@acts(bp, contract.UNSUBSCRIBE_FORM, again=show_unsubscribe, keep=_keep)
def unsubscribe(visit: Visit, token: str) -> Done:
    """To the same page, which says that the mails have ended."""
    return _end(visit, token)


def _end(visit: Visit, token: str) -> Done:
    opt_out.end(token, visit.language, visit.notice)
    return Done(visit.frame.path, "ended")


moved(bp, {"/v1/unsubscribe/{token}": contract.UNSUBSCRIBE})

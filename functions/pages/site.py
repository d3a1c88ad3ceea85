"""The pages of the site itself: home, and every address with nothing behind it."""

from chalice.app import Blueprint

from chalicelib.errors import NotFound
from chalicelib.notices import service as notices
from chalicelib.site import pages_contract as contract
from chalicelib.site.home import home_page, refuse_programs
from chalicelib.web.pages.view import shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)


@shows(bp, contract.HOME)
def show_home(visit: Visit) -> str:
    """Home for a browser; 404 for programs, as at any unknown address."""
    refuse_programs(visit.call.headers)
    return home_page(visit.frame, notices.announced())


@shows(bp, contract.NOWHERE, others=("DELETE", "OPTIONS", "PATCH", "POST", "PUT"))
def show_nothing(_visit: Visit) -> str:
    """404 in every case: a page for people, a problem for programs."""
    raise NotFound("There is nothing at this address.")

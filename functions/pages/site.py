"""The pages of the site itself: the one of every address with nothing behind it."""

from chalice.app import Blueprint

from chalicelib.errors import NotFound
from chalicelib.site import pages_contract as contract
from chalicelib.web.pages.view import shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)


@shows(bp, contract.NOWHERE, others=("DELETE", "OPTIONS", "PATCH", "POST", "PUT"))
def show_nothing(_visit: Visit) -> str:
    """404 in every case: a page for people, a problem for programs."""
    raise NotFound("There is nothing at this address.")

"""The pages of the site itself: home, the interface, and every address with nothing behind it."""

from chalice.app import Blueprint

from chalicelib import settings
from chalicelib.errors import NotFound
from chalicelib.notices import service as notices
from chalicelib.site import pages_contract as contract
from chalicelib.web.pages.view import shows
from chalicelib.web.pages.visit import Visit
from chalicelib.web.view import Answer

bp = Blueprint(__name__)


@shows(bp, contract.HOME)
def show_home(visit: Visit) -> str:
    """The home page for a browser; nothing for programs, as at any unknown address."""
    from chalicelib.site.home import home_page, refuse_programs

    refuse_programs(visit.call.headers)
    return home_page(visit.frame, notices.announced())


@shows(bp, contract.DOCS)
def show_docs(visit: Visit) -> str:
    """The description of the interface as a page."""
    from chalicelib.site.docs import docs_page
    from chalicelib.web.openapi import openapi
    from functions.http.site import OPERATIONS

    document = openapi(OPERATIONS, visit.notice, settings.public_url())
    return docs_page(document, visit.language, visit.frame)


@shows(bp, contract.SCRIPT)
def get_script(_visit: Visit, name: str) -> Answer:
    """The script under the name of its contents, to be kept for good; nothing under another."""
    from chalicelib.pages.assets import FOR_GOOD, JAVASCRIPT, script, script_name

    if name != script_name():
        raise NotFound("There is nothing at this address.")
    return Answer(200, script(), {"Cache-Control": FOR_GOOD}, JAVASCRIPT, page=True)


@shows(bp, contract.NOWHERE, others=("DELETE", "OPTIONS", "PATCH", "POST", "PUT"))
def show_nothing(_visit: Visit) -> str:
    """404 in every case: a page for people, a problem for programs."""
    raise NotFound("There is nothing at this address.")

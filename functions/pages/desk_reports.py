"""The desk's pages of reports: the record of processing activities.

A page imports the modules that only it needs. Its contract lets nobody in but the desk, so no
handler looks at roles.
"""

from chalice.app import Blueprint

from chalicelib.desk.contract import report_pages as contract
from chalicelib.web.answer import Answer
from chalicelib.web.pages.view import shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)


@shows(bp, contract.PROCESSING_PAGE)
def show_processing(visit: Visit) -> str:
    """The record of processing activities of the notice in force."""
    from chalicelib.desk.pages.processing import processing_page

    return processing_page(visit)


@shows(bp, contract.PROCESSING_TABLE)
def download_processing(visit: Visit) -> Answer:
    """The same as a file for a spreadsheet."""
    from chalicelib.desk.pages.downloads import table
    from chalicelib.notices.processing import report_csv
    from chalicelib.pages.languages import tag_of

    locale = tag_of(visit.language, visit.notice.locales)
    name = f"processing-{visit.notice.version}"
    return table(name, report_csv(visit.notice, locale), locale)

"""The pages of the notice: the one in force, its versions, what each changed, the cookies."""

from chalice.app import Blueprint

from chalicelib.notices import service as notices
from chalicelib.notices.contract import pages as contract
from chalicelib.notices.pages.cookies import cookies_page
from chalicelib.notices.pages.text import Reading, changes_page, notice_page
from chalicelib.notices.pages.versions import versions_page
from chalicelib.notices.presentation import mark
from chalicelib.notices.service import evidence
from chalicelib.web.answer import Answer
from chalicelib.web.cursor import DEFAULT_LIMIT, decode
from chalicelib.web.pages.answers import html
from chalicelib.web.pages.view import shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)


@shows(bp, contract.NOTICE_PAGE)
def show_notice(visit: Visit) -> Answer:
    """The notice in force, with the proof of what was served."""
    reading = Reading.of(visit, visit.notice, notices.announced())
    return _proven(reading, notice_page(reading), contract.BRIEFLY)


@shows(bp, contract.VERSIONS_PAGE)
def show_versions(visit: Visit) -> str:
    """A page of the versions, newest first."""
    after = decode(visit.call.query.get("cursor"), ["id"])
    found = notices.versions(after["id"] if after else None, DEFAULT_LIMIT)
    statuses = [notices.status_listed(one) for one in found.items]
    return versions_page(visit, found, statuses, notices.announced())


@shows(bp, contract.VERSION_PAGE)
def show_version(visit: Visit, version: str) -> Answer:
    """One version with its status, and with the proof of what was served."""
    found, announced = notices.version(version), notices.announced()
    status = notices.status_of(found)
    if status == "scheduled" and announced is not None and announced.version == version:
        status = "announced"
    reading = Reading.of(visit, found, status=status)
    shares = contract.LONG if status in contract.FINAL else contract.BRIEFLY
    return _proven(reading, notice_page(reading), shares)


@shows(bp, contract.CHANGES_PAGE)
def show_changes(visit: Visit, version: str) -> Answer:
    """The changes of a version since an earlier one, by their effect on people."""
    before, after = notices.compared(version, visit.call.query.get("since"))
    reading = Reading.of(visit, after)
    text = changes_page(reading, before)
    headers = {"ETag": f'"{mark(text.encode())}"'}
    return html(text, reading.language, shares=contract.LONG, headers=headers)


@shows(bp, contract.COOKIES_PAGE)
def show_cookies(visit: Visit) -> str:
    """The classes of cookies with their cookies, and where to change one's mind."""
    return cookies_page(visit)


def _proven(reading: Reading, text: str, shares: int) -> Answer:
    """Returns the page of a notice, with the headers of the operation beside it."""
    notice, locale = reading.notice, reading.locale
    headers = {
        "ETag": f'"{notice.digest[:16]}-{locale}-{mark(text.encode())}"',
        "Riserbo-Notice-Version": notice.version,
        "Riserbo-Notice-Evidence": evidence.made(notice, locale),
    }
    return html(text, reading.language, shares=shares, headers=headers)

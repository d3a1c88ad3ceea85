"""The desk's pages of reports: retention, failures, processing activities, and its own audit.

A page imports the modules that only it needs. Its contract lets nobody in but the desk, so no
handler looks at roles.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.desk import paths
from chalicelib.desk.contract import report_pages as contract
from chalicelib.errors import BadRequest
from chalicelib.web.answer import Answer
from chalicelib.web.cursor import decode
from chalicelib.web.pages.answers import Done, html
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

if TYPE_CHECKING:
    from chalicelib.retention.evidence.month import Reported

bp = Blueprint(__name__)


@shows(bp, contract.RETENTION_PAGE)
def show_retention(visit: Visit) -> str:
    """The report on a month of retention, and the records that come to their end soon."""
    from chalicelib.desk.pages.retention import retention_page
    from chalicelib.retention.outlook import outlook

    now = clock.now()
    return retention_page(visit, _month(visit, now), outlook(visit.notice, now), now)


@shows(bp, contract.RETENTION_TABLE)
def download_retention(visit: Visit) -> Answer:
    """The month's report as a file for a spreadsheet."""
    from chalicelib.desk.pages.downloads import table
    from chalicelib.retention.evidence.presentation import report_csv

    found = _month(visit, clock.now())
    return table(f"retention-{found.report.month.name}", report_csv(found), visit.language)


def _month(visit: Visit, now: datetime) -> "Reported":
    from chalicelib.retention.evidence import month

    name = contract.month_in(visit.call.query, f"{now.astimezone(visit.notice.zone):%Y-%m}")
    return month.of_month(name, None, visit.notice)


@shows(bp, contract.FAILURES_PAGE)
def show_failures(visit: Visit) -> str:
    """Callbacks that failed, and dead letters. A look at them is an entry of the audit."""
    from chalicelib.audit import service as audit
    from chalicelib.audit.model import Act, Action
    from chalicelib.desk.pages.failures import failures_page
    from chalicelib.jobs import dead_letters
    from chalicelib.webhooks.service import inventory

    assert visit.member is not None
    asked = inventory.asked(*contract.failures_filter(visit.call.query))
    after = decode(visit.call.query.get("cursor"), inventory.CURSOR)
    found, last = inventory.undelivered(asked, after, contract.CALLBACKS, visit.notice)
    audit.record(Act(visit.member.subject, Action.CALLBACKS_READ), visit.notice)
    return failures_page(visit, found, last, asked, dead_letters.every())


@acts(bp, contract.FAILURES_FORM, again=show_failures)
def send_again(visit: Visit) -> Done:
    """To the failures, after a callback or the dead letters of a queue were sent again."""
    from chalicelib.desk import failures

    assert visit.member is not None
    recipient, colon, callback = visit.body[contract.WHAT].partition(":")
    if colon:
        failures.send_callback(visit.member.subject, recipient, callback, visit.notice)
        return Done(paths.FAILURES, "callback")
    failures.send_letters(visit.member.subject, recipient, visit.notice)
    return Done(paths.FAILURES, "letters")


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


@shows(bp, contract.AUDIT_PAGE)
def show_audit(visit: Visit) -> str | Answer:
    """Views and acts of the desk, newest first. A look at them is no entry of their own."""
    from chalicelib.audit import contract as operation
    from chalicelib.audit import service as audit
    from chalicelib.desk.pages.audit import audit_page, refused_page

    query, notice = visit.call.query, visit.notice
    asked, findings = contract.audit_filter(query, notice.zone)
    if findings:
        return html(refused_page(visit, findings), visit.language, BadRequest.status)
    found = audit.recent(asked, operation.after(query), contract.ENTRIES, notice)
    return audit_page(visit, found)

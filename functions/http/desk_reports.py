"""The desk's reports: processing activities, requests, retention, callbacks, and its own audit.

An operation imports the modules that only it needs.
"""

from chalice.app import Blueprint

from chalicelib.accounts.service.roles import staff
from chalicelib.audit import contract as audit_contract
from chalicelib.audit import service as audit
from chalicelib.audit.presentation import audit_shown
from chalicelib.desk.contract import report as requests_contract
from chalicelib.notices import service as notices
from chalicelib.notices.contract import processing as report_contract
from chalicelib.pages.languages import spoken
from chalicelib.retention.evidence import contract as retention_contract
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import HTML
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, page
from chalicelib.web.view import Answer, Call, route
from chalicelib.webhooks import contract as callbacks_contract
from chalicelib.webhooks.presentation import delivery_shown
from functions.http.wiring import connect
from functions.pages import desk_reports as pages

connect()
bp = Blueprint(__name__)


@route(bp, report_contract.PROCESSING)
def get_processing_report(call: Call) -> Answer:
    """200 with the record of processing activities."""
    from chalicelib.notices.processing import report_csv, report_json

    staff(call.bearer)
    notice = notices.current()
    locale = call.locale(notice.locales)
    report = report_csv if call.media_type == report_contract.CSV else report_json
    headers = {"Content-Language": locale}
    return Answer(200, report(notice, locale), headers, call.media_type)


@route(bp, requests_contract.REPORT)
def get_requests_report(call: Call) -> Answer:
    """200 with the report on a month's requests."""
    from chalicelib.desk.presentation import report_csv, report_shown
    from chalicelib.requests.service import statistics

    staff(call.bearer)
    found = statistics.of_month(call.query["month"], notices.current())
    csv = call.media_type == requests_contract.CSV
    return Answer(200, report_csv(found) if csv else report_shown(found), {}, call.media_type)


@route(bp, retention_contract.REPORT)
def get_retention_report(call: Call) -> Answer:
    """200 with the report on what retention did in a month."""
    from chalicelib.retention.evidence import month, page, presentation

    staff(call.bearer)
    notice = notices.current()
    locale = call.locale(spoken(notice.locales))
    found = month.of_month(call.query["month"], call.query.get("rule"), notice)
    headers = {"Content-Language": locale}
    if call.media_type == HTML:
        return Answer(200, page.report_page(found, notice, locale), headers, HTML)
    if call.media_type == retention_contract.CSV:
        return Answer(200, presentation.report_csv(found), headers, call.media_type)
    return Answer(200, presentation.report_shown(found, notice, locale), headers)


@route(bp, audit_contract.LIST)
def list_audit(call: Call) -> Answer:
    """200 with a page of the audit, and the end of its chain."""
    staff(call.bearer)
    asked, after = audit_contract.asked(call.query), audit_contract.after(call.query)
    limit = call.query.get("limit", DEFAULT_LIMIT)
    found = audit.listed(asked, after, limit, notices.current())
    return Answer(200, audit_shown(found))


@route(bp, callbacks_contract.LIST)
def list_callbacks(call: Call) -> Answer:
    """200 with a page of callbacks to recipients of data."""
    from chalicelib.audit.model import Act, Action
    from chalicelib.webhooks.service import inventory

    by, notice = staff(call.bearer).subject, notices.current()
    asked = inventory.asked(call.query.get("recipient"), call.query.get("status"))
    after = decode(call.query.get("cursor"), inventory.CURSOR)
    limit = call.query.get("limit", DEFAULT_LIMIT)
    found, last = inventory.listed(asked, after, limit, notice)
    audit.record(Act(by, Action.CALLBACKS_READ), notice)
    items = [delivery_shown(one) for one in found]
    return Answer(200, page(items, last))


handler = lambda_handler((bp, pages.bp), "desk_reports")

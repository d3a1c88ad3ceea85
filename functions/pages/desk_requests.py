"""The desk's pages of requests: the open ones by due day, and one with the forms of its acts.

A page imports the modules that only it needs. Its contract lets nobody in but the desk, so no
handler looks at roles.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.desk import paths
from chalicelib.desk.contract import entry_pages, receipt
from chalicelib.desk.contract import pages as contract
from chalicelib.desk.contract import requests as operations
from chalicelib.desk.filters import Show
from chalicelib.errors import Conflict, Finding, NotFound
from chalicelib.web.cursor import encode
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit
from chalicelib.web.validation import unfit

if TYPE_CHECKING:
    from chalicelib.requests.clock.deadline import Deadline

BESIDE = 20
"""Open requests in the list beside one request."""

bp = Blueprint(__name__)


@shows(bp, contract.LIST_PAGE)
def show_requests(visit: Visit) -> str:
    """Fifty open requests by their due day, or those that were closed in a month."""
    from chalicelib.desk.pages.requests import closed_page, open_page
    from chalicelib.requests.clock.calendar import calendar_of
    from chalicelib.requests.service import worklist

    query, notice = visit.call.query, visit.notice
    chosen = contract.filter_in(query)
    today = calendar_of(*notice.working_days).day(clock.now())
    if chosen.show is not Show.CLOSED:
        found, more = worklist.every_open(notice)
        return open_page(visit, found, chosen, today, more=more)
    month = contract.month_in(query, f"{today:%Y-%m}")
    wanted = worklist.Wanted(right=chosen.right, closed_in=month)
    shown = worklist.listed(wanted, operations.place_after(query), contract.PAGE, notice)
    after = "" if shown.last is None else encode(operations.place(*shown.last))
    return closed_page(visit, shown.requests, chosen, today, month, after)


@shows(bp, contract.ONE_PAGE)
def show_request(visit: Visit, id: str) -> str:
    """One request. That it was looked at is an entry of the audit."""
    from chalicelib.desk.pages.request.page import request_page
    from chalicelib.requests.clock.calendar import calendar_of
    from chalicelib.requests.service import casework, worklist

    assert visit.member is not None
    notice = visit.notice
    case = casework.read(visit.member.subject, id, notice)
    others = worklist.listed(worklist.Wanted(), None, BESIDE, notice).requests
    today = calendar_of(*notice.working_days).day(clock.now())
    return request_page(visit, case, casework.options(case.timed, notice), today, others)


@acts(bp, contract.ACT_FORM, again=show_request)
def act_on_request(visit: Visit, id: str) -> Done:
    """To the request, after what its form asked for; where that is refused, to it as it is now."""
    from chalicelib.requests.service import casework

    assert visit.member is not None
    asked = contract.act_in(visit.body)
    casework.act(visit.member.subject, id, asked, visit.notice)
    return Done(paths.ONE.format(id=id), str(asked.action))


@shows(bp, entry_pages.NEW_PAGE)
def show_entry(visit: Visit) -> str:
    """The form of a request that came to the desk."""
    from chalicelib.desk.pages.entry import entry_page

    return entry_page(visit)


@acts(bp, entry_pages.CHECK_FORM, again=show_entry)
def check_entry(visit: Visit) -> str:
    """The same page with what would be entered, and its due day. No call but those of the desk."""
    from chalicelib.desk.pages.entry import entry_page

    return entry_page(replace(visit, typed=visit.body), _deadline(visit))


@acts(bp, entry_pages.ENTER_FORM, again=show_entry)
def enter_request(visit: Visit) -> Done:
    """To the request, which is another of the same person where one of that right was open."""
    from chalicelib.requests.service import mailroom

    assert visit.member is not None
    found = _deadline(visit)
    if visit.body[entry_pages.DUE] != str(found.due_on):
        raise Conflict("The due day is another by now; it is shown once more.")
    body = entry_pages.body_of(visit.body, visit.notice, clock.now())
    try:
        entered = mailroom.enter(visit.member.subject, operations.received_in(body), visit.notice)
    except NotFound:
        raise unfit((Finding(f"/{entry_pages.WHO}", "is nobody", "nobody"),)) from None
    word = contract.JOINED if entered.already else contract.ENTER
    return Done(paths.ONE.format(id=entered.timed.request.id), word)


def _deadline(visit: Visit) -> Deadline:
    """The time limit of the request in a form that fits, as it would be once it is entered."""
    from chalicelib.requests.model import at_receipt

    day = receipt.day_in(visit.body[receipt.DAY])
    assert day is not None
    now = clock.now()
    at = receipt.received_at(day, visit.notice, now)
    return at_receipt(visit.body["right"], at, visit.notice, now)

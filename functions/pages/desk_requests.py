"""The desk's pages of requests: the open ones by due day, and one with the forms of its acts.

A page imports the modules that only it needs. Its contract lets nobody in but the desk, so no
handler looks at roles.
"""

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.desk import paths
from chalicelib.desk.contract import pages as contract
from chalicelib.desk.contract import requests as operations
from chalicelib.desk.filters import Show
from chalicelib.web.cursor import encode
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

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
    from chalicelib.desk.pages.request import request_page
    from chalicelib.requests.clock.calendar import calendar_of
    from chalicelib.requests.service import casework, worklist

    assert visit.member is not None
    notice = visit.notice
    case = casework.read(visit.member.subject, id, notice)
    following = None
    if visit.frame.done:
        first = worklist.listed(worklist.Wanted(), None, 2, notice).requests
        following = next((one for one in first if one.timed.request.id != id), None)
    today = calendar_of(*notice.working_days).day(clock.now())
    return request_page(visit, case, casework.options(case.timed, notice), today, following)


@acts(bp, contract.ACT_FORM, again=show_request)
def act_on_request(visit: Visit, id: str) -> Done:
    """To the request, after what its form asked for; where that is refused, to it as it is now."""
    from chalicelib.requests.service import casework

    assert visit.member is not None
    asked = contract.act_in(visit.body)
    casework.act(visit.member.subject, id, asked, visit.notice)
    return Done(paths.ONE.format(id=id), str(asked.action))

"""The desk's people: refusals, holds on their records, reviews, whom mails did not reach."""

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.accounts.contract import warnings as warnings_contract
from chalicelib.accounts.service.roles import officer, staff
from chalicelib.consents.no import Door, no_in
from chalicelib.consents.presentation import captured_shown
from chalicelib.desk import service as desk
from chalicelib.desk.contract import decisions as contract
from chalicelib.desk.contract import search as search_contract
from chalicelib.errors import Problem
from chalicelib.holds import contract as holds_contract
from chalicelib.notices import service as notices
from chalicelib.origins import contract as origins_contract
from chalicelib.retention.reviews import contract as reviews_contract
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import Json
from chalicelib.web.cursor import DEFAULT_LIMIT, page
from chalicelib.web.salvage import Kept, Loose
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect
from functions.pages import desk_subjects as pages

connect()
bp = Blueprint(__name__)


def _keep(loose: Loose, _: Problem) -> Kept | None:
    """Records the refusals in a body that the desk sent and that was invalid."""
    signed_in, notice = officer(loose.call.bearer), notices.current()
    no = no_in(loose.body, Door.DESK, unread=loose.unread)
    kept = desk.keep(loose.body, no, signed_in.subject, notice)
    return None if kept is None else Kept(201, captured_shown(kept, notice, clock.now()), no.asks)


@route(bp, contract.DECIDE, keep=_keep)
def record_decisions(call: Call) -> Answer:
    """201 with the entry, the decisions in force after it, and the effect on the data."""
    signed_in, notice = officer(call.bearer), notices.current()
    recorded = desk.record(desk.refusal_of(call.body), signed_in.subject, notice)
    return Answer(201, captured_shown(recorded, notice, clock.now()))


@route(bp, search_contract.SEARCH)
def search_subjects(call: Call) -> Answer:
    """200 with whom the desk was looking for, if anybody."""
    from chalicelib.desk.presentation import found_shown
    from chalicelib.desk.search import search

    by = staff(call.bearer).subject
    found = search(by, call.body, notices.current())
    return Answer(200, {"items": [found_shown(one) for one in found]})


@route(bp, holds_contract.PLACE)
def place_hold(call: Call) -> Answer:
    """201 with the hold, or 200 with the one that was renewed."""
    from chalicelib.holds.presentation import hold_shown
    from chalicelib.holds.service import desk as holds

    by, asked = officer(call.bearer).subject, holds_contract.asked(call.body)
    placed = holds.place(by, asked, notices.current())
    shown = hold_shown(placed.hold, asked.reason)
    if placed.already:
        return Answer(200, shown)
    return Answer(201, shown, {"Location": f"/v1/desk/holds/{placed.hold.name}"})


@route(bp, holds_contract.LIST)
def list_holds(call: Call) -> Answer:
    """200 with a page of holds, or with all on one person's records."""
    from chalicelib.holds.presentation import hold_shown
    from chalicelib.holds.service import desk as holds

    by, query = staff(call.bearer).subject, call.query
    after = holds_contract.place_after(query)
    if "subject" in query:
        found = holds.of_person(by, query["subject"], notices.current())
    else:
        found = holds.listed(after, query.get("limit", DEFAULT_LIMIT))
    items: list[Json] = [hold_shown(hold, reason) for hold, reason in found.holds]
    return Answer(
        200, page(items, None if found.last is None else holds_contract.place(*found.last))
    )


@route(bp, holds_contract.LIFT)
def lift_hold(call: Call, id: str) -> Answer:
    """204."""
    from chalicelib.holds.service import desk as holds

    holds.lift(officer(call.bearer).subject, id, notices.current())
    return Answer(204)


@route(bp, reviews_contract.LIST)
def list_reviews(call: Call) -> Answer:
    """200 with a page of what waits for a decision."""
    from chalicelib.retention.amendments.service import obeyed
    from chalicelib.retention.reviews.presentation import review_shown
    from chalicelib.retention.reviews.service import desk as reviews

    staff(call.bearer)
    after = reviews_contract.place_after(call.query)
    notice = obeyed(notices.current())
    found = reviews.listed(after, call.query.get("limit", DEFAULT_LIMIT), notice)
    items: list[Json] = [review_shown(one) for one in found.waiting]
    return Answer(
        200, page(items, None if found.last is None else reviews_contract.place(*found.last))
    )


@route(bp, reviews_contract.DECIDE)
def decide_review(call: Call, id: str) -> Answer:
    """200 with what was decided."""
    from chalicelib.retention.amendments.service import obeyed
    from chalicelib.retention.reviews.presentation import review_shown
    from chalicelib.retention.reviews.service import desk as reviews

    by, (decision, until, reason) = officer(call.bearer).subject, reviews_contract.said(call.body)
    decided = reviews.decide(by, id, decision, until, reason, obeyed(notices.current()))
    return Answer(200, review_shown(decided))


@route(bp, warnings_contract.LIST)
def list_warnings(call: Call) -> Answer:
    """200 with a page of the warnings that reached nobody."""
    from chalicelib.accounts.presentation import unreached_shown
    from chalicelib.accounts.service import warnings

    staff(call.bearer)
    after = warnings_contract.place_after(call.query)
    found = warnings.unreached(after, call.query.get("limit", DEFAULT_LIMIT))
    items: list[Json] = [unreached_shown(one) for one in found.warnings]
    return Answer(
        200, page(items, None if found.last is None else warnings_contract.place(*found.last))
    )


@route(bp, origins_contract.LIST)
def list_duties(call: Call) -> Answer:
    """200 with a page of the people whom no mail told of an origin."""
    from chalicelib.origins.presentation import duty_shown
    from chalicelib.origins.service import desk as origins

    staff(call.bearer)
    after = origins_contract.place_after(call.query)
    found = origins.listed(after, call.query.get("limit", DEFAULT_LIMIT), notices.current())
    items: list[Json] = [duty_shown(one) for one in found.duties]
    return Answer(
        200, page(items, None if found.last is None else origins_contract.place(*found.last))
    )


handler = lambda_handler((bp, pages.bp), "desk_subjects")

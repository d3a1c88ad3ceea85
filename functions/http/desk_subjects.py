"""The desk's people: records refusals that they sent by any channel, and finds them."""

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.accounts.service.roles import officer, staff
from chalicelib.consents.no import Door, no_in
from chalicelib.consents.presentation import captured_shown
from chalicelib.desk import service as desk
from chalicelib.desk.contract import decisions as contract
from chalicelib.desk.contract import search as search_contract
from chalicelib.errors import Problem
from chalicelib.notices import service as notices
from chalicelib.web.app import lambda_handler
from chalicelib.web.salvage import Kept, Loose
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

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


handler = lambda_handler(bp, "desk_subjects")

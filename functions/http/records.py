"""Records of the site's own systems: what they hand over, and disclosures of people's data."""

from datetime import UTC, datetime

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.disclosures import contract, service
from chalicelib.disclosures.model import Disclosure
from chalicelib.errors import BadRequest
from chalicelib.notices import service as notices
from chalicelib.records import contract as handing
from chalicelib.records import model
from chalicelib.records import service as records
from chalicelib.records.model import Handed
from chalicelib.records.presentation import ended_shown, kept_shown
from chalicelib.web.app import lambda_handler
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

connect()
bp = Blueprint(__name__)


def _still_permitted(call: Call) -> None:
    """Raises Conflict where the decision has become a no."""
    service.ask(call.bearer, _disclosure(call), notices.current())


@route(bp, contract.RECORD, also=_still_permitted)
def record_disclosure(call: Call) -> Answer:
    """201 with the disclosure's id."""
    return Answer(201, {"id": service.record(call.bearer, _disclosure(call), notices.current())})


def _disclosure(call: Call) -> Disclosure:
    body = call.body
    at = body.get("disclosed_at")
    return Disclosure(
        subject=body["subject"],
        recipient=body["recipient"],
        category=body["category"],
        purpose=body["purpose"],
        fields=tuple(body.get("fields", ())),
        disclosed_at=datetime.fromisoformat(at.upper()).astimezone(UTC) if at else clock.now(),
    )


def _handed(call: Call) -> Handed:
    """Returns the record of a body, which the contract has checked already."""
    read = model.read(notices.current(), call.body, clock.now())
    if isinstance(read, tuple):  # the notice, or the hour, has changed since
        raise BadRequest("This record is not kept any more.", type="validation", findings=read)
    return read


def _may_still_be_kept(call: Call) -> None:
    """Raises Conflict where the decision has become a no."""
    records.ask(call.bearer, _handed(call), notices.current())


@route(bp, handing.RECORD, also=_may_still_be_kept)
def hand_over_record(call: Call) -> Answer:
    """201 with the record's name, and when it ends."""
    kept = records.keep(call.bearer, _handed(call), call.network, notices.current())
    return Answer(201, kept_shown(*kept))


@route(bp, handing.MOVE)
def move_record(call: Call, id: str) -> Answer:
    """200 with the end of the record."""
    at = datetime.fromisoformat(call.body["at"].upper()).astimezone(UTC)
    told = (call.body["subject"], call.body["event"], at)
    notice = notices.current()
    ends_at = records.move(call.bearer, model.named(id), told, call.network, notice)
    return Answer(200, ended_shown(id, ends_at))


@route(bp, handing.END)
def end_record(call: Call, id: str) -> Answer:
    """204, and the record is gone."""
    records.end(call.bearer, model.named(id), call.query["subject"], call.network)
    return Answer(204)


handler = lambda_handler(bp, "records")

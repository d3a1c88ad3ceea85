"""Records of the site's own systems: disclosures of people's data."""

from datetime import UTC, datetime

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.disclosures import contract, service
from chalicelib.disclosures.model import Disclosure
from chalicelib.notices import service as notices
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


handler = lambda_handler(bp, "records")

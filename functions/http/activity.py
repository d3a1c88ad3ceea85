"""Activity: what people do on the site, as far as they permit it."""

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.activity import contract, model, service
from chalicelib.activity.model import Event
from chalicelib.activity.presentation import judged_shown
from chalicelib.activity.service import Caller
from chalicelib.notices import service as notices
from chalicelib.web.app import lambda_handler
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

connect()
bp = Blueprint(__name__)


def _nothing(call: Call) -> Answer | None:
    """Returns the answer to a batch of which nothing is kept; None for any other."""
    judged = service.ask(_caller(call), _events(call), call.network, notices.current())
    return None if judged.days else Answer(202, judged_shown(judged))


@route(bp, contract.TAKE, unremembered=_nothing)
def tell_activity(call: Call) -> Answer:
    """202 with how many events are kept, and why others are not."""
    judged = service.take(_caller(call), _events(call), call.network, notices.current())
    return Answer(202, judged_shown(judged))


def _caller(call: Call) -> Caller:
    return Caller(bearer=call.bearer, visitor=None if call.bearer else call.visitor)


def _events(call: Call) -> tuple[Event, ...]:
    return model.events(call.body, notices.current(), clock.now())


handler = lambda_handler(bp, "activity")

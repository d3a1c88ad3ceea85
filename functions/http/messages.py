"""Messages: writing to support, giving feedback, answering a survey, entering a contest."""

from chalice.app import Blueprint

from chalicelib.messages import contract, model, service
from chalicelib.messages.presentation import message_shown
from chalicelib.notices import service as notices
from chalicelib.web.app import lambda_handler
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, page
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

connect()
bp = Blueprint(__name__)


@route(bp, contract.WRITE)
def write_message(call: Call) -> Answer:
    """201 with the message's id, and the event from which its end is known."""
    notice = notices.current()
    message = model.written(call.body, notice)
    kept = service.write(call.bearer, message, call.network, notice)
    return Answer(201, {"id": kept, "ends_from": model.CLOSED})


@route(bp, contract.LIST)
def list_messages(call: Call) -> Answer:
    """200 with a page of the person's messages."""
    after = decode(call.query.get("cursor"), ["id"])
    limit = call.query.get("limit", DEFAULT_LIMIT)
    found = service.own(call.bearer, after["id"] if after else None, limit, notices.current())
    items = [message_shown(one) for one in found.items]
    return Answer(200, page(items, {"id": found.next} if found.next else None))


handler = lambda_handler(bp, "messages")

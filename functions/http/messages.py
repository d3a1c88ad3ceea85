"""Messages: writing to support, giving feedback, answering a survey, entering a contest."""

from collections.abc import Callable
from functools import partial

from chalice.app import Blueprint

from chalicelib.errors import Unauthenticated
from chalicelib.messages import contract, model
from chalicelib.messages.model import Message
from chalicelib.messages.presentation import message_shown
from chalicelib.messages.service import reading, writing
from chalicelib.notices import service as notices
from chalicelib.storage.pages import Page
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
    kept = _door(call)(message, call.network, notice)
    return Answer(201, {"id": kept, "ends_from": model.CLOSED})


@route(bp, contract.LIST)
def list_messages(call: Call) -> Answer:
    """200 with a page of the person's messages."""
    after = decode(call.query.get("cursor"), ["id"])
    limit = call.query.get("limit", DEFAULT_LIMIT)
    found = _list(call)(after["id"] if after else None, limit, notices.current())
    items = [message_shown(one) for one in found.items]
    return Answer(200, page(items, {"id": found.next} if found.next else None))


def _door(call: Call) -> Callable[..., str]:
    """Returns what takes a message of the caller: of a session before that of a browser."""
    if call.bearer is None and call.visitor is not None:
        return partial(writing.write_in_browser, call.visitor)
    return partial(writing.write, _bearer(call))


def _list(call: Call) -> Callable[..., Page[Message]]:
    """Returns what lists the messages of the caller."""
    if call.bearer is None and call.visitor is not None:
        return partial(reading.of_browser, call.visitor)
    return partial(reading.own, _bearer(call))


def _bearer(call: Call) -> str:
    if call.bearer is None:
        raise Unauthenticated(contract.NOBODY)
    return call.bearer


handler = lambda_handler(bp, "messages")

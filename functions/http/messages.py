"""Messages: writing to support, giving feedback, answering a survey, entering a contest."""

from collections.abc import Callable
from functools import partial

from chalice.app import Blueprint

from chalicelib.errors import Finding, Unauthenticated
from chalicelib.messages import contract, model
from chalicelib.messages.model import Message
from chalicelib.messages.paths import CONFIRM
from chalicelib.messages.presentation import message_shown
from chalicelib.messages.service import address, own_messages, proof, submission
from chalicelib.notices import service as notices
from chalicelib.storage.pages import Page
from chalicelib.web.app import lambda_handler
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, page
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.former import onward
from chalicelib.web.validation import unfit
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect
from functions.pages import messages as pages

connect()
bp = Blueprint(__name__)


@route(bp, contract.WRITE)
def write_message(call: Call) -> Answer:
    """201 with the message's id, and the event from which its end is known; 202 by an address."""
    notice = notices.current()
    message, email = model.written(call.body, notice), call.body.get("email")
    if email is not None:
        _refuse_session(call)
        waits = address.write(email, message, call.network, notice)
        return Answer(202, {"id": waits, "status": contract.AWAITING})
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


@route(bp, contract.PROVE)
def prove(call: Call, id: str) -> Answer:
    """200 with the message's id, and whether it is in an account; 303 to the page for a form."""
    notice = notices.current()
    link = {"token": call.body["token"]} if "token" in call.body else {}
    again = onward(call, Done(CONFIRM, query=link))
    if again is not None:
        return again
    if "token" in call.body:
        found = proof.by_link(id, call.body["token"], notice)
    else:
        found = proof.by_session(call.bearer, id, notice)
    return Answer(200, {"id": found.id, "in_account": found.in_account})


def _refuse_session(call: Call) -> None:
    if call.bearer is not None:
        raise unfit((Finding("/email", "the session says who writes; remove it"),))


def _door(call: Call) -> Callable[..., str]:
    """Returns what takes a message of the caller: of a session before that of a browser."""
    if call.bearer is None and call.visitor is not None:
        return partial(submission.write_in_browser, call.visitor)
    return partial(submission.write, _bearer(call))


def _list(call: Call) -> Callable[..., Page[Message]]:
    """Returns what lists the messages of the caller."""
    if call.bearer is None and call.visitor is not None:
        return partial(own_messages.of_browser, call.visitor)
    return partial(own_messages.own, _bearer(call))


def _bearer(call: Call) -> str:
    if call.bearer is None:
        raise Unauthenticated(contract.NOBODY)
    return call.bearer


handler = lambda_handler((bp, pages.bp), "messages")

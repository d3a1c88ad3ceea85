"""Answers of other systems about people's requests."""

from chalice.app import Blueprint

from chalicelib.notices import service as notices
from chalicelib.requests.contract import systems
from chalicelib.requests.service import answers
from chalicelib.systems.contract import answer_in
from chalicelib.systems.presentation import given_shown, place_shown
from chalicelib.web.app import lambda_handler
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

connect()
bp = Blueprint(__name__)


@route(bp, systems.ANSWER)
def answer_request(call: Call, id: str) -> Answer:
    """200 with the answer that is recorded; 201 with a place to upload to."""
    given = answers.give(call.bearer, id, answer_in(call.body), notices.current())
    if given.place is not None:
        return Answer(201, place_shown(given.place.url, given.place.expires_at))
    return Answer(200, given_shown(given.status, late=given.late, checked=given.checked))


handler = lambda_handler(bp, "answers")

"""The decision point: whether a person's data may be used for a purpose."""

from collections.abc import Mapping

from chalice.app import Blueprint

from chalicelib.decisions import contract, service
from chalicelib.decisions.permission import Question
from chalicelib.decisions.presentation import answer_shown
from chalicelib.notices import service as notices
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import Json
from chalicelib.web.validation import validate
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect

connect()
bp = Blueprint(__name__)


@route(bp, contract.DECIDE)
def get_decision(call: Call) -> Answer:
    """200 with the answer to one question."""
    notice = notices.current()
    asked = {part: call.query[part] for part in contract.PARTS if part in call.query}
    key = f"question:{notice.digest}"
    validate(lambda: contract.question(notice), asked, key, "/query")
    decided = service.decide(call.bearer, [_question(asked)], notice)
    return Answer(200, answer_shown(decided.answers[0], decided.as_of))


@route(bp, contract.DECIDE_ALL)
def get_decisions(call: Call) -> Answer:
    """200 with the answers to many questions, in their order."""
    questions = [_question(one) for one in call.body["questions"]]
    decided = service.decide(call.bearer, questions, notices.current())
    answers: list[Json] = [answer_shown(one, decided.as_of) for one in decided.answers]
    return Answer(200, {"answers": answers})


def _question(parts: Mapping[str, str]) -> Question:
    return Question(
        parts["subject"],
        parts["purpose"],
        parts.get("category"),
        parts.get("recipient"),
        parts.get("channel"),
    )


handler = lambda_handler(bp, "decisions")

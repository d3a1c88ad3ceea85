"""Answers of the decision point as JSON, as the contract has them."""

from datetime import datetime

from chalicelib.decisions.permission import Answer
from chalicelib.instants import instant
from chalicelib.web.contract import Json


def answer_shown(answer: Answer, as_of: datetime) -> Json:
    """An answer, with the instant of the standing that it rests on."""
    return {
        "allowed": answer.allowed,
        "basis": str(answer.basis),
        "reasons": list[Json](map(str, answer.reasons)),
        "evidence": list[Json](answer.evidence),
        "as_of": instant(as_of),
    }

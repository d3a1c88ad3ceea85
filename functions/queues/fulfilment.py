"""The queue `fulfilment`: makes copies and corrections, looks at uploads, joins messages."""

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib.consents.account_join import JOIN_MESSAGES
from chalicelib.jobs import service as jobs
from chalicelib.jobs.consumer import Answer, consume
from chalicelib.jobs.model import Task
from chalicelib.messages.service import transfer
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.requests.model import CHECK_ANSWER, FULFIL_RECTIFY, FULFIL_SUPPLEMENT, MADE
from chalicelib.requests.service import answers, correction
from chalicelib.requests.service import fulfilment as copies
from functions.kinds import registry

bp = Blueprint(__name__)


def _copy(task: Task, notice: Notice) -> list[Any]:
    return copies.fulfil_copy(task, notice, registry())


def _supplement(task: Task, notice: Notice) -> list[Any]:
    return copies.supplement(task, notice, registry())


_FULFIL: Mapping[str, Callable[[Task, Notice], list[Any]]] = {
    **dict.fromkeys(MADE.values(), _copy),
    FULFIL_RECTIFY: correction.fulfil,
    CHECK_ANSWER: answers.check,
    FULFIL_SUPPLEMENT: _supplement,
    JOIN_MESSAGES: transfer.join,
}


@bp.on_sqs_message(queue="fulfilment", batch_size=1, name="fulfilment")
def fulfilment(event: SQSEvent) -> Answer:
    """Carries out one request a message."""
    return consume(event, _fulfil)


def _fulfil(task: Task) -> None:
    for job in _FULFIL[task.action](task, notices.current()):
        jobs.send(job)

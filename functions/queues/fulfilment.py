"""The queue `fulfilment`: carries out people's copies."""

from chalice.app import Blueprint, SQSEvent

from chalicelib.jobs import service as jobs
from chalicelib.jobs.consumer import Answer, consume
from chalicelib.jobs.model import Task
from chalicelib.notices import service as notices
from chalicelib.requests.model import FULFIL_COPY
from chalicelib.requests.service import fulfilment as copies
from functions.kinds import registry

bp = Blueprint(__name__)

_FULFIL = {FULFIL_COPY: copies.fulfil_copy}


@bp.on_sqs_message(queue="fulfilment", batch_size=1, name="fulfilment")
def fulfilment(event: SQSEvent) -> Answer:
    """Carries out one request a message."""
    return consume(event, _fulfil)


def _fulfil(task: Task) -> None:
    mail = _FULFIL[task.action](task, notices.current(), registry())
    if mail is not None:
        jobs.send(mail)

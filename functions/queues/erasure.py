"""The queue `retention`: carries out the erasures that people asked for."""

from chalice.app import Blueprint, SQSEvent

from chalicelib.erasure.service import saga
from chalicelib.jobs import service as jobs
from chalicelib.jobs.consumer import Answer, consume
from chalicelib.jobs.model import Task
from chalicelib.notices import service as notices
from functions.kinds import registry

bp = Blueprint(__name__)


@bp.on_sqs_message(queue="retention", batch_size=1, name="erasure")
def erasure(event: SQSEvent) -> Answer:
    """Erases one person a message."""
    return consume(event, erase)


def erase(task: Task) -> None:
    """Carries out the erasure of a job, and has the mail about it sent."""
    for job in saga.fulfil(task, notices.current(), registry()):
        jobs.send(job)

"""The queue `propagation`: sends callbacks to recipients of people's data."""

from chalice.app import Blueprint, SQSEvent

from chalicelib.jobs.consumer import Answer, consume
from chalicelib.jobs.model import Task
from chalicelib.notices import service as notices
from chalicelib.webhooks.service.delivery import deliver

bp = Blueprint(__name__)


@bp.on_sqs_message(queue="propagation", batch_size=1, maximum_concurrency=10, name="propagation")
def propagation(event: SQSEvent) -> Answer:
    """Sends one callback a message; ten at once at most, so that a slow recipient delays few."""
    return consume(event, _deliver)


def _deliver(task: Task) -> None:
    deliver(task, notices.current())

"""The queue `propagation`: what follows a change, to recipients of data and to its records."""

from chalice.app import Blueprint, SQSEvent

from chalicelib.consents.filings import DATE
from chalicelib.consents.service.filings import settle
from chalicelib.jobs.consumer import Answer, consume
from chalicelib.jobs.model import Task
from chalicelib.notices import service as notices
from chalicelib.webhooks.service.delivery import deliver

bp = Blueprint(__name__)


@bp.on_sqs_message(queue="propagation", batch_size=1, maximum_concurrency=25, name="propagation")
def propagation(event: SQSEvent) -> Answer:
    """Sends one callback a message, or dates the records that a decision had no room for.

    25 at once at most: enough for a hundred a second with recipients that answer in a fifth of a
    second, and few enough that recipients which do not answer leave room for other functions.
    """
    return consume(event, _work)


def _work(task: Task) -> None:
    if task.action == DATE:
        settle(task.subject, notices.current())
    else:
        deliver(task, notices.current())

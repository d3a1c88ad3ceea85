"""The queue `feedback`: handles SES reports of bounces and complaints."""

from chalice.app import Blueprint, SQSEvent

from chalicelib.feedback import service as feedback_service
from chalicelib.jobs.consumer import Answer, each

bp = Blueprint(__name__)


@bp.on_sqs_message(queue="feedback", batch_size=10, name="feedback")
def feedback(event: SQSEvent) -> Answer:
    """Handles one report a message."""
    return each(event, feedback_service.take)

"""The queue `announcements`: does pages of rounds, and tells single people of a version."""

from chalice.app import Blueprint, SQSEvent

from chalicelib.jobs.consumer import Answer, consume
from chalicelib.publications.service.work import work

bp = Blueprint(__name__)


@bp.on_sqs_message(queue="announcements", batch_size=1, maximum_concurrency=2, name="announcements")
def announcements(event: SQSEvent) -> Answer:
    """Does one page, or tells one person, for each message; two at once at most."""
    return consume(event, work)

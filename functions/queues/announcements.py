"""The queue `announcements`: does pages of rounds, and tells single people of a version."""

from chalice.app import Blueprint, SQSEvent

from chalicelib.jobs.consumer import Answer, consume
from chalicelib.publications.service.work import work

bp = Blueprint(__name__)


@bp.on_sqs_message(queue="announcements", batch_size=1, name="announcements")
def announcements(event: SQSEvent) -> Answer:
    """Does one page, or tells one person, for each message.

    As many run at once as the mail quota has work for (`chalicelib.mail.rate.tellers`).
    """
    return consume(event, work)

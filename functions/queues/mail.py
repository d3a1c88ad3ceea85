"""The queue `mail`: composes and sends the mails that jobs ask for."""

from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib.accounts.service import mails, warning_mails
from chalicelib.accounts.service import optional_letters as accounts
from chalicelib.jobs.consumer import Answer, NotNow, consume
from chalicelib.jobs.model import Task
from chalicelib.mail import service as mail_service
from chalicelib.messages.service import address
from chalicelib.notices import service as notices
from chalicelib.origins.service import duty
from chalicelib.origins.service import letters as origins
from chalicelib.publications.service import desk_letters
from chalicelib.requests.service import letters as requests

bp = Blueprint(__name__)

_COMPOSE = {
    **accounts.COMPOSERS,
    **requests.COMPOSERS,
    **address.COMPOSERS,
    **desk_letters.COMPOSERS,
}


@bp.on_sqs_message(queue="mail", batch_size=10, name="mail")
def mail(event: SQSEvent) -> Answer:
    """Sends one mail a message."""
    return consume(event, send)


def send(task: Task) -> None:
    """Composes and sends the mail of a job, and records what it changes.

    Raises NotNow when SES takes no more mails at the moment.
    """
    try:
        _send(task)
    except mail_service.Throttled:
        raise NotNow from None
    except mail_service.Refused as refused:
        if refused.throttled:
            raise NotNow from None
        raise


def _send(task: Task) -> None:
    notice = notices.current()
    if task.action == mails.WARNED:
        warning_mails.deliver(task, notice)
        return
    if task.action == duty.ACTION:
        origins.deliver(task, notice)
        return
    message: Any = _COMPOSE[task.action](task, notice)
    if message is not None:
        mail_service.send(message, notice)
        requests.mailed(task, notice)

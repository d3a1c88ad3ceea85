"""The queue `retention`: ends what is due, and carries out the erasures that people asked for."""

from datetime import timedelta
from functools import partial
from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib.erasure.service import saga
from chalicelib.jobs import service as jobs
from chalicelib.jobs.consumer import Answer, do, each
from chalicelib.jobs.model import Task
from chalicelib.notices import service as notices
from chalicelib.retention import batch, message
from chalicelib.retention.amendments import service as amendments
from functions.kinds import registry

bp = Blueprint(__name__)


@bp.on_sqs_message(queue="retention", batch_size=1, name="erasure")
def erasure(event: SQSEvent) -> Answer:
    """Takes one message: a batch of records that are due, or the job of one person's erasure."""
    context: Any = event.context  # Lambda's object; Chalice takes it for a dict

    def remaining() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    return each(event, partial(take, remaining))


def take(remaining: Any, text: str) -> None:
    """Acts on what a message names."""
    places = message.read(text)
    if places is None:
        do(text, erase)
    else:
        batch.work(places, amendments.obeyed(notices.current()), registry(), remaining)


def erase(task: Task) -> None:
    """Carries out the erasure of a job, and has the mail about it sent."""
    for job in saga.fulfil(task, notices.current(), registry()):
        jobs.send(job)

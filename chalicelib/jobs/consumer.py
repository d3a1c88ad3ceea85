"""Takes the messages of a batch one by one and answers the ids of those that failed."""

from collections.abc import Callable, Iterable
from typing import Any

from chalicelib import logs
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.jobs.service import NotATicket

Answer = dict[str, list[dict[str, str]]]


class NotNow(Exception):
    """A job cannot be done at the moment, for want of a quota: the relay sends it again later.

    Its message counts as handled. Left in the queue it would be tried five times within half an
    hour and then be a dead letter, though nothing is wrong with it.
    """


def consume(records: Iterable[Any], work: Callable[[Task], None]) -> Answer:
    """Does the job of each message and answers those that failed (ReportBatchItemFailures).

    A message whose job is done, or leased by another worker, counts as handled: the job decides
    what is left to do, not the message. A message that holds no ticket fails until SQS moves it to
    the dead-letter queue, which raises an alarm.
    """
    return each(records, lambda body: do(body, work))


def each(records: Iterable[Any], take: Callable[[str], None]) -> Answer:
    """Takes the text of each message and answers those that failed (ReportBatchItemFailures)."""
    failures: list[dict[str, str]] = []
    for record in records:
        message = record.to_dict()["messageId"]
        try:
            take(record.body)
        except NotATicket:
            logs.log("queue.not_a_ticket", message=message)
            failures.append({"itemIdentifier": message})
        except Exception as error:  # noqa: BLE001 - told apart below
            # A failure of one message must not fail the others of its batch.
            logs.failure("queue.failed", error, message=message)
            failures.append({"itemIdentifier": message})
    return {"batchItemFailures": failures}


def do(body: str, work: Callable[[Task], None]) -> None:
    """Does the job of one message: leases it, works, and deletes it. Raises NotATicket.

    A job for which there is no quota now stays in the table and is logged.
    """
    job = jobs.begin(jobs.read_ticket(body))
    if job is None:
        return
    done = False
    try:
        work(Task(job.subject, job.action, job.target))
        done = True
    except NotNow:
        logs.log("job.not_now", job=job.id, attempt=int(job.attempts))
        return
    finally:
        if not done:
            jobs.release(job)
    jobs.finish(job)

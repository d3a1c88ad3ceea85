"""Has people told of their requests: the jobs of the mails, which `letters` writes.

A job names the request and the kind of mail (`Told`), and nothing else.
"""

from datetime import datetime
from typing import Final

from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.requests.machine import Told
from chalicelib.storage.transaction import Transaction

QUEUE: Final = "mail"

WARNING: Final = "desk_due"
"""The action of the job of a warning to the notice's contact, and its template."""


def tell(write: Transaction, subject: str, request_id: str, told: Told, now: datetime) -> JobItem:
    """Adds the job of a mail about a request; the caller sends it after the commit.

    The job's id is fixed by the request and the kind of mail: a job that waits already is replaced,
    so that one mail tells of the request as it is when the mail is sent.
    """
    job = jobs.new_job(
        subject, QUEUE, action_of(told), request_id, now, job_id=f"{request_id}.{told}"
    )
    write.replace(job)
    return job


def warn(write: Transaction, subject: str, request_id: str, now: datetime) -> JobItem:
    """Adds the job of a warning to the notice's contact that a request is due, or overdue.

    The caller sends it after the commit. A warning that waits already is replaced.
    """
    job = jobs.new_job(subject, QUEUE, WARNING, request_id, now, job_id=f"{request_id}.due")
    write.replace(job)
    return job


def action_of(told: Told) -> str:
    """Returns the action of the job of a kind of mail."""
    return f"request_{told}"

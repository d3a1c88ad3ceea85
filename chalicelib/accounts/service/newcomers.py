"""The mail about a version that came, or was announced, between registration and proof."""

from datetime import datetime

from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice, version_order
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects.model import Standing

QUEUE, TELL = "announcements", "tell"


def ask(write: Transaction, standing: Standing, notice: Notice, now: datetime) -> JobItem | None:
    """Adds and returns the job of the mail about the change of the notice since a registration.

    The mail is about the scheduled version, else about the one in force if it is newer than the one
    they registered under; None where neither is. `notice` is the one in force. No call when warm.
    """
    name, since = notices.waiting() or notice.version, standing.notice_version
    if version_order(name) <= version_order(since):
        return None
    job = jobs.new_job(standing.subject, QUEUE, TELL, f"{since} {name}", now)
    write.put(job)
    return job

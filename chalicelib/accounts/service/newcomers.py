"""Who proves their address is told of a version that came, or was announced, meanwhile."""

from datetime import datetime

from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice, version_order
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects.model import Standing

QUEUE, TELL = "announcements", "tell"


def ask(write: Transaction, standing: Standing, notice: Notice, now: datetime) -> JobItem | None:
    """Adds the job that tells somebody of what changed since they registered, to be sent later.

    That is the version that waits, or the one in force if they registered under an earlier one;
    None when nothing did. `notice` is the one in force. No call when warm.
    """
    name, since = notices.waiting() or notice.version, standing.notice_version
    if version_order(name) <= version_order(since):
        return None
    job = jobs.new_job(standing.subject, QUEUE, TELL, f"{since} {name}", now)
    write.put(job)
    return job

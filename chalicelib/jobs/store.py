"""Jobs as they lie in their subject's partition, and how they are found when overdue."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.storage import condition, keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.due import Due, Entry, page
from chalicelib.storage.item import Item

LANE = "job"


class JobItem(Item):
    """A piece of slow work: which queue, what to do, about which record of the subject."""

    KIND = "job"
    CLASS = "core"

    queue = UnicodeAttribute()
    action = UnicodeAttribute()
    target = UnicodeAttribute()
    attempts = NumberAttribute(default=0)
    leased_until = InstantAttribute()
    created_at = InstantAttribute()

    @property
    def subject(self) -> str:
        """Whose partition it lies in."""
        return keys.subject_of(self.pk)

    @property
    def id(self) -> str:
        """The job's id."""
        return keys.record_id(self.sk)


def place(subject: str, job_id: str) -> tuple[str, str]:
    """Partition and sort key of a job."""
    return keys.subject(subject), keys.record(JobItem.CLASS, JobItem.KIND, job_id)


def get(subject: str, job_id: str) -> JobItem | None:
    """A job that is still to be done. One strongly consistent GetItem."""
    pk, sk = place(subject, job_id)
    try:
        return JobItem.get(pk, sk, consistent_read=True)
    except JobItem.DoesNotExist:
        return None


def lease(subject: str, job_id: str, now: datetime, until: datetime) -> JobItem | None:
    """Takes a job that nobody is working on; None when it is done or somebody is.

    One conditional UpdateItem, which also answers the job.
    """
    pk, sk = place(subject, job_id)
    job = JobItem(pk=pk, sk=sk)
    taken = condition.held(
        lambda: job.update(
            actions=[
                JobItem.leased_until.set(until),
                JobItem.attempts.set(JobItem.attempts + 1),
            ],
            condition=JobItem.pk.exists() & (JobItem.leased_until <= now),
        )
    )
    return job if taken else None


def release(job: JobItem, now: datetime) -> None:
    """Ends this worker's lease; one that has passed to another worker is left alone."""
    condition.held(
        lambda: job.update(
            actions=[JobItem.leased_until.set(now)],
            condition=JobItem.leased_until == job.leased_until,
        )
    )


def postpone(job: JobItem, due_at: datetime) -> bool:
    """Moves an overdue job's next check; False when it was finished or moved meanwhile."""
    return condition.held(
        lambda: job.update(
            actions=[JobItem.due_at.set(due_at)],
            condition=JobItem.pk.exists() & (JobItem.due_at == job.due_at),
        )
    )


def overdue(shard: str, now: datetime, limit: int) -> list[Entry]:
    """Entries of jobs of one shard of the lane whose check is due, oldest first. One Query.

    Also those that cannot be read.
    """
    found, _ = page(shard, now, None, limit)
    return found


def found_by(entry: Due) -> JobItem | None:
    """The job of an entry; None when it was finished since the index saw it.

    One strongly consistent GetItem.
    """
    return get(keys.subject_of(entry.pk), keys.record_id(entry.sk))

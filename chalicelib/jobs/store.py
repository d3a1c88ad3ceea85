"""Jobs in their subject's partition, and the Query that finds overdue ones."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.storage import condition, keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.due import Due, Entry, page
from chalicelib.storage.item import Item

LANE = "job"


class JobItem(Item):
    """A piece of slow work: its queue, the action, and the record of the subject it is about."""

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
        """The id of the subject in whose partition the job lies."""
        return keys.subject_of(self.pk)

    @property
    def id(self) -> str:
        """The job's id."""
        return keys.record_id(self.sk)


def place(subject: str, job_id: str) -> tuple[str, str]:
    """Partition and sort key of a job."""
    return keys.subject(subject), keys.record(JobItem.CLASS, JobItem.KIND, job_id)


def get(subject: str, job_id: str) -> JobItem | None:
    """Returns a job that is still to be done, else None. One strongly consistent GetItem."""
    pk, sk = place(subject, job_id)
    try:
        return JobItem.get(pk, sk, consistent_read=True)
    except JobItem.DoesNotExist:
        return None


def lease(subject: str, job_id: str, now: datetime, until: datetime) -> JobItem | None:
    """Leases a job until `until`; None when it is done or leased by another worker.

    One conditional UpdateItem, which also returns the job.
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
    """Ends this worker's lease; a lease that has passed to another worker is left alone."""
    condition.held(
        lambda: job.update(
            actions=[JobItem.leased_until.set(now)],
            condition=JobItem.leased_until == job.leased_until,
        )
    )


def remove(job: JobItem) -> None:
    """Deletes a job, unless it was replaced or leased by another worker since it was read."""
    condition.held(lambda: job.delete(condition=JobItem.leased_until == job.leased_until))


def postpone(job: JobItem, due_at: datetime) -> bool:
    """Moves an overdue job's next check; returns False if it was done or moved meanwhile."""
    return condition.held(
        lambda: job.update(
            actions=[JobItem.due_at.set(due_at)],
            condition=JobItem.pk.exists() & (JobItem.due_at == job.due_at),
        )
    )


def overdue(shard: str, now: datetime, limit: int) -> list[Entry]:
    """Lists the jobs of one shard of the lane whose check is due, oldest first. One Query.

    Entries that cannot be read are listed too, as Unreadable.
    """
    found, _ = page(shard, now, None, limit)
    return found


def found_by(entry: Due) -> JobItem | None:
    """Returns the job of an entry; None when it was done since the index was read.

    One strongly consistent GetItem.
    """
    return get(keys.subject_of(entry.pk), keys.record_id(entry.sk))

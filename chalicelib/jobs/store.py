"""Jobs in their subject's partition, and the Query that finds overdue ones."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.storage import condition, keys, reads
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.due import Due, Entry, Start, page
from chalicelib.storage.item import Item

LANE = "job"

Stored: TypeAlias = dict[str, Any] | None
"""A job as DynamoDB sends it; None where there is none."""


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


def of(subject: str) -> Iterator[JobItem]:
    """All jobs of a subject that are still to be done. One strongly consistent Query."""
    prefix = keys.record(JobItem.CLASS, JobItem.KIND)
    return JobItem.query(keys.subject(subject), JobItem.sk.startswith(prefix), consistent_read=True)


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


def overdue(
    shard: str, now: datetime, after: Start | None, limit: int
) -> tuple[list[Entry], Start | None]:
    """Lists the jobs of one shard of the lane whose check is due, and where the next page begins.

    Oldest first. One Query. Entries that cannot be read are listed too, as Unreadable.
    """
    return page(shard, now, after, limit)


def stored(entries: Sequence[Due]) -> list[Stored]:
    """Returns the jobs of up to 100 entries as they are stored; None for one that was done since.

    One strongly consistent BatchGetItem.
    """
    return reads.raw([(JobItem, one.pk, one.sk) for one in entries])


def job_of(found: Stored) -> JobItem | None:
    """Returns the job that is stored so. Raises the errors of an item that cannot be read."""
    return None if found is None else JobItem.from_raw_data(found)

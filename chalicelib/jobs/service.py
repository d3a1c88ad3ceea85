"""Records, sends, leases and ends jobs. A job is done at least once, by one worker at a time."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import clock, ids, logs, settings
from chalicelib.jobs import model, store
from chalicelib.jobs.model import FIRST_CHECK, SKEW
from chalicelib.jobs.store import JobItem
from chalicelib.storage import clients, due, keys, reads
from chalicelib.storage.due import Entry, NotReadable, Unreadable
from chalicelib.storage.transaction import Transaction

AT_ONCE = 10
"""Messages that one call of SQS takes (SendMessageBatch)."""

KIND = JobItem.KIND
"""The kind of a job's record."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The text of a queue message: the ids of a subject and of its job, never data."""

    subject: str
    job: str

    def body(self) -> str:
        """The message's text."""
        return json.dumps({"subject": self.subject, "job": self.job})


class NotATicket(ValueError):
    """A message whose text is not a ticket, so that no function of this software wrote it."""


def read_ticket(body: str) -> Ticket:
    """Reads the ticket in a message's text. Raises NotATicket."""
    try:
        values = json.loads(body)
        subject, job = values["subject"], values["job"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotATicket from None
    if not isinstance(subject, str) or not isinstance(job, str):
        raise NotATicket
    return Ticket(subject, job)


def new_job(
    subject: str,
    queue: str,
    action: str,
    target: str,
    now: datetime,
    wait: timedelta = FIRST_CHECK,
    job_id: str | None = None,
) -> JobItem:
    """Returns a job to be put into the transaction that asks for it and sent after the commit.

    The relay sends it after `wait` unless it is done by then; a job meant for later is not sent
    before. A `job_id` given by the caller lets a subject have one job of that id at a time.
    """
    pk, sk = store.place(subject, job_id or ids.new_id())
    job = JobItem(
        pk=pk,
        sk=sk,
        kind=JobItem.KIND,
        queue=queue,
        action=action,
        target=target,
        leased_until=now - SKEW,
        created_at=now,
    )
    job.schedule(store.LANE, now + wait, "created", now)
    return job


def send(job: JobItem) -> None:
    """Sends the ticket of a committed job to its queue.

    An error of SQS is logged and not raised: the job stands in the table and the relay sends it
    later.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        clients.sqs().send_message(
            QueueUrl=settings.queue_url(job.queue),
            MessageBody=Ticket(job.subject, job.id).body(),
        )
    except (BotoCoreError, ClientError) as error:
        logs.log("job.send_failed", job=job.id, error=type(error).__name__)


def send_all(found: Sequence[JobItem]) -> None:
    """Sends the tickets of committed jobs, ten a call, to the queue of each; otherwise as `send`.

    A ticket that SQS does not take is logged: the relay sends it later.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    by_queue: dict[str, list[JobItem]] = {}
    for job in found:
        by_queue.setdefault(job.queue, []).append(job)
    for queue, its in by_queue.items():
        for start in range(0, len(its), AT_ONCE):
            some = its[start : start + AT_ONCE]
            if len(some) == 1:
                send(some[0])
                continue
            try:
                answer = clients.sqs().send_message_batch(
                    QueueUrl=settings.queue_url(queue),
                    Entries=[
                        {"Id": str(number), "MessageBody": Ticket(job.subject, job.id).body()}
                        for number, job in enumerate(some)
                    ],
                )
            except (BotoCoreError, ClientError) as error:
                for job in some:
                    logs.log("job.send_failed", job=job.id, error=type(error).__name__)
                continue
            for failed in answer.get("Failed", ()):
                logs.log("job.send_failed", job=some[int(failed["Id"])].id, error=failed["Code"])


def find(subject: str, job_id: str) -> JobItem | None:
    """Returns a job that is still to be done, else None. One BatchGetItem."""
    found: JobItem | None = reads.batch([(JobItem, *store.place(subject, job_id))])[0]
    return found


def begin(ticket: Ticket) -> JobItem | None:
    """Leases the job of a ticket; None when it is done or leased by another worker."""
    now = clock.now()
    return store.lease(ticket.subject, ticket.job, now, now + model.LEASE)


def waiting(subject: str) -> list[str]:
    """Lists the queues of the jobs of a subject that are not done, each job's. One Query."""
    return sorted(job.queue for job in store.of(subject))


def release(job: JobItem) -> None:
    """Ends the lease of a job that was not done, so that the queue's next try can take it."""
    store.release(job, clock.now())


def finish(job: JobItem) -> None:
    """Deletes a job that was done, unless it was asked for again meanwhile."""
    store.remove(job)


def forget(write: Transaction, subject: str, job_id: str) -> None:
    """Adds the deletion of a job that is not wanted any more; a missing one is no error."""
    pk, sk = store.place(subject, job_id)
    write.delete(JobItem(pk=pk, sk=sk))


@dataclass
class Relayed:
    """Counts of a run of the relay: jobs sent, given up after their retention, and failed."""

    sent: int = 0
    given_up: int = 0
    failed: int = 0


ENOUGH = timedelta(seconds=20)
"""Time that has to be left for one more page of the relay."""

RUN = timedelta(minutes=5)
"""Time between two runs of the relay (functions/schedules/relay.py)."""


def resend_overdue(
    ends: Callable[[datetime], datetime],
    batch: int = 100,
    remaining: Callable[[], timedelta] = lambda: timedelta.max,
) -> Relayed:
    """Sends again the jobs that were not done in time, page by page while time is left.

    `ends` answers until when a job created at an instant is kept, by the notice's retention rule; a
    job older than that is deleted and logged as `job.given_up`. `remaining` answers how much time
    the function has left: what is not reached is for the next run, which begins with another shard.

    Sixteen Queries when nothing is due, whatever the number of subjects; for each page more a
    Query, a BatchGetItem, an UpdateItem a job and an SQS call for ten. A job that cannot be read or
    sent does not stop the others: it is logged, counted and due again later, with a longer wait
    each time.
    """
    now, relayed = clock.now(), Relayed()
    shards = keys.shards(store.LANE)
    first = int(now.timestamp() // RUN.total_seconds()) % len(shards)
    for shard in (*shards[first:], *shards[:first]):
        after = None
        while remaining() > ENOUGH:
            entries, after = store.overdue(shard, now, after, batch)
            _relay_page(entries, ends, now, relayed)
            if after is None:
                break
    return relayed


def _relay_page(
    entries: Sequence[Entry], ends: Callable[[datetime], datetime], now: datetime, relayed: Relayed
) -> None:
    """Moves the jobs of a page, and then sends all that were moved: a crash in between delays."""
    known = [one for one in entries if not isinstance(one, Unreadable)]
    jobs = dict(zip(known, store.stored(known) if known else (), strict=True))
    moved: list[JobItem] = []
    for entry in entries:
        try:
            if isinstance(entry, Unreadable):
                raise NotReadable
            job = _moved(store.job_of(jobs[entry]), ends, now, relayed)
        except Exception as error:  # noqa: BLE001 - counted, and the run fails at its end
            _set_back(entry, error, now, relayed)
        else:
            moved += [] if job is None else [job]
    send_all(moved)
    relayed.sent += len(moved)


def _moved(
    job: JobItem | None, ends: Callable[[datetime], datetime], now: datetime, relayed: Relayed
) -> JobItem | None:
    """Returns a job that is to be sent now, its next check moved; None for one that is not."""
    if job is None:
        return None
    if ends(job.created_at) <= now:
        finish(job)
        logs.log("job.given_up", job=job.id, queue=job.queue, attempt=int(job.attempts))
        relayed.given_up += 1
        return None
    settings.queue_url(job.queue)  # raises for an unknown queue before the job is moved
    return job if store.postpone(job, model.next_check(now, int(job.attempts))) else None


def _set_back(entry: Entry, failed: Exception, now: datetime, relayed: Relayed) -> None:
    """Logs an entry that could not be relayed and moves it to a later date.

    An entry that another worker moved or deleted meanwhile is left alone. If the move fails too,
    the next run finds the entry again.
    """
    late = None
    try:
        late = due.defer(entry, now, model.wait)
        if late is None:
            return
    except Exception as error:  # noqa: BLE001 - the others are waiting
        logs.failure("job.not_set_back", error, kind=entry.kind)
    logs.failure("job.not_relayed", failed, kind=entry.kind, attempt=late.tries if late else 0)
    relayed.failed += 1

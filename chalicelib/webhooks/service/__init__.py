"""Records the callbacks of a change, in the transaction of the use case that makes it.

`delivery` sends them, `endpoints` holds the recipients' URLs and `inventory` lists them for the
desk: modules of their own, since these use cases need none of them.
"""

from collections.abc import Collection
from datetime import datetime

from chalicelib import ids
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects.model import Standing
from chalicelib.webhooks import model
from chalicelib.webhooks.model import QUEUE, Callback, Event, Inquiry


def notify(
    write: Transaction,
    standing: Standing,
    kind: str,
    notice: Notice,
    now: datetime,
    *,
    purposes: Collection[str] = (),
    entry: str | None = None,
    elsewhere: bool = False,
    recipients: Collection[str] | None = None,
    categories: Collection[str] = (),
) -> list[JobItem]:
    """Adds a job for each recipient that has to be told; the caller sends them after the commit.

    `standing` is the one that was read, with the recipients: the transaction must fail if it has
    changed. `kind` is one of `Event`'s values. An event about `purposes` goes to those who received
    data for one of them; `entry` is the id of its ledger entry. With `recipients`, only these are
    told; `categories` are those of the data that is erased, where the account stays.

    With `elsewhere` the jobs lie outside of the subject's partition, which is about to be erased.
    It makes no call, and adds nothing where no recipient received data.
    """
    if not standing.disclosed:
        return []
    event, asked = Event(kind), []
    for recipient, theirs in model.told(event, standing.disclosed, purposes).items():
        if recipients is not None and recipient not in recipients:
            continue
        callback = Callback(
            id=model.callback_id(now, ids.new_id()),
            event=event,
            at=now,
            subject=standing.subject,
            recipient=recipient,
            purposes=theirs,
            entry=entry,
            notice_version=notice.version,
            categories=tuple(sorted(categories)),
        )
        place = ids.new_id() if elsewhere else standing.subject
        job = _job(place, callback, now)
        write.put(job, label=f"callback {recipient}")
        asked.append(job)
    return asked


def inquire(
    write: Transaction,
    subject: str,
    recipient: str,
    inquiry: Inquiry,
    notice: Notice,
    now: datetime,
    *,
    elsewhere: bool = False,
) -> JobItem:
    """Adds the job that asks a system about a request; the caller sends it after the commit.

    With `elsewhere` the job lies outside of the subject's partition, which may be erased meanwhile.
    Makes no call.
    """
    callback = Callback(
        id=model.callback_id(now, ids.new_id()),
        event=Event.REQUEST_ASKED,
        at=now,
        subject=subject,
        recipient=recipient,
        purposes=(),
        entry=None,
        notice_version=notice.version,
        inquiry=inquiry,
    )
    place = ids.new_id() if elsewhere else subject
    job = _job(place, callback, now)
    write.put(job, label=f"callback {recipient}")
    return job


def _job(place: str, callback: Callback, now: datetime) -> JobItem:
    """Returns the job of a callback, which has the callback's id: so the desk finds it again."""
    event = str(callback.event)
    return jobs.new_job(place, QUEUE, event, callback.target(), now, job_id=callback.id)


__all__ = ["Event", "Inquiry", "inquire", "notify"]

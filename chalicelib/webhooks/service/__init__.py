"""Asking that recipients be told: what the use cases that change something call.

What tells them (`delivering`), who says where (`endpoints`) and what the desk sees (`listing`) have
modules of their own, since none of those use cases needs them.
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
from chalicelib.webhooks.model import QUEUE, Callback, Event


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
) -> list[JobItem]:
    """Adds a job for each recipient of somebody's data that has to be told; to be sent afterwards.

    `standing` is what was read, and says who received data: the transaction it is added to must
    fail if that has changed. `kind` is one of `Event`'s. Of decisions about `purposes` those are
    told who received data for one of them; `entry` is the ledger's id of it.
    With `elsewhere` the jobs lie outside of the subject's partition, which is about to go. No call,
    and nothing is added where nobody received anything.
    """
    if not standing.disclosed:
        return []
    event, asked = Event(kind), []
    for recipient, theirs in model.told(event, standing.disclosed, purposes).items():
        callback = Callback(
            id=model.callback_id(now, ids.new_id()),
            event=event,
            at=now,
            subject=standing.subject,
            recipient=recipient,
            purposes=theirs,
            entry=entry,
            notice_version=notice.version,
        )
        place = ids.new_id() if elsewhere else standing.subject
        job = jobs.new_job(place, QUEUE, str(event), callback.target(), now)
        write.put(job, label=f"callback {recipient}")
        asked.append(job)
    return asked


__all__ = ["Event", "notify"]

"""Watches the duties that are open: mails again, or leaves them to the desk's list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chalicelib import clock, logs
from chalicelib.jobs import service as jobs
from chalicelib.notices.model import Notice
from chalicelib.origins import model, store
from chalicelib.origins.service import duty
from chalicelib.storage import keys, reads
from chalicelib.storage.due import Due
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import BOUNCE

KIND: Final = store.ToldItem.KIND

ASKED: Final = "told"
"""The name of the count of duties whose mail was asked for again."""

OVERDUE: Final = "OriginsUntold"
"""The metric of duties that are open after their month, each counted at every look."""


def look(entry: Due, notice: Notice) -> bool:
    """Looks at an open duty; returns True where its mail is asked for again.

    Where no mail may go to its person it stands on the desk's list, and is looked at again, by the
    day and after its month by the week; without any record from elsewhere it is over. One
    BatchGetItem, and a transaction and a message; or up to a Query for each kind of such records
    and an UpdateItem. Raises ConditionFailed where it was changed meanwhile.
    """
    subject, told_id = keys.subject_of(entry.pk), keys.record_id(entry.sk)
    found, item = reads.batch([subjects.standing_at(subject), store.told_at(subject, told_id)])
    if item is None or not store.is_due(item, entry):
        return False
    standing, now = None if found is None else subjects.standing_of(found), clock.now()
    if standing is None or standing.erasing:
        store.close(item)
        return False
    if now >= model.latest(item.began_at, notice.zone):
        logs.measure("origin.overdue", OVERDUE, subject=subject, reason=item.unreached or "mail")
    again = model.next_look(item.began_at, notice.zone, now)
    reason = model.why_not(standing, notice, now)
    if reason is None and model.is_final(item.unreached):
        reason = item.unreached
    if reason is not None:
        if store.has_records(subject):
            store.mark_unreached(item, reason, again)
        else:
            store.close(item)
        return False
    job, write = duty.mail(subject, told_id, now), Transaction(notice)
    store.ask_again(write, item, again)
    write.replace(job)
    write.commit()
    jobs.send(job)
    return True


def came_back(subject: str, tags: Mapping[str, str], notice: Notice) -> None:
    """Records that the mail of a duty bounced after SES had accepted it: that of its tags.

    The duty is open again. A GetItem and an UpdateItem; no call where the tags name none.
    """
    told_id = model.told_of(dict(tags))
    item = None if told_id is None else store.get_told(subject, told_id)
    if item is not None:
        again = model.next_look(item.began_at, notice.zone, clock.now())
        store.mark_returned(item, BOUNCE, again)

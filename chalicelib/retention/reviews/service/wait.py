"""The sweep's side of reviews: a record at its end waits, was kept, or goes by a decision."""

from datetime import datetime
from enum import Enum

from chalicelib.notices.model import Notice
from chalicelib.retention.reviews import model, store
from chalicelib.retention.reviews.model import Review
from chalicelib.storage import due, keys
from chalicelib.storage.due import Due
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import ConditionFailed, Transaction


class Wait(Enum):
    """The outcome of a look at a due record whose rule wants a person to decide."""

    ASKED = "asked"
    """It waits for a decision: it stands on the desk's list, and is looked at again in 30 days."""

    KEPT = "kept"
    """It was decided that it stays, and it is looked at again when that ends."""

    ERASE = "erase"
    """It was decided that it goes: the caller erases it as if its rule said so."""

    NOBODYS = "nobodys"
    """It is no record of a person's, so that no desk decides; it is looked at again in 30 days."""

    OVERTAKEN = "overtaken"
    """It, or its review, was changed at this moment; the next run looks at it."""


def look(item: Due, since: datetime, notice: Notice, now: datetime) -> Wait:
    """Returns what becomes of a due record whose rule wants a person to decide, and has it wait.

    `since` is the beginning of its period, as the record itself says it. For ERASE nothing is
    written. One GetItem, and one UpdateItem for a record that was kept, or one transaction of the
    review and the record's next date for one that waits. It may be repeated.
    """
    subject = keys.subject_of(item.pk)
    if subject == item.pk:
        due.postpone(item, now + model.AGAIN)
        return Wait.NOBODYS
    stored = store.get_review(subject, store.review_id(item.sk))
    known = None if stored is None else store.review_of(stored)
    if known is not None and known.erases(since):
        return Wait.ERASE
    if known is not None and known.until is not None and known.keeps(now):
        return Wait.KEPT if due.postpone(item, known.until) else Wait.OVERTAKEN
    fresh = Review(
        store.review_id(item.sk), subject, item.kind, item.sk, item.event, since, asked_at=now
    )
    write, again = Transaction(notice), now + model.AGAIN
    asked = model.asked(known, fresh)
    store.put_review(write, store.review_item(asked, notice, again), stored)
    write.update(
        Item(pk=item.pk, sk=item.sk),
        [Item.due_at.set(again)],
        Item.lane.exists() & (Item.due_at == item.due_at),
        label=store.RECORD,
    )
    try:
        write.commit()
    except ConditionFailed:
        return Wait.OVERTAKEN
    return Wait.ASKED

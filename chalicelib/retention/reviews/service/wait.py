"""The sweep's side of reviews: a record at its end waits, was kept, or goes by a decision."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from chalicelib.notices.model import Notice
from chalicelib.retention.reviews import model, store
from chalicelib.retention.reviews.model import Review
from chalicelib.storage import keys
from chalicelib.storage.due import Due
from chalicelib.storage.transaction import Transaction


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


@dataclass(frozen=True, slots=True)
class Look:
    """The result of a look at a record: the date `until` which it is not looked at again.

    `add` adds the review of one that waits to the transaction that moves the record, under a label,
    on condition that the review is as it was read.
    """

    wait: Wait
    until: datetime
    add: Callable[[Transaction, str], None] | None = None


def look(item: Due, since: datetime, notice: Notice, now: datetime) -> Look:
    """Returns what becomes of a due record whose rule wants a person to decide; writes nothing.

    `since` is the beginning of its period, as the record itself says it. One GetItem.
    """
    subject, again = keys.subject_of(item.pk), now + model.AGAIN
    if subject == item.pk:
        return Look(Wait.NOBODYS, again)
    stored = store.get_review(subject, store.review_id(item.sk))
    known = None if stored is None else store.review_of(stored)
    if known is not None and known.erases(since):
        return Look(Wait.ERASE, now)
    if known is not None and known.until is not None and known.keeps(now):
        return Look(Wait.KEPT, known.until)
    fresh = Review(
        store.review_id(item.sk), subject, item.kind, item.sk, item.event, since, asked_at=now
    )
    review = store.review_item(model.asked(known, fresh), notice, again)

    def add(write: Transaction, label: str) -> None:
        store.put_review(write, review, stored, label=label)

    return Look(Wait.ASKED, again, add)

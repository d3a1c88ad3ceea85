"""Reviews in the table, each in its subject's partition, and the records that they are about."""

from collections.abc import Iterable
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from chalicelib import ids
from chalicelib.notices.model import Notice
from chalicelib.retention.reviews import model
from chalicelib.retention.reviews.model import Decision, Review
from chalicelib.storage import keys, reads, shelves
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.shelves import Shelved
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects

REVIEW = "review"
"""The label of the condition that a review is as it was read."""

RECORD = "record"
"""The label of the condition that a record is as it was read."""


class ReviewItem(Item):
    """A review. It stands on the desk's shelf of reviews while it waits, and ends by expiry."""

    KIND = model.KIND
    CLASS = "evidence"

    of_kind = UnicodeAttribute()
    record = UnicodeAttribute()
    event = UnicodeAttribute()
    since = InstantAttribute()
    asked_at = InstantAttribute()
    decided = UnicodeAttribute(null=True)
    until = InstantAttribute(null=True)
    by = UnicodeAttribute(null=True)


def review_id(record: str) -> str:
    """Returns the id of the review of the record with a sort key: always the same one."""
    return ids.fingerprint(record)


def review_place(subject: str, review: str) -> tuple[str, str]:
    """Partition and sort key of a review."""
    return keys.subject(subject), keys.record(ReviewItem.CLASS, ReviewItem.KIND, review)


def review_at(subject: str, review: str) -> Place:
    """Returns the place of a review, for reading it together with other items."""
    return (ReviewItem, *review_place(subject, review))


def review_item(review: Review, notice: Notice, next_look: datetime) -> ReviewItem:
    """Returns a review as it is stored, without a reason; it expires some time after that look."""
    pk, sk = review_place(review.subject, review.id)
    item = ReviewItem(
        pk=pk,
        sk=sk,
        kind=ReviewItem.KIND,
        of_kind=review.kind,
        record=review.record,
        event=review.event,
        since=review.since,
        asked_at=review.asked_at,
        decided=None if review.decision is None else str(review.decision),
        until=review.until,
        by=review.by,
        expires=notice.rule(ReviewItem.KIND, model.EVENT).ends(next_look),
    )
    if review.decision is None:
        item.shelf, item.shelf_at = keys.REVIEWS_SHELF, review.asked_at
    return item


def review_of(item: ReviewItem) -> Review:
    """Returns the review that an item stores."""
    return Review(
        id=keys.record_id(item.sk),
        subject=keys.subject_of(item.pk),
        kind=item.of_kind,
        record=item.record,
        event=item.event,
        since=item.since,
        asked_at=item.asked_at,
        decision=None if item.decided is None else Decision(item.decided),
        until=item.until,
        by=item.by,
    )


def get_review(subject: str, review: str) -> ReviewItem | None:
    """Returns a review, or None. One strongly consistent GetItem."""
    try:
        return ReviewItem.get(*review_place(subject, review), consistent_read=True)
    except ReviewItem.DoesNotExist:
        return None


def reviews_of(subject: str, most: int) -> list[ReviewItem]:
    """Lists up to `most` reviews of a subject's records, decided ones among them. One Query."""
    prefix = keys.record(ReviewItem.CLASS, ReviewItem.KIND)
    found = ReviewItem.query(
        keys.subject(subject), ReviewItem.sk.startswith(prefix), consistent_read=True, limit=most
    )
    return list(found)


def on_shelf(after: Shelved | None, limit: int) -> tuple[list[Shelved], Shelved | None]:
    """Lists up to `limit` reviews that wait, the longest first, and where the page ended.

    One Query of the index `desk`.
    """
    return shelves.page(keys.REVIEWS_SHELF, after, limit)


def reviews_at(places: Iterable[Shelved]) -> list[ReviewItem]:
    """Returns the reviews at up to a hundred places that are there, in their order.

    One BatchGetItem, strongly consistent; none for no place.
    """
    wanted: list[Place] = [(ReviewItem, one.pk, one.sk) for one in places]
    return [item for item in reads.batch(wanted) if item is not None] if wanted else []


def record_at(review: Review) -> Place:
    """Returns the place of the record that a review is about."""
    if review.kind == subjects.STANDING:
        return subjects.standing_at(review.subject)
    return (Item, keys.subject(review.subject), review.record)


def put_review(
    write: Transaction, item: ReviewItem, instead: ReviewItem | None, *, label: str = REVIEW
) -> None:
    """Adds a review, in place of the one that was read, on condition that it is unchanged."""
    if instead is None:
        write.put(item, label=label)
        return
    same = (ReviewItem.asked_at == instead.asked_at) & (ReviewItem.since == instead.since)
    decided = ReviewItem.decided
    same &= decided.does_not_exist() if instead.decided is None else decided == instead.decided
    if instead.until is not None:
        same &= ReviewItem.until == instead.until
    write.replace(item, condition=same, label=label)


def move_record(write: Transaction, record: Item, due_at: datetime) -> None:
    """Adds that a record is looked at again at a date, if it is as it was read.

    A record that a hold took out of the lane gets the date and stays out.
    """
    lane = Item.lane.exists() if record.lane is not None else Item.lane.does_not_exist()
    write.update(
        Item(pk=record.pk, sk=record.sk),
        [Item.due_at.set(due_at)],
        lane & (Item.due_at == record.due_at) & (Item.due_since == record.due_since),
        label=RECORD,
    )

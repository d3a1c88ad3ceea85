"""The desk's work on reviews: lists what waits, and decides, with an entry of the audit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from chalicelib import clock
from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Action
from chalicelib.errors import Conflict, NotFound
from chalicelib.notices.model import Notice, RetentionRule, UndeclaredRetention
from chalicelib.retention.model import Fate, fate
from chalicelib.retention.reviews import model, store
from chalicelib.retention.reviews.model import Decision, Review
from chalicelib.retention.reviews.store import ReviewItem
from chalicelib.storage import keys, reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.shelves import Shelved
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Life
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem

_GONE: Final = "Nothing waits for a decision under this id."
_DECIDED: Final = "It was decided already; what was decided stands."
_HELD: Final = "A hold keeps this record: it can be kept, or erased once the hold has ended."
_RESTRICTED: Final = (
    "The person had the use of their data restricted: nothing of it is erased until that is lifted."
)
_WAITING: Final = frozenset({Fate.REVIEW, Fate.ANONYMISE})
"""The fates of which a person decides; no kind of record says yet how it is made anonymous."""

_LIVES: Final = frozenset({Life.PENDING, Life.ACTIVE, Life.DEACTIVATED})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review with the rule in force that wants it, and whether a hold keeps its record now."""

    review: Review
    rule: RetentionRule
    held: bool

    @property
    def ended_at(self) -> datetime:
        """The end of the record's period by the rule."""
        return self.rule.ends(self.review.since)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of reviews that wait, and the date, subject and id at which it ended; None at last."""

    waiting: tuple[Waiting, ...]
    last: tuple[datetime, str, str] | None = None


def listed(after: tuple[datetime, str, str] | None, limit: int, notice: Notice) -> Listed:
    """Lists up to `limit` reviews that wait, the longest first, without reasons.

    One Query of the index and two BatchGetItems, of the reviews and of their records. A page may
    hold fewer than `limit` although more follow: a record that is gone, was renewed, or has another
    rule meanwhile waits no more, and its review goes by itself.
    """
    place = None if after is None else Shelved(*store.review_place(after[1], after[2]), after[0])
    shelved, more = store.on_shelf(place, limit)
    now = clock.now()
    reviews = [store.review_of(item) for item in store.reviews_at(shelved)]
    found = tuple(_waiting(reviews, notice, now))
    last = None if more is None else (more.at, keys.subject_of(more.pk), keys.record_id(more.sk))
    return Listed(found, last)


def of_person(subject: str, most: int, notice: Notice) -> tuple[Waiting, ...]:
    """Returns what waits of a person, the longest first, of up to `most` reviews.

    It is for a caller who recorded the look. One Query, and one BatchGetItem of the records where
    any review is open.
    """
    reviews = [store.review_of(item) for item in store.reviews_of(subject, most)]
    found = _waiting(reviews, notice, clock.now())
    return tuple(sorted(found, key=lambda one: (one.review.asked_at, one.review.id)))


def decide(
    by: str, name: str, decision: Decision, until: datetime | None, reason: str, notice: Notice
) -> Waiting:
    """Decides about a record that waits, for a member of the desk, whose subject is `by`.

    `name` is the review's public name. A record that is kept is not asked about before `until`; one
    that is to be erased is due at once, and goes the way of the sweep. A BatchGetItem of review,
    standing, key and head of the audit, another of the record, one KMS call of an account, and one
    transaction of review, record and audit; the same decision again writes nothing. Raises NotFound
    where nothing waits (any more); Conflict (`too-late`) where it was decided, and `held` for an
    erasure that a hold or a restriction stops; Contention.
    """
    named = model.NAME.fullmatch(name)
    if named is None:
        raise NotFound(_GONE)

    def once() -> Waiting:
        return _decided(by, (named[1], named[2]), (decision, until, reason), notice)

    return patiently(once)


def _decided(
    by: str, place: tuple[str, str], said: tuple[Decision, datetime | None, str], notice: Notice
) -> Waiting:
    (subject, review_id), (decision, until, reason), now = place, said, clock.now()
    item, standing, key, head = reads.batch(
        [
            store.review_at(subject, review_id),
            subjects.standing_at(subject),
            (DataKeyItem, keys.subject(subject), ReviewItem.CLASS),
            audit.head_at(),
        ]
    )
    review = None if item is None else store.review_of(item)
    if review is None or (standing is not None and standing.state not in _LIVES):
        raise NotFound(_GONE)
    (record,) = reads.batch([store.record_at(review)])
    waiting = _judged(review, record, notice, now)
    if waiting is None:
        raise NotFound(_GONE)
    if not review.is_open(now):
        if (review.decision, review.until, review.by) == (decision, until, by):
            return waiting
        raise Conflict(_DECIDED, type="too-late")
    if decision is Decision.ERASE:
        _require_free(waiting, standing)
    after = model.decided(review, decision, until, by)
    write, next_look = Transaction(notice), until or now
    kept = store.review_item(after, notice, next_look)
    if key is not None:
        vault.seal_item(kept, vault.open_key(key), {"reason": reason})
    store.put_review(write, kept, item)
    store.move_record(write, record, next_look)
    action = Action.REVIEW_KEPT if decision is Decision.KEEP else Action.REVIEW_ERASED
    audit.follow(write, Act(by, action, subject), notice, now, head)
    write.commit()
    return Waiting(after, waiting.rule, waiting.held)


def _require_free(waiting: Waiting, standing: Any) -> None:
    """Raises Conflict where a hold or a restriction keeps a record from being erased now."""
    if waiting.held:
        raise Conflict(_HELD, type="held")
    if standing is not None and standing.restricted:
        raise Conflict(_RESTRICTED, type="held")


def _waiting(reviews: Iterable[Review], notice: Notice, now: datetime) -> Iterator[Waiting]:
    wanted = [one for one in reviews if one.is_open(now)]
    records = reads.batch([store.record_at(one) for one in wanted]) if wanted else []
    for review, record in zip(wanted, records, strict=True):
        found = _judged(review, record, notice, now)
        if found is not None:
            yield found


def _judged(review: Review, record: Any, notice: Notice, now: datetime) -> Waiting | None:
    """Returns a review whose record still waits by the rule in force; else None."""
    if record is None or record.due_event != review.event or record.kind != review.kind:
        return None
    try:
        rule = notice.rule(review.kind, review.event)
    except UndeclaredRetention:
        return None
    since = record.due_since
    if review.kind == subjects.STANDING:
        since = subjects.since_in(record, review.event)
    if since != review.since or fate(rule, review.since, now) not in _WAITING:
        return None
    return Waiting(review, rule, held=record.lane is None)


__all__ = ["Listed", "Waiting", "decide", "listed", "of_person"]

"""The date of records that were kept for a purpose: set when nothing needs them, and taken away."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib import clock, logs
from chalicelib.consents import filings, store
from chalicelib.consents.filings import End, Filed
from chalicelib.consents.store import FiledItem
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice, UndeclaredRetention
from chalicelib.storage import keys
from chalicelib.storage.contention import patiently
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import store as subject_store
from chalicelib.subjects.model import Standing

RESERVE = 20
"""Writes that the caller of `set_dates` may still add to the transaction, such as a request's."""

BATCH = 50
"""Records that the job dates in a transaction."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record as it was read: its item, and what that says."""

    item: FiledItem
    record: Filed


def read(standing: Standing, purposes: Collection[str] | None, notice: Notice) -> tuple[Found, ...]:
    """Returns the records of somebody that may be kept for one of some purposes; None for all.

    No call for whom nothing was filed, else a Query for each kind that the person has of them.
    """
    if not standing.filed:
        return ()
    named = notice.purposes.keys() if purposes is None else purposes
    found = (
        Found(item, record)
        for kind in filings.kinds(standing, named, notice)
        for item in store.filed_of(standing.subject, kind)
        if not item.going and (record := _record(item, notice)) is not None
    )
    return tuple(
        one for one in found if purposes is None or set(purposes) & {*one.record.purposes(notice)}
    )


def set_dates(
    write: Transaction,
    found: Sequence[Found],
    purposes: Collection[str],
    standing: Standing,
    notice: Notice,
    at: datetime,
) -> list[JobItem]:
    """Adds to a decision about some purposes the dates of the records that were kept for them.

    `standing` is the one after the decision, whose write has to fail where a record was filed since
    it was read. More records than a transaction takes get their dates by a job, which is added and
    returned; `filings.is_over` says meanwhile that they are gone.
    """
    changed = [one for one in found if _change(one, standing, notice, at) is not None]
    if not changed:
        return []
    if len(changed) <= min(filings.AT_ONCE, write.room - RESERVE):
        for one in changed:
            _add(write, one, standing, notice, at)
        return []
    job = jobs.new_job(
        standing.subject, filings.QUEUE, filings.DATE, " ".join(sorted(purposes)), at
    )
    write.put(job)
    return [job]


def moved(item: Item, event: str, since: datetime, ends_at: datetime) -> list[Action]:
    """Returns the actions by which the end of a record counts from an event that was told.

    One that ends before, since its person refused what it was for, still does, unless they agree
    again. `same_event` is their condition.
    """
    return store.moved(item, event, since, ends_at)


def ends_first(item: Item, ends_at: datetime) -> datetime:
    """Returns an end of a record, or the one that a refusal set where that comes before."""
    return store.ends_first(item, ends_at)


def same_event(item: Item) -> Condition:
    """Returns the condition that a record's end counts from the event that was read."""
    return store.same_event(item)


def is_over(
    place: tuple[str, str],
    fields: Mapping[str, Any],
    standing: Standing,
    notice: Notice,
    now: datetime,
) -> bool:
    """Tells whether a record is gone since its person refused what it was for, dated or not.

    `place` is its kind and sort key, `fields` what it says in the clear. Of somebody of whom
    something is held it has to be dated.
    """
    kind, sk = place
    if kind not in filings.KINDS or standing.held:
        return False
    known = filings.filed(
        kind, keys.record_id(sk), fields.get("form"), fields.get("purpose"), notice
    )
    return known is not None and filings.is_over(known, standing, notice, now)


def schedule(
    item: Item, fields: Mapping[str, Any], standing: Standing, notice: Notice, now: datetime
) -> None:
    """Gives a record that comes to somebody who refused what it is for the date of the refusal."""
    known = filings.filed(
        item.kind, keys.record_id(item.sk), fields.get("form"), fields.get("purpose"), notice
    )
    ends = None if known is None else filings.end(known, standing, notice, now)
    if ends is not None and (item.due_at is None or item.due_at > ends.at):
        store.schedule(item, ends)


def settle(subject: str, notice: Notice) -> None:
    """Gives all records of somebody the dates that their decisions ask for, or takes them away.

    It can be repeated. A GetItem, a Query for each kind of records, and a transaction for each
    BATCH records that change, on condition that nothing was decided or filed meanwhile; where it
    was, all is read again. Raises Contention.
    """
    patiently(lambda: _settle_once(subject, notice))


def _settle_once(subject: str, notice: Notice) -> None:
    item, now = subject_store.get_standing(subject), clock.now()
    standing = None if item is None else subject_store.standing_of(item)
    if standing is None or standing.erasing:
        return
    found = read(standing, None, notice)
    changed = [one for one in found if _change(one, standing, notice, now) is not None]
    for start in range(0, len(changed), BATCH):
        write = Transaction(notice)
        lifecycle.require_same_filings(write, standing)
        for one in changed[start : start + BATCH]:
            _add(write, one, standing, notice, now)
        write.commit()
    logs.log("records.dated", count=len(changed))


def _change(one: Found, standing: Standing, notice: Notice, now: datetime) -> End | bool | None:
    """Returns the end that a record gets; True where it loses one, None where it stays as it is."""
    if filings.is_wanted_again(one.record, standing, notice, now):
        return True
    ends = filings.end(one.record, standing, notice, now)
    return None if ends is None or filings.is_dated(one.record, ends, notice) else ends


def _add(write: Transaction, one: Found, standing: Standing, notice: Notice, now: datetime) -> None:
    change = _change(one, standing, notice, now)
    if isinstance(change, End):
        store.begin_end(write, one.item, change)
    elif change:
        store.take_back(write, one.item, _former(one, notice))


def _former(one: Found, notice: Notice) -> tuple[str, End] | None:
    """Returns the end that a record had before, by the rule in force; None where it had none."""
    known = store.former(one.item)
    if known is None:
        return None
    event, since = known
    try:
        return event, End(since, notice.rule(one.record.kind, event).ends(since))
    except UndeclaredRetention:
        return None


def _record(item: FiledItem, notice: Notice) -> Filed | None:
    known = filings.filed(item.kind, keys.record_id(item.sk), item.form, item.purpose, notice)
    if known is None:
        return None
    return Filed(known.kind, known.category, known.purpose, item.due_event, item.ends_at)

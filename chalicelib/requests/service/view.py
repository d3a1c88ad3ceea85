"""Follows requests: a person's own with their clocks, and the open ones of everybody by right."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from pynamodb.expressions.update import Action as Update

from chalicelib import clock
from chalicelib.errors import Conflict, NotFound
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import CLOSED, Action, Actor, MoveNotAllowed
from chalicelib.requests.model import Request, Timed, timed
from chalicelib.requests.service import register
from chalicelib.requests.service.access import Owner
from chalicelib.requests.service.closure import close
from chalicelib.requests.service.progress import place_again
from chalicelib.requests.service.transitions import update
from chalicelib.requests.store import RequestItem
from chalicelib.sessions.model import SignedIn
from chalicelib.storage import due, keys, pages
from chalicelib.storage.due import Due
from chalicelib.storage.pages import Page
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing

GONE = "There is no such request."

_AT_ONCE, _QUERIES = 100, 5
"""The requests that are looked through for open ones: so many a Query, and so many of these."""


def stored(own: Owner, request_id: str, notice: Notice) -> Request:
    """Returns a request of a person. Raises NotFound, also for another's, and one that is over."""
    return store.request_of(_item(own, request_id, notice))


def _item(own: Owner, request_id: str, notice: Notice) -> RequestItem:
    item = store.get_request(own.subject, request_id)
    if item is None or ends.gone(item, notice, clock.now()):
        raise NotFound(GONE)
    return item


def receipt_of(own: Owner, request_id: str, notice: Notice) -> str:
    """Returns the signed receipt of an erasure that was carried out. One GetItem.

    Raises NotFound, also for another's request, and Conflict for one that has no receipt (yet).
    """
    item = _item(own, request_id, notice)
    if item.receipt is None:
        detail = "There is a receipt once everything is erased, and of other rights there is none."
        raise Conflict(detail, type="not-ready")
    return item.receipt


def get(own: Owner, request_id: str, notice: Notice) -> Timed:
    """Returns a request of the account with its clock, by the notice's days. One GetItem.

    One that an earlier release received enters the desk's register by it, in one transaction.
    Raises NotFound, also for another account's, and NoticeTooOld.
    """
    item, now = _item(own, request_id, notice), clock.now()
    if item.shelf is None:
        _register(item, notice, now)
    return timed(store.request_of(item), notice, now)


def _register(item: RequestItem, notice: Notice, now: datetime) -> None:
    """Puts a request in the register and on its shelf; another act at this moment does it, too."""
    write = Transaction(notice)
    if item.completed_at is None:
        place_again(write, item, notice, now)
    else:
        update(write, item, register.shelved_closed(item.completed_at, notice), notice)
    with suppress(ConditionFailed):
        write.commit()


def listed(signed_in: SignedIn, after: str | None, limit: int, notice: Notice) -> Page[Timed]:
    """Lists up to `limit` requests of the account after the one of that id. One Query.

    A page holds fewer where some are over and not removed yet. Raises NoticeTooOld.
    """
    now = clock.now()
    found = pages.collect(
        store.requests_of(signed_in.subject, after, limit),
        lambda item: None if ends.gone(item, notice, now) else store.request_of(item),
    )
    kept = tuple(timed(one, notice, now) for one in found.items if one is not None)
    return Page(kept, found.next)


def listed_open(signed_in: SignedIn, notice: Notice) -> Page[Timed]:
    """Lists the requests of the account that are not closed, those that are answered first, first.

    One Query for each hundred of all its requests, closed ones too; `next` says that there are more
    than 500, and that those after are not among these. Raises NoticeTooOld.
    """
    found, after = list[Timed](), None
    for _ in range(_QUERIES):
        one = listed(signed_in, after, _AT_ONCE, notice)
        found += (each for each in one.items if each.request.status not in CLOSED)
        after = one.next
        if after is None:
            break
    return Page(tuple(sorted(found, key=lambda each: each.deadline.due_on)), after)


def cancel(own: Owner, request_id: str, notice: Notice) -> Timed:
    """Cancels a request of the account that is not carried out yet, and ends what it restricts.

    One read and one transaction; one read more where the person has something restricted. The job
    of a copy stays: it finds nothing to do, and removes what a worker left that was killed.

    Raises NotFound, also for another account's; Conflict once it is answered, cancelled or being
    carried out, and when it was changed at this moment; NoticeTooOld.
    """
    item = _item(own, request_id, notice)
    now, write = clock.now(), Transaction(notice)
    ended, also = _ended(write, own.standing, item, notice, now)
    try:
        unchanged = RequestItem.history == item.history
        close(write, item, Action.CANCEL, Actor.PERSON, notice, now, unchanged, also)
    except MoveNotAllowed:
        detail = "The request is answered, cancelled or being carried out."
        raise Conflict(detail, type="move-not-allowed") from None
    try:
        write.commit()
    except ConditionFailed:
        raise Conflict("The request was changed at this moment; look at it again.") from None
    for job in ended:
        jobs.send(job)
    return get(own, request_id, notice)


def _ended(
    write: Transaction, standing: Standing | None, item: RequestItem, notice: Notice, now: datetime
) -> tuple[Sequence[JobItem], Sequence[Update]]:
    """Adds what a cancellation ends; returns the jobs, and updates of the request itself.

    No call where it restricts nothing and corrects nothing. A restriction
    that the request causes later changes its history, and this act fails then.
    """
    restricted = standing is not None and standing.restricted
    if not restricted and item.right != Right.RECTIFY:
        return (), ()
    from chalicelib.consents.service.context import Loaded
    from chalicelib.requests.service import effects

    known = None if standing is None else subjects.completed(standing)
    loaded = Loaded(keys.subject_of(item.pk), known, None)
    person = effects.Concerned(loaded)
    effect = effects.close(write, person, item, Action.CANCEL, notice, now)
    return effect.jobs, effect.on_request


def open_rights(most: int) -> tuple[Counter[str], bool]:
    """Counts the open requests by right, among the first `most`; tells whether these are all.

    16 Queries of the due index, and a BatchGetItem for each hundred requests.
    """
    found: list[Due] = []
    complete = True
    for shard in keys.shards(store.DEADLINE_LANE):
        room = most - len(found)
        entries, more = due.walk(shard, None, room) if room else ([], "unknown")
        listed = due.readable(entries)
        found += listed
        complete = complete and more is None and len(listed) == len(entries)
    requests = [(entry.pk, entry.sk) for entry in found if entry.kind == RequestItem.KIND]
    return Counter(store.open_rights(requests)), complete

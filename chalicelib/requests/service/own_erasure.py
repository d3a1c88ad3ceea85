"""Erasing one's own account: with the password again, after three days in which one may cancel.

A thief of an open session cannot erase its account with it, and a person who regrets has time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chalicelib import clock
from chalicelib.accounts.service import reauthentication
from chalicelib.decisions.restriction import Ground
from chalicelib.errors import Conflict
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.records import transactions
from chalicelib.requests import store
from chalicelib.requests.machine import Action, Told
from chalicelib.requests.model import Asked
from chalicelib.requests.service.mails import tell
from chalicelib.requests.service.transitions import dates, update
from chalicelib.requests.store import RequestItem
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing

WAIT: Final = timedelta(hours=72)
"""The time from asking to the beginning, in which the request can be cancelled."""


@dataclass(frozen=True, slots=True)
class OwnErasure:
    """The proof that the person who is signed in knows the password, and has the second factor."""

    subject: str


def prove(
    bearer: str | None, password: str, code: str | None, network: str, notice: Notice
) -> OwnErasure:
    """Checks the password of a person who is signed in and asks to be erased, and the code.

    The code of a second factor is checked and not used up: this function may write nothing that
    opens a door, and what it allows begins after three days. So recovery codes, which work once,
    are refused. One BatchGetItem, and the calls of `reauthentication.prove`; with a code another
    and a KMS call. Raises Unauthenticated, Forbidden for a wrong password, TooManyRequests, and
    Conflict for an account with a role at the desk.
    """
    signed_in = sessions.authenticate(bearer, with_role=True)
    if signed_in.given is not None:
        raise Conflict("An account with a role at the desk cannot be erased.")
    now = clock.now()
    proven = reauthentication.prove(signed_in, password, network, notice, now)
    proven.check_code(code, now, notice)
    return OwnErasure(signed_in.subject)


def begins_at(
    standing: Standing, now: datetime, categories: Collection[str] = ()
) -> datetime | None:
    """Returns when the erasure of an account begins by itself; None where the desk has to decide.

    That is so while something of it is held, or restricted for legal claims (GDPR art. 17(3)(e),
    18(1)(c)), and while a contract runs that a transaction of it came from, save where only some
    `categories` are erased and the account stays. One GetItem where something is restricted, and a
    Query where transactions were kept.
    """
    known = subjects.completed(standing)
    claims = any(one.ground is Ground.CLAIMS for one in known.restrictions or ())
    if standing.held or claims or (not categories and transactions.has_open(standing)):
        return None
    return now + WAIT


def begin_now(subject: str, request_id: str, notice: Notice) -> bool:
    """Makes an erasure that waits for its time due at once; returns False for any other request.

    The next run of the schedule `deadlines` begins it, if nothing has to be weighed first. One
    GetItem and one transaction.
    """
    item, now = store.get_request(subject, request_id), clock.now()
    if item is None or not waits_to_begin(item):
        return False
    write = Transaction(notice)
    update(write, item, [RequestItem.begins_at.set(now), RequestItem.due_at.set(now)], notice)
    write.commit()
    return True


def may_begin(standing: Standing | None, asked: Asked, notice: Notice, now: datetime) -> bool:
    """Tells whether an erasure whose time has come begins, or something has to be weighed first."""
    from chalicelib.requests.service import effects

    if standing is None or begins_at(standing, now, asked.categories) is None:
        return False
    return not asked.categories or effects.erasable(standing, asked, notice)


def waits_to_begin(item: RequestItem) -> bool:
    """Tells whether a request is one that begins by itself and has not begun."""
    history = store.request_of(item).history
    return item.begins_at is not None and all(one.event is not Action.APPROVE for one in history)


def begin_later(
    write: Transaction,
    item: RequestItem,
    standing: Standing,
    notice: Notice,
    now: datetime,
) -> list[JobItem]:
    """Adds that an open request begins by itself, and the mail about it; returns the job.

    The commit fails at the label `request` where the request was changed meanwhile.
    """
    item.begins_at = item.begins_at or begins_at(standing, now, (item.categories or "").split())
    if item.begins_at is None:
        return []
    placed = dates(store.request_of(item), item.pk, notice, now)
    update(write, item, [RequestItem.begins_at.set(item.begins_at), *placed], notice)
    subject, request_id = keys.subject_of(item.pk), keys.record_id(item.sk)
    return [tell(write, subject, request_id, Told.BEGINS, now)]

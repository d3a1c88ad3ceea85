"""Warnings to the person of an unused account: each is given once; the desk lists the lost ones.

A warning is a record with its date, written in the transaction that moves the account's next date
and asks for its mail. An address at which mail has stopped counts as warned: the record says so at
once, no mail is asked for, and the desk sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.accounts import warning_store as store
from chalicelib.accounts.service import mails
from chalicelib.accounts.warning_store import WarningItem
from chalicelib.decisions.notifications import ACCOUNT_SECURITY, may_notify
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.storage import keys, reads, shelves
from chalicelib.storage.shelves import Shelved
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import BOUNCE, Standing, Warned

REFUSED: Final = "refused"
"""The reason of a mail that SES refused for good."""

UNCERTAIN: Final = "uncertain"
"""The reason of a mail that was tried twice without an answer: it may have arrived."""

_NOT_PERMITTED: Final = "not_permitted"
"""The reason where the notice's decision point allows no such mail, and no bounce is known."""

_TAG: Final = "warning"

_AT_ONCE: Final = 50
"""Warnings that are read together with their standings: BatchGetItem takes a hundred keys."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A warning that reached nobody, as the desk lists it.

    `reason` is bounce, complaint, refused, uncertain or not_permitted; `then` is what happens at
    `ends_at`, erase or deactivate.
    """

    subject: str
    id: str
    warned_at: datetime
    ends_at: datetime
    then: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of warnings, and the place of the last one that was looked at; None at the end."""

    warnings: tuple[Unreached, ...]
    last: tuple[datetime, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A warning to be written: its record, and the job of its mail.

    `mail` is None where no mail reaches the person: the record says why.
    """

    record: WarningItem
    mail: JobItem | None

    def add(self, write: Transaction) -> None:
        """Adds the warning and the job, which is to be sent after the commit.

        The caller writes the standing, with the warning in it, on condition that it is as it was
        read: so none is given twice.
        """
        write.replace(self.record)
        if self.mail is not None:
            write.put(self.mail)


def given(standing: Standing, warned: Warned, then: str, notice: Notice) -> Given:
    """Returns a warning of an account, of which `then` says what happens at its end. No call."""
    reason = why_not(standing, notice, warned.at)
    record = store.new_warning(standing.subject, warned, then, reason)
    if reason is not None:
        return Given(record, None)
    about = store.id_of(warned)
    return Given(
        record, jobs.new_job(standing.subject, mails.QUEUE, mails.WARNED, about, warned.at)
    )


def why_not(standing: Standing, notice: Notice, now: datetime) -> str | None:
    """Returns why a person gets no mail of a warning, as the record says it; None where they do."""
    if may_notify(standing, ACCOUNT_SECURITY, notice, now):
        return None
    return standing.suppressed or _NOT_PERMITTED


def told_at(subject: str, last: Warned) -> datetime | None:
    """Returns when somebody was told by the last warning; None while its mail is under way.

    A warning that reaches nobody counts from when it was given. One GetItem.
    """
    item = store.get_warning(subject, store.id_of(last))
    if item is None or item.unreached is not None:
        return last.at
    return item.sent_at


def is_open(standing: Standing, warning: WarningItem) -> bool:
    """Tells whether the end of which a warning tells still lies ahead: nothing happened since."""
    return standing.usable and standing.last_activity_at <= warning.warned_at


def is_last(standing: Standing, warning: WarningItem) -> bool:
    """Tells whether a warning is open, and the last one that its person got.

    Another one supersedes it, and so does an account that has to wait.
    """
    last = standing.warned
    return last is not None and last.at == warning.warned_at and is_open(standing, warning)


def came_back(standing: Standing, tags: Mapping[str, str], *, permanent: bool) -> None:
    """Records that the mail of a warning bounced after SES had accepted it: that of its tags.

    A `permanent` bounce of whatever mail says the same of the last warning, whose person is not
    back yet. One UpdateItem for each warning; no call where there is none.
    """
    known, last = warning_of(tags), standing.warned
    concerned = set() if known is None else {known}
    if permanent and last is not None and standing.last_activity_at <= last.at:
        concerned.add(store.id_of(last))
    for one in sorted(concerned):
        store.mark_unreached(standing.subject, one, BOUNCE)


def tags_of(warning_id: str) -> dict[str, str]:
    """Returns the tags of the mail of a warning."""
    return {_TAG: warning_id}


def warning_of(tags: Mapping[str, str]) -> str | None:
    """Returns the warning in a mail's tags; None where they have none that is one."""
    told_of = tags.get(_TAG, "")
    return told_of if told_of.isascii() and told_of.isdigit() and len(told_of) == 13 else None


def unreached(after: tuple[datetime, str, str] | None, limit: int) -> Listed:
    """Lists up to `limit` warnings that reached nobody and are still open, the earliest first.

    One Query of the index, and a BatchGetItem for each fifty, of two items each. A page may hold
    fewer than `limit` although more follow: a warning stays on the shelf when its person came back.
    """
    start = None
    if after is not None:
        _, pk, sk = store.place(after[1], after[2])
        start = Shelved(pk, sk, after[0])
    shelved, more = shelves.page(keys.UNREACHED_SHELF, start, limit)
    found = []
    for standing, item in _read(shelved):
        if item.unreached is not None and _counts(standing, item):
            found.append(_unreached(item, item.unreached))
    last = None if more is None else (more.at, keys.subject_of(more.pk), keys.record_id(more.sk))
    return Listed(tuple(found), last)


def _read(places: list[Shelved]) -> list[tuple[Standing, WarningItem]]:
    """Returns the warnings that are still there, each with the standing of its person.

    One BatchGetItem for each _AT_ONCE of them.
    """
    found: list[tuple[Standing, WarningItem]] = []
    for start in range(0, len(places), _AT_ONCE):
        part = places[start : start + _AT_ONCE]
        people = list(dict.fromkeys(keys.subject_of(one.pk) for one in part))
        wanted = [subjects.standing_at(one) for one in people]
        items = reads.batch([*wanted, *((WarningItem, one.pk, one.sk) for one in part)])
        standings = dict(zip(people, items, strict=False))
        for place, item in zip(part, items[len(people) :], strict=True):
            standing = standings[keys.subject_of(place.pk)]
            if standing is not None and item is not None:
                found.append((subjects.standing_of(standing), item))
    return found


def _counts(standing: Standing, item: WarningItem) -> bool:
    """Tells whether a warning is one of those after which the account ends: it has not to wait."""
    last = standing.warned
    return last is not None and last.since == item.since and is_open(standing, item)


def _unreached(item: WarningItem, reason: str) -> Unreached:
    return Unreached(
        keys.subject_of(item.pk),
        keys.record_id(item.sk),
        item.warned_at,
        item.ends_at,
        item.then,
        reason,
    )

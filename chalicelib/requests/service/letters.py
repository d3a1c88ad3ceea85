"""Writes the mails about a request from what is stored when each is sent, in the person's language.

They say no more of the request than its right and its dates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from chalicelib import clock
from chalicelib.accounts.service.contents import address_of
from chalicelib.decisions.notifications import REQUESTS, may_notify
from chalicelib.decisions.restriction import NOTICE_OF_LIFTING
from chalicelib.jobs.model import Task
from chalicelib.links import Page
from chalicelib.mail.model import Message
from chalicelib.notices.model import Notice
from chalicelib.pages.languages import language_for
from chalicelib.pages.words import words
from chalicelib.requests import store
from chalicelib.requests.agenda import EXPIRE_AFTER
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.clock.deadline import ANSWER_DAYS
from chalicelib.requests.grounds import Ground, Right, article
from chalicelib.requests.history import question
from chalicelib.requests.machine import (
    RUNNING,
    Action,
    Actor,
    Entry,
    Extension,
    Question,
    Told,
)
from chalicelib.requests.model import MADE, Timed, timed
from chalicelib.requests.service import erasures, exports, unproven
from chalicelib.requests.service.mails import WARNING, action_of
from chalicelib.requests.service.progress import advance
from chalicelib.requests.store import RequestItem
from chalicelib.storage import contention, keys
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem

VERIFY: Final = "/receipts/verify"
"""The page at which anybody asks whether a receipt is valid, and what is still kept."""

LINE: Final = 72
"""Most characters of a piece of a receipt in a mail."""

OPEN: Final = "[…]"
"""The text that a foreseen mail has in the place of what is not chosen yet."""

COPY_READY: Final = "copy_ready"
"""The template of the outcome of a copy; in earlier releases also the action of its job."""

_TOLD: Final[Mapping[str, Told]] = {
    COPY_READY: Told.OUTCOME,
    **{action_of(told): told for told in Told},
}
"""The action of a job -> the kind of mail."""

_EVENTS: Final[Mapping[Told, Action]] = {
    Told.PROOF: Action.SUBMIT_BY_ADDRESS,
    Told.REMINDER: Action.REMIND,
    Told.QUESTION: Action.PAUSE,
    Told.EXTENSION: Action.EXTEND,
    Told.DELAY: Action.DELAY,
    Told.OUTCOME: Action.COMPLETE,
    Told.REFUSAL: Action.REFUSE,
    Told.LIFTING: Action.LIFT,
    Told.ERASURE: Action.COMPLETE,
}
"""The event that each mail is about; the receipt is about the request itself."""

_UNPROVEN: Final = frozenset({Told.PROOF, Told.REMINDER})
"""The mails that are sent only while the address is not proven."""


def compose(task: Task, notice: Notice) -> Message | None:
    """Returns the mail of a job; None where there is nothing to tell, or nobody to be told.

    Three GetItems and one KMS call for the address; of an outcome one GetItem more, and where a
    copy is ready for a person without account the transaction that makes its link. Raises
    NoticeTooOld.
    """
    told = _TOLD[task.action]
    item = store.get_request(task.subject, task.target)
    if item is None:
        return None
    letter = _letter(item, told, notice, clock.now())
    if letter is None:
        return None
    address = _address(item, told, notice)
    if address is None:
        return None
    template, own = letter
    if told is Told.PROOF:
        proof = unproven.proof_words(item, notice)
        if proof is None:
            return None
        own |= proof
    elif told is Told.RECEIPT and item.contact is not None:
        own |= unproven.follow_words(item, notice)
    return Message(template, address, item.locale, own)


def _address(item: RequestItem, told: Told, notice: Notice) -> str | None:
    """Returns the address to write to: the account's, or that of the request; None for neither.

    Of an erasure it is the one that was kept for this mail.
    """
    if told is Told.ERASURE:
        return erasures.kept_address(keys.subject_of(item.pk), keys.record_id(item.sk))
    if item.contact is not None:
        return unproven.address_of(item)
    subject = keys.subject_of(item.pk)
    standing = subjects.account_standing(subject)
    if standing is None or not may_notify(standing, REQUESTS, notice, clock.now(), asked_for=True):
        return None
    try:
        return address_of(subject, notice)
    except vault.KeyDestroyed:  # the person's erasure began after the standing was read
        return None


def warning(task: Task, notice: Notice) -> Message | None:
    """Returns the mail that warns the organisation of a request, by its id and due day alone.

    None where the request is answered, its clock stands still, or the notice states no e-mail
    address. One GetItem. Raises NoticeTooOld.
    """
    item, address = store.get_request(task.subject, task.target), notice.mailbox
    if item is None or item.status not in RUNNING or address is None:
        return None
    now = clock.now()
    found = timed(store.request_of(item), notice, now)
    due_on, today = found.deadline.due_on, calendar_of(*notice.working_days).day(now)
    words = {
        "request": task.target,
        "due_on": due_on,
        "left": max((due_on - today).days, 0),
        "overdue": found.overdue,
    }
    return Message(WARNING, address, notice.locales[0], words)


def mailed(task: Task, notice: Notice) -> None:
    """Records what a mail that was just sent changes: a question stops the clock from this day on.

    One GetItem and one transaction of the request for a question, nothing for other mails. A
    question that was answered meanwhile stays answered. The address that was kept for the word of
    an erasure goes, by one DeleteItem. Raises Contention.
    """
    if task.action == action_of(Told.ERASURE):
        store.delete_reply(task.subject, task.target)
    if task.action == action_of(Told.QUESTION):
        contention.patiently(lambda: _record_question(task, notice))


COMPOSERS: Final[Mapping[str, Callable[[Task, Notice], Message | None]]] = {
    **dict.fromkeys(_TOLD, compose),
    WARNING: warning,
}
"""The function that composes the mail of each such job."""


@dataclass(frozen=True, slots=True)
class _About:
    """A request to be told of: its clock, the entry that the mail is about, and its item.

    The item is None where the mail is only foreseen.
    """

    item: RequestItem | None
    timed: Timed
    entry: Entry
    notice: Notice
    locale: str
    now: datetime

    def day(self, moment: datetime) -> date:
        """Returns the civil day of a moment in the notice's zone."""
        return calendar_of(*self.notice.working_days).day(moment)


def _letter(
    item: RequestItem, told: Told, notice: Notice, now: datetime
) -> tuple[str, dict[str, Any]] | None:
    """Returns a mail's template and words; None where the request has no such event any more."""
    request = store.request_of(item)
    wanted = _EVENTS.get(told)
    entries = [one for one in request.history if wanted is None or one.event is wanted]
    if not entries or (told is Told.QUESTION and not _waits(item)):
        return None
    locale = language_for(item.locale, notice.locales)
    entry = entries[-1]
    about = _About(item, timed(request, notice, now), entry, notice, locale, now)
    if told is Told.OUTCOME and request.right in MADE:
        export = store.get_export(keys.subject_of(item.pk), request.id)
        if export is not None and export.ends_at is not None:
            own = {
                "request": request.id,
                "ends_at": export.ends_at,
                "portable": request.right == Right.PORT,
                "link": None if item.contact is None else exports.link(item, export, notice),
            }
            return COPY_READY, own | _silent(about)
    own = _WORDS[told](about)
    if told is Told.REFUSAL:
        subject = keys.subject_of(item.pk)
        own["ends_on"] = end_of_restriction(subject, request.id, about.day)
    if told is Told.BEGINS and (item.begins_at is None or item.status not in RUNNING):
        return None
    if told is Told.RECEIPT:
        own |= {"account": item.contact is None, "link": None}
    return action_of(told), _facts(about) | own


def foreseen(
    found: Timed,
    told: Told,
    reason: str | None,
    notice: Notice,
    now: datetime,
    ends_on: date | None = None,
) -> Message:
    """Returns the mail that an act of the desk would have sent, by the words that send it. Pure.

    `told` is the mail of the act (a refusal, an extension, a question, an outcome, the lifting of
    a restriction), `reason` its code, None while none is chosen. `ends_on` is the last day of the
    restriction that ends with the request. The address is left empty.
    """
    request = found.request
    entry = Entry(now, request.status, _EVENTS[told], Actor.DESK, reason)
    after = timed(replace(request, history=(*request.history, entry)), notice, now)
    locale = language_for(request.locale, notice.locales)
    about = _About(None, after, entry, notice, locale, now)
    own = _WORDS[told](about)
    if told is Told.REFUSAL:
        own["ends_on"] = ends_on
    return Message(action_of(told), "", request.locale, _facts(about) | own)


def _facts(about: _About) -> dict[str, Any]:
    """Returns the words that every mail about a request has."""
    request, notice = about.timed.request, about.notice
    right = notice.rights.get(request.right)
    return {
        "request": request.id,
        "right": request.right if right is None else notice.text(right.title, about.locale),
        "received_on": about.timed.received_on,
    }


def _due(about: _About) -> dict[str, Any]:
    return {"due_on": about.timed.deadline.due_on}


def _question(about: _About) -> dict[str, Any]:
    return {
        "identity": about.entry.reason == Question.IDENTITY,
        "answer_by": about.day(about.now) + timedelta(days=ANSWER_DAYS),
    }


def _extension(about: _About) -> dict[str, Any]:
    return _due(about) | {"many": about.entry.reason == Extension.NUMBER}


def _delay(about: _About) -> dict[str, Any]:
    return _due(about) | _complaint(about)


def _outcome(about: _About) -> dict[str, Any]:
    return _answered(about) | _silent(about)


def _answered(about: _About) -> dict[str, Any]:
    return {"answered_on": about.day(about.entry.at)}


def _silent(about: _About) -> dict[str, Any]:
    """Returns the names of the systems without whose answers the request went on."""
    request, known = about.timed.request, about.timed.systems
    passed = [one.reason for one in request.history if one.event is Action.SYSTEM_SILENT]
    names = [known[one] for one in passed if one is not None and one in request.waiting]
    return {"silent": ", ".join(dict.fromkeys(names))}


def _refusal(about: _About) -> dict[str, Any]:
    if about.entry.reason is None:
        return {**_answered(about), **_complaint(about), "ground": OPEN, "article": OPEN}
    ground = Ground(about.entry.reason)
    return {
        **_answered(about),
        **_complaint(about),
        "ground": words("requests", about.locale)[f"ground.{ground}"],
        "article": article(Right(about.timed.request.right), ground),
    }


def _complaint(about: _About) -> dict[str, Any]:
    said = about.notice.completed["complaint"]["text"]
    return {"complaint": about.notice.text(said, about.locale)}


def _lifting(about: _About) -> dict[str, Any]:
    return {"ends_on": about.day(about.entry.at + NOTICE_OF_LIFTING)}


def _begins(about: _About) -> dict[str, Any]:
    begins_at = about.timed.request.begins_at
    known = about.notice.categories
    named = [one for one in about.timed.request.categories if one in known]
    erased = ", ".join(about.notice.text(known[one].title, about.locale) for one in named)
    return {"begins_on": None if begins_at is None else begins_at, "erased": erased}


def _erasure(about: _About) -> dict[str, Any]:
    readable = about.notice.rule(DataKeyItem.KIND, "ended").ends(about.entry.at)
    return {
        **_outcome(about),
        "readable_until": about.day(readable),
        "receipt": None if about.item is None else _in_lines(about.item.receipt),
        "verify": Page(VERIFY),
    }


def _in_lines(text: str | None) -> str | None:
    """Returns a long text in pieces that fit into a line of a mail; None for none."""
    if text is None:
        return None
    return " ".join(text[start : start + LINE] for start in range(0, len(text), LINE))


def _reminder(about: _About) -> dict[str, Any]:
    return {"ends_on": about.day(about.timed.request.received_at + EXPIRE_AFTER)}


_WORDS: Final[Mapping[Told, Callable[[_About], dict[str, Any]]]] = {
    Told.RECEIPT: _due,
    Told.PROOF: _reminder,
    Told.REMINDER: _reminder,
    Told.QUESTION: _question,
    Told.EXTENSION: _extension,
    Told.DELAY: _delay,
    Told.OUTCOME: _outcome,
    Told.REFUSAL: _refusal,
    Told.LIFTING: _lifting,
    Told.BEGINS: _begins,
    Told.ERASURE: _erasure,
}


def end_of_restriction(subject: str, request: str, day: Callable[[datetime], date]) -> date | None:
    """Returns the last day of the restriction that a refused request had caused, or None.

    `day` returns the civil day of a moment. One GetItem, and one more where the person has a
    restriction.
    """
    standing = subjects.account_standing(subject)
    if standing is None or not standing.restricted:
        return None
    known = subjects.restrictions_of(standing.subject)
    ends = [one.ends_at for one in known or () if one.request == request and one.ends_at]
    return day(max(ends)) if ends else None


def _waits(item: RequestItem) -> bool:
    """Tells whether the question of a request is still to be mailed.

    One that was answered, or withdrawn by the desk, is not mailed any more.
    """
    asked = question(store.request_of(item).history)
    return asked is not None and not asked.mailed


def _record_question(task: Task, notice: Notice) -> None:
    item = store.get_request(task.subject, task.target)
    if item is None or not _waits(item):
        return
    write = Transaction(notice)
    advance(write, item, Action.QUESTION_MAILED, Actor.SYSTEM, notice, clock.now())
    write.commit()

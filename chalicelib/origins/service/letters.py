"""Sends the mail of an origin: once, or twice at most where the first had no answer.

The try is counted before the mail is sent and its acceptance recorded after, as with the mail of a
warning: a worker that dies in between leaves a try without an answer.
"""

from __future__ import annotations

from typing import Any, Final

from chalicelib import clock, logs
from chalicelib.accounts.service.contents import address_of
from chalicelib.jobs.model import Task
from chalicelib.links import Page
from chalicelib.mail import service as mail
from chalicelib.mail.model import Message
from chalicelib.mail.service import Rendered
from chalicelib.notices import elsewhere
from chalicelib.notices.model import Notice
from chalicelib.origins import model, store
from chalicelib.origins.store import ToldItem
from chalicelib.pages.languages import language_for
from chalicelib.storage import reads
from chalicelib.storage.contention import Contended
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.vault import service as vault
from chalicelib.vault.service import KeyDestroyed

TEMPLATE: Final = "data_from_elsewhere"

NOTICE: Final = "/notice"
"""The page of the notice."""


def deliver(task: Task, notice: Notice) -> None:
    """Sends the mail of the duty that a job names, unless it was sent, or its person is gone.

    Where no mail may go to the person, the duty stays open and stands on the desk's list. One
    BatchGetItem, a Query, two GetItems and two KMS calls for origin and address, two UpdateItems
    and one call of SES. Raises Contended where another worker has the mail at this moment, and the
    error of SES where it may take the mail later: the job is not finished then.
    """
    standing_item, item = reads.batch(
        [subjects.standing_at(task.subject), store.told_at(task.subject, task.target)]
    )
    if item is None or item.sent_at is not None:
        return
    standing = None if standing_item is None else subjects.standing_of(standing_item)
    if standing is None or standing.erasing:
        store.close(item)
        return
    reason = model.why_not(standing, notice, clock.now())
    if reason is None and int(item.tries) >= model.MOST_TRIES:
        reason = model.UNCERTAIN
    if reason is not None:
        _leave_open(item, reason, task)
        return
    try:
        written = mail.rendered(_message(standing, item, task.target, notice), notice)
    except KeyDestroyed:  # its erasure began at this moment
        return
    except KeyError:  # the profile has no address
        _leave_open(item, model.NO_ADDRESS, task)
        return
    if not store.begin_try(item, clock.now()):
        raise Contended
    _send(written, item, task)


def _send(written: Rendered, item: ToldItem, task: Task) -> None:
    try:
        mail.send_once(written)
    except mail.Refused as refused:
        if refused.final:
            _leave_open(item, model.REFUSED, task)
            return
        store.take_back_try(item)
        raise
    store.mark_sent(item, clock.now())
    logs.log("origin.told", subject=task.subject)


def _leave_open(item: ToldItem, reason: str, task: Task) -> None:
    logs.log("origin.unreached", subject=task.subject, reason=reason)
    store.mark_unreached(item, reason)


def _message(standing: Standing, item: ToldItem, told_id: str, notice: Notice) -> Message:
    address = _address(standing.subject, notice)
    key = vault.load_key(standing.subject, ToldItem.CLASS)
    origin = str(vault.open_item(item, key)["origin"])
    locale = language_for(standing.locale, notice.locales)
    named = model.categories(origin, item.category, notice)
    words: dict[str, Any] = {
        **elsewhere.told(notice, origin, named, locale),
        "notice": Page(NOTICE),
    }
    return Message(TEMPLATE, address, standing.locale, words, tags=model.tags_of(told_id))


def _address(subject: str, notice: Notice) -> str:
    return address_of(subject, notice)

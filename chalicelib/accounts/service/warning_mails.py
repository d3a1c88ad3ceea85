"""Sends the mail of a warning: once, or twice at most where the first had no answer.

The try is counted before the mail is sent, and its acceptance recorded after: a worker that dies in
between leaves a try without an answer. Then the mail is sent once more, and not a third time: the
desk's list says that it is uncertain whether it arrived.
"""

from __future__ import annotations

from typing import Any, Final

from chalicelib import clock, logs
from chalicelib.accounts import warning_store as store
from chalicelib.accounts.paths import WARNING
from chalicelib.accounts.service import warnings
from chalicelib.accounts.service.contents import address_of
from chalicelib.accounts.warning_store import WarningItem
from chalicelib.catalogue.model import DEACTIVATE
from chalicelib.jobs.model import Task
from chalicelib.links import Page
from chalicelib.mail import service as mail
from chalicelib.mail.model import Message
from chalicelib.mail.service import Rendered
from chalicelib.notices.model import Notice
from chalicelib.sessions import model as tokens
from chalicelib.sessions.model import Token
from chalicelib.storage import reads
from chalicelib.storage.contention import Contended
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.vault.service import KeyDestroyed

TEMPLATE: Final = "account_unused"

MOST_TRIES: Final = 2
"""Most times that the mail of a warning is sent: a second time only where the first is unknown."""


def deliver(task: Task, notice: Notice) -> None:
    """Sends the mail of the warning that a job names, unless it is superseded, or its person back.

    One BatchGetItem, a Query, a GetItem and a KMS call for the address, two UpdateItems and one
    call of SES. Raises Contended where another worker has the mail at this moment, and the error of
    SES where it may take the mail later: the job is not finished then.
    """
    standing_item, item = reads.batch(
        [subjects.standing_at(task.subject), store.place(task.subject, task.target)]
    )
    standing = None if standing_item is None else subjects.standing_of(standing_item)
    if standing is None or item is None or item.sent_at is not None:
        return
    if not warnings.is_last(standing, item) or item.unreached is not None:
        return
    reason = warnings.why_not(standing, notice, clock.now())
    if reason is None and int(item.tries) >= MOST_TRIES:
        reason = warnings.UNCERTAIN
    if reason is not None:
        logs.log("warning.unreached", subject=task.subject, reason=reason)
        store.mark_unreached(task.subject, task.target, reason)
        return
    token = tokens.new_token(task.subject)
    try:
        written = mail.rendered(_message(standing, item, token, task.target, notice), notice)
    except KeyDestroyed:  # its erasure began at this moment
        return
    if not store.begin_try(item, token.fingerprint, clock.now()):
        raise Contended
    _send(written, task, item)


def _send(written: Rendered, task: Task, item: WarningItem) -> None:
    try:
        mail.send_once(written)
    except mail.Refused as refused:
        if refused.final:
            store.mark_unreached(task.subject, task.target, warnings.REFUSED)
            return
        store.take_back_try(item)
        raise
    store.mark_sent(item, clock.now())


def _message(
    standing: Standing, item: WarningItem, token: Token, warning_id: str, notice: Notice
) -> Message:
    words: dict[str, Any] = {
        "since": item.since.astimezone(notice.zone).date(),
        "ends_on": item.ends_at.astimezone(notice.zone).date(),
        "address": notice.site_address,
        "stops": item.then == DEACTIVATE,
        "stopped": not standing.active,
        "link": Page(WARNING, token),
    }
    address = address_of(standing.subject, notice)
    tags = warnings.tags_of(warning_id)
    return Message(TEMPLATE, address, standing.locale, words, tags=tags)

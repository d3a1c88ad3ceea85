"""The disavowal of an account by the owner of its address, who did not open it."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from chalicelib import clock
from chalicelib.accounts import store
from chalicelib.accounts.service import claims
from chalicelib.accounts.service.letters import DISAVOW
from chalicelib.accounts.store import PendingItem
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import USABLE, Standing
from chalicelib.webhooks import service as webhooks

RIGHT = "restrict"
"""The right that covers an account opened without permission, as the notice has it."""


class Outcome(StrEnum):
    """The outcomes of a disavowal."""

    DISOWNED = "disowned"
    """The address was not proven: the account is kept from every use and erased by the sweep."""
    REQUEST_OPENED = "request_opened"
    """It was proven: a person looks into it, since the link may be in wrong hands."""


OpenRequest = Callable[[Transaction, str, str, str, Notice, datetime], object]
"""Adds a request to a transaction: of that subject, for that right, in that language, at that time.
"""


def disavow(token_text: str, notice: Notice, open_request: OpenRequest) -> Outcome:
    """Uses the link of the verification mail that says that its reader did not open the account.

    Raises DoneAlready when the link was used, Unprocessable when the account is gone.
    """
    now = clock.now()
    token, link = sessions.open_link(token_text, DISAVOW)
    standing = _concerned(token.subject, link.target)
    if standing is None:
        raise sessions.refusal(token_text, DISAVOW)
    write, asked = Transaction(notice), list[JobItem]()
    sessions.spend(write, link)
    if standing.waits:
        outcome = Outcome.DISOWNED
        lifecycle.disown(write, standing, notice, now)
        asked = webhooks.notify(write, standing, webhooks.Event.DISOWNED, notice, now)
        pk, sk = store.pending_place(link.target, token.subject)
        write.delete(PendingItem(pk=pk, sk=sk))
    elif standing.usable:
        outcome = Outcome.REQUEST_OPENED
        open_request(write, standing.subject, RIGHT, standing.locale, notice, now)
        lifecycle.require_account(write, standing.subject, *USABLE)
    else:
        raise sessions.refusal(token_text, DISAVOW)
    try:
        write.commit()
    except ConditionFailed:
        raise sessions.refusal(token_text, DISAVOW) from None
    for job in asked:
        jobs.send(job)
    return outcome


def disown_all(address_mac: str, notice: Notice) -> int:
    """Disowns all registrations that wait for the proof of an address, whose holder is erased.

    The sweep erases them next. Returns their number. One Query for a hundred; a GetItem and a
    transaction for each. One whose address is proven at this moment is left alone.
    """
    ended = 0
    for item in store.pending_of(address_mac, clock.now()):
        now, standing = clock.now(), subjects.account_standing(item.subject)
        write = Transaction(notice)
        asked = list[JobItem]()
        if standing is not None and standing.waits:
            lifecycle.disown(write, standing, notice, now)
            asked = webhooks.notify(write, standing, webhooks.Event.DISOWNED, notice, now)
        write.delete(PendingItem(pk=item.pk, sk=item.sk))
        try:
            write.commit()
        except ConditionFailed:
            continue
        ended += 1
        for job in asked:
            jobs.send(job)
    return ended


def _concerned(subject: str, address_mac: str) -> Standing | None:
    """The account that a link is about, or the one that its address was proven for without it.

    A person who proved the address alone has dropped the registration of that mail, and may still
    say that they want no account: a request about theirs is opened, as about any that is proven.
    """
    standing = subjects.account_standing(subject)
    if standing is None or standing.erasing or not standing.disowned:
        return standing
    held = claims.held_by(address_mac)
    return None if held is None else subjects.account_standing(held)

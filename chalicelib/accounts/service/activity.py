"""Keeps an unused account by the button behind a warning's link: it counts as activity."""

from __future__ import annotations

from chalicelib import clock, logs
from chalicelib.accounts import warning_store as store
from chalicelib.accounts.service import warnings
from chalicelib.errors import DoneAlready, Unprocessable
from chalicelib.notices.model import Notice
from chalicelib.sessions import model as tokens
from chalicelib.sessions import service as sessions
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing


class AccountGone(Unprocessable):
    """422: the account of a link does not exist any more, or is being erased."""

    default_type = "account-gone"
    default_title = "The account is gone"

    def __init__(self) -> None:
        super().__init__("The account that this link is about was erased.")


def keep(token_text: str, notice: Notice) -> None:
    """Records that the person of an account is there, by the link of a warning's mail.

    The link works until the account is erased, and so does that of every earlier warning about the
    same end; it opens nothing. One GetItem, one Query, one transaction; of this and an erasure at
    the same moment one wins whole. Raises DoneAlready where the account was used or kept since the
    warning, AccountGone where it is too late, and Unprocessable for every other link.
    """
    token = tokens.read_link(token_text)
    if token is None:
        raise sessions.link_not_valid()
    standing = _there(subjects.account_standing(token.subject))
    found = store.newest(token.subject)
    warning = next((one for one in found if token.fingerprint in store.links_of(one)), None)
    if warning is None or not standing.usable:
        raise sessions.link_not_valid()
    if not warnings.is_open(standing, warning):
        raise _done()
    write = Transaction(notice)
    lifecycle.record_activity(write, token.subject, clock.now())
    try:
        write.commit()
    except ConditionFailed:
        _there(subjects.account_standing(token.subject))
        raise sessions.link_not_valid() from None
    logs.log("account.kept", subject=token.subject)


def _there(standing: Standing | None) -> Standing:
    if standing is None or standing.erasing:
        raise AccountGone
    return standing


def _done() -> DoneAlready:
    detail = "This link is not needed: the account was used, or kept by it, since the warning."
    return DoneAlready(detail, type="link-not-valid")

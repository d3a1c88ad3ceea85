"""Mailed links: each works for one action, once, until it expires or its record is used up."""

from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.errors import DoneAlready, Unprocessable
from chalicelib.notices.model import Notice
from chalicelib.sessions import model, store
from chalicelib.sessions.model import Token
from chalicelib.sessions.store import LinkItem
from chalicelib.storage.attributes import still
from chalicelib.storage.transaction import Transaction

NO_LINK = "This link is not valid: it was used, it expired, or a newer one replaced it."


def new_link(
    subject: str,
    action: str,
    target: str,
    notice: Notice,
    now: datetime,
    valid: timedelta | None = None,
) -> tuple[Token, LinkItem]:
    """Returns a link's token and the item to put.

    It works for as long as the notice says, or for `valid` where that is shorter.
    """
    token = model.new_token(subject)
    expires_at = notice.rule(LinkItem.KIND, "created").ends(now)
    if valid is not None:
        expires_at = min(expires_at, now + valid)
    return token, store.link_item(token, action, target, expires_at)


def open_link(text: str, action: str) -> tuple[Token, LinkItem]:
    """Returns the token and the item of a live link for that action. One GetItem.

    Raises DoneAlready for a link that was used for that action, and Unprocessable, the same for
    every other cause; programs cannot tell the two apart.
    """
    token = model.read_link(text)
    item = None if token is None else store.get_link(token)
    if token is None or item is None or item.expires_at <= clock.now():
        raise link_not_valid()
    if item.action == _used(action):
        raise DoneAlready(NO_LINK, type="link-not-valid")
    if item.action != action:
        raise link_not_valid()
    return token, item


def refusal(text: str, action: str) -> Unprocessable:
    """Returns the refusal of a link that was live when read, but did not fit what was read later.

    It is DoneAlready where another press of the same button used the link in between.
    """
    try:
        open_link(text, action)
    except Unprocessable as refused:
        return refused
    return link_not_valid()


def link_not_valid() -> Unprocessable:
    """Returns the one refusal of every link that does not work, whatever the cause."""
    return Unprocessable(NO_LINK, type="link-not-valid")


def spend(write: Transaction, link: LinkItem) -> None:
    """Adds that a link is used up, on condition that it was not before.

    The item stays until the link would have expired, so that a second press gets DoneAlready. Fails
    if a wrong password was given with the link since it was read: of many passwords tried at once,
    the right one gains nothing.
    """
    same = still(LinkItem.wrong, int(link.wrong))
    write.update(
        link,
        actions=[LinkItem.action.set(_used(link.action))],
        condition=LinkItem.pk.exists() & (LinkItem.action == link.action) & same,
    )


def _used(action: str) -> str:
    """Returns the action of a link that was used up for `action`."""
    return f"used:{action}"

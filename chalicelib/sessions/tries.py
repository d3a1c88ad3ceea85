"""Passwords that are given together with a link in vain: counted by the link itself.

Only who reads the mail has the link, so no stranger can use its tries up; and what is counted in
the link costs no call and no unit more where the password is right.
"""

from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from chalicelib.errors import TooManyRequests
from chalicelib.sessions.store import LinkItem
from chalicelib.storage.attributes import still
from chalicelib.storage.transaction import Transaction

TRIES, WINDOW = 5, timedelta(hours=1)
"""How many wrong passwords one link takes, and in what time: a mailbox gets twelve links an hour
at most, so that is sixty guesses at a password which registration made hard to guess."""


def refuse_exhausted(link: LinkItem, now: datetime) -> None:
    """Raises TooManyRequests when a link had its share of wrong passwords."""
    if _recent(link, now) >= TRIES:
        raise _too_many(link, now)


def count(write: Transaction, link: LinkItem, now: datetime) -> None:
    """Adds that one more wrong password was given with a link, if nobody gave one meanwhile."""
    tries = _recent(link, now)
    actions: list[Action] = [LinkItem.wrong.set(tries + 1)]
    if tries == 0:
        actions.append(LinkItem.wrong_since.set(now))
    same = still(LinkItem.wrong, int(link.wrong))
    write.update(link, actions, LinkItem.pk.exists() & same)


def raced() -> TooManyRequests:
    """What somebody is answered who gave a password with a link at the same moment as another."""
    return TooManyRequests("This link is being used at this moment; try again.", retry_after=1)


def _recent(link: LinkItem, now: datetime) -> int:
    since = link.wrong_since
    return int(link.wrong) if since is not None and now < since + WINDOW else 0


def _too_many(link: LinkItem, now: datetime) -> TooManyRequests:
    ends = (link.wrong_since or now) + WINDOW
    return TooManyRequests(
        "There were too many wrong passwords; wait, or prove the address without one.",
        retry_after=int((ends - now).total_seconds()) + 1,
    )

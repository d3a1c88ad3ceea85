"""Wrong passwords that are given together with a link, counted in the link itself.

Only the reader of the mail has the link, so no stranger can use its tries up. Where the password is
right, the count costs no call and no unit more.
"""

from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from chalicelib.errors import TooManyRequests
from chalicelib.sessions.store import LinkItem
from chalicelib.storage.attributes import still
from chalicelib.storage.transaction import Transaction

TRIES, WINDOW = 5, timedelta(hours=1)
"""Most wrong passwords with one link, and in which time. A mailbox gets at most twelve links an
hour: that is sixty guesses at a password that registration made hard to guess."""


def refuse_exhausted(link: LinkItem, now: datetime) -> None:
    """Raises TooManyRequests when a link has no try left."""
    if _recent(link, now) >= TRIES:
        raise _too_many(link, now)


def count(write: Transaction, link: LinkItem, now: datetime) -> None:
    """Adds one to the wrong passwords of a link, on condition that none came since it was read."""
    tries = _recent(link, now)
    actions: list[Action] = [LinkItem.wrong.set(tries + 1)]
    if tries == 0:
        actions.append(LinkItem.wrong_since.set(now))
    same = still(LinkItem.wrong, int(link.wrong))
    write.update(link, actions, LinkItem.pk.exists() & same)


def raced() -> TooManyRequests:
    """Returns the refusal of a password given with a link at the same moment as another."""
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

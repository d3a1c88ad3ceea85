"""The changes of the notice that a person was told of, as shown in their account."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib import clock
from chalicelib.errors import NotFound
from chalicelib.publications import store
from chalicelib.publications.model import Obligation, Status
from chalicelib.sessions.model import SignedIn
from chalicelib.storage import pages
from chalicelib.storage.pages import Page

_TAG = "notice_version"

_LAST = 100
"""The versions among which those that a person has not seen are looked for."""

_SEEN = (Status.SEEN, Status.WITHDRAWN)
"""The states of a change that the person needs to look at no more."""


def told(signed_in: SignedIn, after: str | None, limit: int) -> Page[Obligation]:
    """Lists up to `limit` versions that the person was or is to be told of, newest first.

    Only those older than the version `after`. One Query.
    """
    return told_to(signed_in.subject, after, limit)


def told_to(subject: str, after: str | None, limit: int) -> Page[Obligation]:
    """Lists the same of any person, for the desk. One Query."""
    return pages.collect(store.obligations_of(subject, after, limit), store.obligation_of)


def unseen(signed_in: SignedIn) -> Page[Obligation]:
    """Lists the versions that the person has not seen yet, newest first, of the last hundred.

    `next` says that there are more than a hundred in all. One Query.
    """
    found = told(signed_in, None, _LAST)
    return Page(tuple(one for one in found.items if one.shown not in _SEEN), found.next)


def acknowledge(signed_in: SignedIn, version: str) -> None:
    """Records that the person has seen the changes of a version. Idempotent.

    Nothing else records it, since mails do not report that they were opened. One UpdateItem. Raises
    NotFound where this person has no obligation about the version.
    """
    if not store.mark_seen(signed_in.subject, version, clock.now()):
        raise NotFound("You did not have to be told of such a version.")


def tags_of(version: str) -> dict[str, str]:
    """Returns the tags of a mail about a version; SES allows no dots in them."""
    return {_TAG: version.replace(".", "_")}


def version_of(tags: Mapping[str, str]) -> str | None:
    """Returns the version in a mail's tags; None if they have none."""
    told_of = tags.get(_TAG)
    return None if told_of is None else told_of.replace("_", ".")


def came_back(subject: str, version: str, now: datetime) -> None:
    """Records that the mail about a version bounced after SES had accepted it.

    An obligation that was seen meanwhile stays SEEN; without an obligation, nothing is recorded.
    One UpdateItem.
    """
    store.mark_returned(subject, version, now)

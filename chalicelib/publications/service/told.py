"""What people were told of changes of the notice, as they see it in their account."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib import clock
from chalicelib.errors import NotFound
from chalicelib.publications import store
from chalicelib.publications.model import Obligation
from chalicelib.publications.store import ObligationItem
from chalicelib.sessions.model import SignedIn
from chalicelib.storage import pages
from chalicelib.storage.pages import Page

OBLIGATION = ObligationItem.KIND
"""The kind of the record that somebody has to be told of a version."""

_TAG = "notice_version"


def told(signed_in: SignedIn, after: str | None, limit: int) -> Page[Obligation]:
    """Up to `limit` versions that the person was or is to be told of, newest first.

    Only those older than the one named by `after`. One Query.
    """
    found = store.obligations_of(signed_in.subject, after, limit)
    return pages.collect(found, store.obligation_of)


def acknowledge(signed_in: SignedIn, version: str) -> None:
    """Records that the person says they have seen what a version changed. Idempotent.

    Nothing else records it: no mail tells whether it was opened. One UpdateItem. Raises NotFound
    for a version of which this person never had to be told.
    """
    if not store.mark_seen(signed_in.subject, version, clock.now()):
        raise NotFound("You did not have to be told of such a version.")


def tags_of(version: str) -> dict[str, str]:
    """The tags of a mail that tells of a version; SES takes no dots in them."""
    return {_TAG: version.replace(".", "_")}


def version_of(tags: Mapping[str, str]) -> str | None:
    """The version that a mail with these tags told of; None if it told of none."""
    told_of = tags.get(_TAG)
    return None if told_of is None else told_of.replace("_", ".")


def came_back(subject: str, version: str, now: datetime) -> None:
    """Records that the mail about a version could not be delivered after all.

    Somebody who saw the change meanwhile has seen it; where there is no such obligation, nothing
    is recorded. One UpdateItem.
    """
    store.mark_returned(subject, version, now)


def readable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a stored obligation as its person is told them."""
    return {**fields, "ask": str(fields["ask"]).split()}

"""What people were told of changes of the notice, as they see it in their account."""

from collections.abc import Mapping
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


def readable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a stored obligation as its person is told them."""
    return {**fields, "ask": str(fields["ask"]).split()}

"""Restrictions of processing (GDPR art. 18): what they cover, and until when. Pure.

A restriction stands beside a subject's decisions and is not lifted by any of them: what it covers
is restricted whatever is granted later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.notices.model import OPPOSABLE, LegalBasis, WhenRestricted
from chalicelib.subjects.restriction import Ground, Restriction

__all__ = [
    "NOTICE_OF_LIFTING",
    "Ground",
    "Restriction",
    "Use",
    "WhenRestricted",
    "concerned",
    "contested",
    "covers",
    "ended",
    "lifted",
    "placed",
]

NOTICE_OF_LIFTING: Final = timedelta(days=7)
"""Time for which a restriction stays after its person was told of its end (GDPR art. 18(3))."""


class Use(StrEnum):
    """The uses of data. A restriction covers the use for a purpose, and nothing else."""

    PURPOSE = "purpose"
    STORAGE = "storage"
    """Keeping it, which art. 18(2) leaves allowed."""
    OWN_REQUEST = "own_request"
    """Answering a request of the person."""
    SIGN_IN = "sign_in"
    SECURITY = "security"
    """Protecting the person's account, and mail about that."""
    REQUEST_MAIL = "request_mail"
    """Mail about the person's requests."""


def covers(
    restrictions: Iterable[Restriction],
    purpose: str,
    categories: Collection[str],
    now: datetime,
    *,
    when_restricted: WhenRestricted | None = None,
    use: Use = Use.PURPOSE,
) -> bool:
    """Whether a use of data is restricted at `now`.

    `categories` are those that the use may touch: the one that is asked about, or all of the
    purpose where none is. `when_restricted` is the mark of the purpose in the notice, None for a
    purpose without one.
    """
    if use is not Use.PURPOSE or when_restricted is not None:
        return False
    return any(_covers(one, purpose, categories) for one in restrictions if one.stands(now))


def lifted(restriction: Restriction, told_at: datetime) -> Restriction:
    """The restriction with its end, seven days after its person was told (GDPR art. 18(3)).

    Telling them again does not move the end.
    """
    if restriction.ends_at is not None:
        return restriction
    return replace(restriction, ends_at=told_at + NOTICE_OF_LIFTING)


def contested(
    named: Collection[str], bases: Mapping[str, Collection[LegalBasis]]
) -> frozenset[str]:
    """Returns the purposes that a delayed or disputed request limits.

    They are the ones that it named; where it named none, all that rest on consent or on a basis
    that is open to objection. `bases` are the legal bases of the notice's purposes.
    """
    if named:
        return frozenset(named)
    weighed = {LegalBasis.CONSENT, *OPPOSABLE}
    return frozenset(purpose for purpose, found in bases.items() if weighed & {*found})


def placed(restrictions: Collection[Restriction], new: Restriction) -> tuple[Restriction, ...]:
    """Returns the restrictions with a new one.

    One of the same request on the same ground is widened by it, and stands since it was placed
    first. No restriction of the request has an end from then on: it is open (again).
    """
    others = [one for one in restrictions if one.request != new.request]
    own = [replace(one, ends_at=None) for one in restrictions if one.request == new.request]
    same = [one for one in own if one.ground is new.ground]
    for one in same:
        new = _both(one, new)
    return (*others, *(one for one in own if one not in same), new)


def ended(restrictions: Iterable[Restriction], now: datetime) -> tuple[Restriction, ...]:
    """Returns the restrictions whose end has come."""
    return tuple(one for one in restrictions if one.ends_at is not None and one.ends_at <= now)


def concerned(
    restrictions: Collection[Restriction],
    purposes: Iterable[str],
    categories: Mapping[str, Collection[str]],
) -> frozenset[str]:
    """Returns those of some purposes that restrictions cover, whether or not they stand by now.

    `categories` are those of each purpose of the notice; of one that it does not name any more
    there are none.
    """
    return frozenset(
        purpose
        for purpose in purposes
        if any(_covers(one, purpose, categories.get(purpose, ())) for one in restrictions)
    )


def _both(before: Restriction, new: Restriction) -> Restriction:
    return replace(
        new,
        since=min(before.since, new.since),
        purposes=before.purposes | new.purposes,
        categories=before.categories | new.categories,
        everything=before.everything or new.everything,
    )


def _covers(restriction: Restriction, purpose: str, categories: Collection[str]) -> bool:
    return (
        restriction.everything
        or purpose in restriction.purposes
        or not restriction.categories.isdisjoint(categories)
    )

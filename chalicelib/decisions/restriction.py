"""Restrictions of processing (GDPR art. 18): what they cover, and until when. Pure.

A restriction stands beside a subject's decisions and is not lifted by any of them: what it covers
is restricted whatever is granted later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.notices.model import LegalBasis

NOTICE_OF_LIFTING: Final = timedelta(days=7)
"""Time for which a restriction stays after its person was told of its end (GDPR art. 18(3))."""


class Ground(StrEnum):
    """The ground of a restriction of processing."""

    ACCURACY = "accuracy"
    """The person contests that the data is accurate (GDPR art. 18(1)(a))."""
    UNLAWFUL = "unlawful"
    """The processing is unlawful, and the person does not want the data erased (18(1)(b))."""
    CLAIMS = "claims"
    """The person needs data for legal claims that the controller needs no longer (18(1)(c))."""
    OBJECTION = "objection"
    """The person objected, and it is not yet decided whose grounds prevail (18(1)(d))."""
    DELAY = "delay"
    """The request was not answered in time: the notice promises it."""
    DISPUTE = "dispute"
    """The person contradicted the answer: the notice promises it."""


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


class WhenRestricted(StrEnum):
    """The marks of a purpose for which restricted data may be used (GDPR art. 18(2))."""

    CLAIMS = "claims"
    RIGHTS_OF_OTHERS = "rights_of_others"
    PUBLIC_INTEREST = "public_interest"


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction, the request that it came of, and since when it stands.

    It covers the `purposes` with all their data and the `categories` for all purposes, by the ids
    of the notice; or `everything`, in later notices as well. `ends_at` is None until its lifting is
    told.
    """

    request: str
    ground: Ground
    since: datetime
    purposes: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    everything: bool = False
    ends_at: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """Whether it has begun and has not ended."""
        return self.since <= now and (self.ends_at is None or now < self.ends_at)


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
    return any(
        one.everything or purpose in one.purposes or not one.categories.isdisjoint(categories)
        for one in restrictions
        if one.stands(now)
    )


def lifted(restriction: Restriction, told_at: datetime) -> Restriction:
    """The restriction with its end, seven days after its person was told (GDPR art. 18(3)).

    Telling them again does not move the end.
    """
    if restriction.ends_at is not None:
        return restriction
    return replace(restriction, ends_at=told_at + NOTICE_OF_LIFTING)


def contested(named: Collection[str], bases: Mapping[str, LegalBasis]) -> frozenset[str]:
    """Returns the purposes that a delayed or disputed request limits.

    They are the ones that it named; where it named none, all that rest on consent or on a
    legitimate interest. `bases` are the legal bases of the notice's purposes.
    """
    if named:
        return frozenset(named)
    weighed = (LegalBasis.CONSENT, LegalBasis.LEGITIMATE_INTEREST)
    return frozenset(purpose for purpose, basis in bases.items() if basis in weighed)

"""Restrictions of processing (GDPR art. 18) as they are kept beside a standing. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction, the request that it came of, and since when it stands.

    It covers the `purposes` with all their data and the `categories` for all purposes, by the ids
    of the notice; or `everything`, in later notices as well. `ground` is None where the person
    named none, and `ends_at` until the lifting is told.
    """

    request: str
    ground: Ground | None
    since: datetime
    purposes: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    everything: bool = False
    ends_at: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """Whether it has begun and has not ended."""
        return self.since <= now and (self.ends_at is None or now < self.ends_at)

"""The records of runs of retention, each of which holds the hash of the one before. Pure.

A record holds counts by rule and nothing else: no id, no date of anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from chalicelib.chain import Head, Link, digest
from chalicelib.instants import instant
from chalicelib.notices.model import version_order
from chalicelib.retention.evidence import model
from chalicelib.retention.evidence.model import Tally


@dataclass(frozen=True, slots=True)
class Met:
    """A tally that was met in the table: what a batch did, and when."""

    tally: Tally
    at: datetime


@dataclass(frozen=True)
class Run:
    """The record of what was done from `begun` to `ended`, in so many batches, by one version.

    `at` is when it was written; the order of these times is that of the numbers. `stored` is the
    hash that was written with it; None for a record that is being made.
    """

    seq: int
    at: datetime
    begun: datetime
    ended: datetime
    batches: int
    did: Tally
    previous: str
    stored: str | None = None

    @cached_property
    def hash(self) -> str:
        """The record's place in the chain: SHA-256, in hex, over its canonical JSON (RFC 8785)."""
        return digest(self.content())

    @property
    def link(self) -> Link:
        """The number and hash, as they are stored."""
        return Link(self.seq, self.hash if self.stored is None else self.stored)

    def content(self) -> dict[str, Any]:
        """Returns what is hashed: everything that the record says but its hash."""
        return {
            "seq": self.seq,
            "at": instant(self.at),
            "begun": instant(self.begun),
            "ended": instant(self.ended),
            "batches": self.batches,
            "counts": model.packed(self.did),
            "previous": self.previous,
        }


def following(head: Head, met: Sequence[Met], now: datetime) -> list[Run]:
    """Returns the records of tallies after a chain's last one: one for each version of the notice.

    Versions come in their order. The time is `now`, or the last record's where a clock is behind:
    times never go back.
    """
    at = now if head.at is None else max(now, head.at)
    last, found = head.last, list[Run]()
    for version in sorted({one.tally.version for one in met}, key=version_order):
        of_version = [one for one in met if one.tally.version == version]
        times = [one.at for one in of_version]
        made = Run(
            seq=last.seq + 1,
            at=at,
            begun=min(times),
            ended=max(times),
            batches=len(of_version),
            did=model.total(version, (one.tally for one in of_version)),
            previous=last.hash,
        )
        found.append(made)
        last = made.link
    return found

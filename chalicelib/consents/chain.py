"""The entries of a ledger, each of which holds the hash of the one before: pure.

Values of `chalicelib.consents.model`, through which other code takes them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from chalicelib.chain import GENESIS, digest
from chalicelib.instants import instant
from chalicelib.subjects.model import entry_id

__all__ = ["GENESIS", "Entry", "digest", "verify"]


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger. `opened` is what is stored sealed: decisions and their salt."""

    subject: str
    seq: int
    previous: str
    commitment: str
    notice_version: str
    notice_digest: str
    source: str
    event: str
    at: datetime
    opened: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The public name of the entry: subject and number."""
        return entry_id(self.subject, self.seq)

    @cached_property
    def hash(self) -> str:
        """The entry's place in the chain: SHA-256 over its canonical JSON (RFC 8785)."""
        return digest(
            {
                "subject": self.subject,
                "seq": self.seq,
                "previous": self.previous,
                "commitment": self.commitment,
                "notice_version": self.notice_version,
                "notice_digest": self.notice_digest,
                "source": self.source,
                "event": self.event,
                "at": instant(self.at),
            }
        )


def verify(entries: Iterable[Entry], head: str, after: tuple[int, str] = (0, GENESIS)) -> bool:
    """Whether entries, oldest first, form one unbroken chain that ends in `head`.

    `after` is the number and hash of the last entry that was pruned. Sealed parts are not
    needed; where an entry still has them, its commitment is checked too.
    """
    seq, previous = after
    for entry in entries:
        seq += 1
        if entry.seq != seq or entry.previous != previous:
            return False
        if entry.opened and digest(entry.opened) != entry.commitment:
            return False
        previous = entry.hash
    return previous == head

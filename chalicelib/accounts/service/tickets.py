"""Tickets: proofs that a sign-in's password was right, for the page that asks for the code.

A ticket says the same as the password, for ten minutes and for one account: its mark is a MAC over
the hash of the password that was right, so that a new password ends it, as does signing out
everywhere. It opens nothing by itself; the code that it needs works once and is counted. Nothing is
stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from chalicelib.accounts.store import ClaimItem
from chalicelib.vault import service as vault

VALID: Final = timedelta(minutes=10)
"""Time to find the telephone, and to type a code."""

_TICKET = re.compile(r"code\.([0-9a-f]{64})\.([0-9]{10})\.([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it came: the address's keyed hash, its end, and the mark to be proven."""

    mac: str
    ends_at: datetime
    mark: str = field(repr=False)

    def is_of(self, claim: ClaimItem | None) -> bool:
        """Tells whether the ticket was issued for the password of this claim, in constant time.

        One KMS call, the first time in a process.
        """
        told = "-" if claim is None else _mark(self.mac, self.ends_at, claim)
        return hmac.compare_digest(self.mark, told)


def issue(mac: str, claim: ClaimItem, now: datetime) -> str:
    """Returns a new ticket for the claim at the address with this keyed hash."""
    ends_at = datetime.fromtimestamp(int((now + VALID).timestamp()), UTC)
    return f"code.{mac}.{int(ends_at.timestamp()):010d}.{_mark(mac, ends_at, claim)}"


def read(text: str | None, now: datetime) -> Ticket | None:
    """Returns the ticket in a text; None for a text of another form, or when it has ended."""
    match = _TICKET.fullmatch(text or "")
    if match is None:
        return None
    ends_at = datetime.fromtimestamp(int(match[2]), UTC)
    # One that ends later than any issued now was not made here.
    return Ticket(match[1], ends_at, match[3]) if now < ends_at <= now + VALID else None


def _mark(mac: str, ends_at: datetime, claim: ClaimItem) -> str:
    about = [mac, str(int(ends_at.timestamp())), claim.subject]
    about += [str(int(claim.generation)), claim.password_hash or "-"]
    return hmac.new(_key(), "\n".join(about).encode(), hashlib.sha256).hexdigest()


@cache
def _key() -> bytes:
    return vault.derived_key("tickets of signing in")

"""The rules of limits: how many tries, from where, at what. Pure.

Tries are counted in fixed windows, three times over: by address and network together, by address,
and by network. So who guesses at an account from one network uses up what that network may try,
and its owner, elsewhere, goes on. Only when an address is tried from many networks at once does
each of them get a single try a window: one that knows the password needs no more.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in a window of time."""

    tries: int
    window: timedelta

    def starts(self, now: datetime) -> int:
        """When the window that `now` lies in began, in seconds since 1970."""
        seconds = int(self.window.total_seconds())
        return int(now.timestamp()) // seconds * seconds

    def ends(self, now: datetime) -> datetime:
        """When the window that `now` lies in is over."""
        return datetime.fromtimestamp(self.starts(now), UTC) + self.window


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be tried at one kind of action.

    `pair` limits one network at one address, `address` all networks at one address, `network` one
    network at all addresses. With `strict` nothing more is done for an address whose limit is
    reached; without, each network still has one try a window.
    """

    action: str
    pair: Limit
    address: Limit
    network: Limit
    strict: bool


_QUARTER, _HOUR = timedelta(minutes=15), timedelta(hours=1)

GUESSES = Limits("guess", Limit(10, _QUARTER), Limit(100, _HOUR), Limit(500, _HOUR), strict=False)
"""Wrong passwords, and wrong codes of a second factor. A right one is not counted."""

CODES = Limits("code", Limit(5, _HOUR), Limit(20, _HOUR), Limit(500, _HOUR), strict=True)
"""Short codes of a verification mail. They have eight digits, and twelve may be good at once (one
for each of MAILS): so somebody guesses one with 240 in 10^8 an hour."""

MAILS = Limits("mail", Limit(6, _HOUR), Limit(12, _HOUR), Limit(3000, _HOUR), strict=True)
"""Mails that strangers may cause: more than a person needs, too few to flood a mailbox. A network
may cause many, since a university or a provider that shares its addresses is one network."""

RESETS = replace(MAILS, action="reset")
"""Mails with a link for a new password are counted apart: nobody keeps an owner from one by using
up the other mails, and who uses up these has put as many working links into the owner's mailbox."""


def place(action: str, scope: str, key: str) -> str:
    """What a counter is found by: a hash, since a network says something about a person."""
    return hashlib.sha256(f"{action}\n{scope}\n{key}".encode()).hexdigest()[:40]


def allowed(limits: Limits, address_count: int) -> int:
    """How many tries one network has at an address that was tried so often altogether."""
    if address_count < limits.address.tries:
        return limits.pair.tries
    return 0 if limits.strict else 1

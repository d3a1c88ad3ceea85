"""The links that end mails: what one says, and how it is written. No I/O.

A link is found by nothing: it says itself whose mails it ends, which, and until when, and a MAC
proves that we said so. So none is stored, and none is used up: pressed twice, it ends what has
ended.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from chalicelib.consents.model import Choice
from chalicelib.decisions.permission import EMAIL
from chalicelib.notices.model import LegalBasis, Notice, Purpose

VALID = timedelta(days=365)
"""How long a link works: mails are kept, and opened, long after they came."""

_MAC_BYTES = 24
"""Of 32 (RFC 2104, section 5, wants half at least): a multiple of three, so that no character of
the text has bits to spare, and a token of the longest names fits a segment of a path."""

_TOKEN = re.compile(
    r"([a-z2-7]{26}|v[a-z2-7]{32})[.]([pn])-([a-z][a-z0-9_]{0,47})[.]([1-9][0-9]{9})"
    r"[.]([A-Za-z0-9_-]{32})"
)

REFUSALS = {
    LegalBasis.CONSENT: Choice.DENIED,
    LegalBasis.LEGITIMATE_INTEREST: Choice.OBJECTED,
}
"""How one says no, by basis (GDPR art. 7(3), 21). To the other bases nobody can."""


class Kind(StrEnum):
    """What a link ends: what is done for a purpose, or a notification of our own."""

    PURPOSE = "p"
    NOTIFICATION = "n"


@dataclass(frozen=True, slots=True)
class Scope:
    """What exactly a link ends, by the notice's id: that and nothing else."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}-{self.name}"


@dataclass(frozen=True, slots=True)
class Link:
    """Whose mails end, which, and until when the link works; `ends` is in seconds since 1970."""

    subject: str
    scope: Scope
    ends: int

    def __str__(self) -> str:
        return f"{self.subject}.{self.scope}.{self.ends}"

    @property
    def expires_at(self) -> datetime:
        """The instant from which it works no more."""
        return datetime.fromtimestamp(self.ends, UTC)

    def signed(self) -> bytes:
        """What its MAC is made of; the first line keeps it from standing for anything else."""
        return f"unsubscribe\n{self}".encode()


def new_link(subject: str, scope: Scope, now: datetime) -> Link:
    """A link that works for a year from `now`, to the second."""
    return Link(subject, scope, int((now + VALID).timestamp()))


def token(link: Link, mac: bytes) -> str:
    """A link as it is mailed: at most 128 characters, none of which a URL has to escape."""
    return f"{link}.{_spelled(mac)}"


def read_token(text: str) -> tuple[Link, str] | None:
    """The link in a token and how its MAC is spelled; None for what cannot be one of ours."""
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    subject, kind, name, ends, spelled = found.groups()
    return Link(subject, Scope(Kind(kind), name), int(ends)), spelled


def proves(spelled: str, mac: bytes) -> bool:
    """Whether a token's MAC is the one that we make; compares in constant time."""
    return hmac.compare_digest(spelled, _spelled(mac))


def refusable(notice: Notice) -> list[Purpose]:
    """The purposes for which people get mails that they may refuse."""
    return [
        purpose
        for purpose in notice.purposes.values()
        if purpose.basis in REFUSALS and EMAIL in purpose.channels
    ]


def _spelled(mac: bytes) -> str:
    return base64.urlsafe_b64encode(mac[:_MAC_BYTES]).decode()

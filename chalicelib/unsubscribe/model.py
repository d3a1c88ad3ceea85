"""The links that end mails: their content and their form. No I/O.

A link is not stored: it names the subject, the mails that it ends, and its own end, and a MAC
proves that this deployment made it. It is not used up either: used twice, it changes nothing more.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from chalicelib.consents.model import Choice
from chalicelib.decisions.permission import EMAIL
from chalicelib.notices.model import OPPOSABLE, Notice, Purpose

VALID = timedelta(days=365)
"""Time for which a link works: mails are kept, and opened, long after they came."""

_MAC_BYTES = 24
"""Bytes of 32 (RFC 2104, section 5, wants half at least): a multiple of three, so that no character
of the text has spare bits, and a token of the longest names fits a segment of a path."""

_TOKEN = re.compile(
    r"([a-z2-7]{26}|v[a-z2-7]{32})[.]([pn])-([a-z][a-z0-9_]{0,47})[.]([1-9][0-9]{9})"
    r"[.]([A-Za-z0-9_-]{32})"
)


def refusal(purpose: Purpose) -> Choice | None:
    """Returns the form of a refusal of a purpose; None where its bases allow none.

    Consent is denied (GDPR art. 7(3)), and what is open to it objected to (art. 21).
    """
    if purpose.needs_consent:
        return Choice.DENIED
    return Choice.OBJECTED if purpose.kinds & OPPOSABLE else None


class Kind(StrEnum):
    """The kind of mails that a link ends: those of a purpose, or this software's notification."""

    PURPOSE = "p"
    NOTIFICATION = "n"


@dataclass(frozen=True, slots=True)
class Scope:
    """The mails that a link ends, by the notice's id of a purpose or notification."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}-{self.name}"


@dataclass(frozen=True, slots=True)
class Link:
    """A link's subject, the mails that it ends, and its own end, in seconds since 1970."""

    subject: str
    scope: Scope
    ends: int

    def __str__(self) -> str:
        return f"{self.subject}.{self.scope}.{self.ends}"

    @property
    def expires_at(self) -> datetime:
        """The instant from which the link no longer works."""
        return datetime.fromtimestamp(self.ends, UTC)

    def signed(self) -> bytes:
        """Returns the text under the MAC; its first line keeps the MAC from serving another use."""
        return f"unsubscribe\n{self}".encode()


def new_link(subject: str, scope: Scope, now: datetime) -> Link:
    """Returns a link that works for a year from `now`, to the second."""
    return Link(subject, scope, int((now + VALID).timestamp()))


def token(link: Link, mac: bytes) -> str:
    """Returns a link's token: at most 128 characters, none of which a URL has to escape."""
    return f"{link}.{_spelled(mac)}"


def read_token(text: str) -> tuple[Link, str] | None:
    """Returns the link in a token and its MAC's spelling; None for a text of another form."""
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    subject, kind, name, ends, spelled = found.groups()
    return Link(subject, Scope(Kind(kind), name), int(ends)), spelled


def proves(spelled: str, mac: bytes) -> bool:
    """Tells whether a token's MAC equals the computed one; compares in constant time."""
    return hmac.compare_digest(spelled, _spelled(mac))


def refusable(notice: Notice) -> list[Purpose]:
    """Lists the purposes for which people get mails that they may refuse."""
    return [
        purpose
        for purpose in notice.purposes.values()
        if refusal(purpose) is not None and EMAIL in purpose.channels
    ]


def _spelled(mac: bytes) -> str:
    return base64.urlsafe_b64encode(mac[:_MAC_BYTES]).decode()

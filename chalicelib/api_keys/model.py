"""API keys: what one looks like, what it may do, and until when it works. No I/O."""

import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import ids
from chalicelib.errors import Finding

SCOPES = frozenset({"introspection", "accounts", "decisions", "disclosures"})
"""What a key may be good for: asking whose session a token is; noting the site's own reference;
asking what may be done with somebody's data; noting who was given some."""

GRACE = timedelta(days=7)
"""How long a key works on beside the one that takes its place: time enough to change a secret."""

_TEXT = re.compile(r"rsk_([a-z2-7]{26})\.([A-Za-z0-9_-]{43})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Credential:
    """A key as its holder has it: `rsk_<id>.<secret>`, with a secret of 256 random bits.

    The prefix lets scanners of source code find one that was committed by mistake.
    """

    id: str
    secret: str

    def __str__(self) -> str:
        return f"rsk_{self.id}.{self.secret}"

    def __repr__(self) -> str:
        return f"Credential({self.id})"

    @property
    def fingerprint(self) -> str:
        """What is stored in place of the secret."""
        return ids.fingerprint(self.secret)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key. It works until `expires_at` or `revoked_at`, else for ever."""

    id: str
    name: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def works(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def new_credential() -> Credential:
    """A fresh key."""
    return Credential(ids.new_id(), ids.new_secret())


def read_credential(text: str) -> Credential | None:
    """The key in a text, or None when it cannot be one of ours."""
    match = _TEXT.fullmatch(text)
    return Credential(match[1], match[2]) if match else None


def proves(credential: Credential, fingerprint: str) -> bool:
    """Whether the credential's secret is the one of which the fingerprint is stored."""
    return hmac.compare_digest(credential.fingerprint, fingerprint)


def findings(
    name: str, scopes: Iterable[str], expires_at: datetime | None, now: datetime
) -> Iterator[Finding]:
    """Everything that is wrong with a key to be made."""
    asked = frozenset(scopes)
    if not _NAME.fullmatch(name):
        yield Finding("/name", "must be 1 to 64 letters, digits, spaces, dots, hyphens")
    if not asked or not asked <= SCOPES:
        yield Finding("/scopes", f"must be one or more of: {', '.join(sorted(SCOPES))}")
    if expires_at is not None and expires_at <= now:
        yield Finding("/expires_at", "must lie ahead")

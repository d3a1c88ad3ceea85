"""The form, the scopes and the lifetime of API keys. No I/O."""

import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import ids
from chalicelib.errors import Finding

ANSWERS = "answers"
"""The scope of a key that answers requests for one recipient of the notice."""

SCOPES = frozenset({"introspection", "accounts", "decisions", "disclosures", "records", ANSWERS})
"""The scopes: introspect a session's token; record the site's own reference of an account; ask for
decisions; record disclosures; hand over records; answer requests as one recipient."""

GRACE = timedelta(days=7)
"""Time for which a replaced key works beside the new one, so that a system can change over."""

_TEXT = re.compile(r"rsk_([a-z2-7]{26})\.([A-Za-z0-9_-]{43})")
_RECIPIENT = re.compile(r"[a-z][a-z0-9_]{0,47}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Credential:
    """A key in its holder's form: `rsk_<id>.<secret>`, with a secret of 256 random bits.

    The prefix lets scanners of source code find a key that was committed by mistake.
    """

    id: str
    secret: str

    def __str__(self) -> str:
        return f"rsk_{self.id}.{self.secret}"

    def __repr__(self) -> str:
        return f"Credential({self.id})"

    @property
    def fingerprint(self) -> str:
        """The hash that is stored in place of the secret."""
        return ids.fingerprint(self.secret)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key's description. It works until `expires_at` or `revoked_at`, else without an end.

    `recipient` is the one for which a key with the scope `answers` answers; other keys have none.
    """

    id: str
    name: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    recipient: str | None = None

    def works(self, now: datetime) -> bool:
        """Tells whether the key is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def new_credential() -> Credential:
    """Returns a new key with random id and secret."""
    return Credential(ids.new_id(), ids.new_secret())


def read_credential(text: str) -> Credential | None:
    """Returns the key in a text, or None when the text has not the form of one."""
    match = _TEXT.fullmatch(text)
    return Credential(match[1], match[2]) if match else None


def proves(credential: Credential, fingerprint: str) -> bool:
    """Tells whether the credential's secret has the stored fingerprint, in constant time."""
    return hmac.compare_digest(credential.fingerprint, fingerprint)


def findings(
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    now: datetime,
    recipient: str | None = None,
) -> Iterator[Finding]:
    """Lists everything that is wrong with a key to be made."""
    asked = frozenset(scopes)
    if not _NAME.fullmatch(name):
        yield Finding("/name", "must be 1 to 64 letters, digits, spaces, dots, hyphens")
    if not asked or not asked <= SCOPES:
        yield Finding("/scopes", f"must be one or more of: {', '.join(sorted(SCOPES))}")
    if expires_at is not None and expires_at <= now:
        yield Finding("/expires_at", "must lie ahead")
    if (ANSWERS in asked) != (recipient is not None):
        detail = f"comes with the scope {ANSWERS}, and with no other: whose answers it gives"
        yield Finding("/recipient", detail)
    elif recipient is not None and not _RECIPIENT.fullmatch(recipient):
        yield Finding("/recipient", "must be the id of a recipient of the notice")

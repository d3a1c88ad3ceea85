"""Tokens: `<subject id>.<secret>`, so that one is found by key, without an index of secrets."""

import re
from dataclasses import dataclass
from datetime import datetime

from chalicelib import ids
from chalicelib.consents.model import Standing, State

_TOKEN = re.compile(r"([a-z2-7]{26})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Token:
    """A session's or a link's token: whose it is, and the secret that proves it."""

    subject: str
    secret: str

    def __str__(self) -> str:
        return f"{self.subject}.{self.secret}"

    def __repr__(self) -> str:
        return f"Token({self.subject})"

    @property
    def fingerprint(self) -> str:
        """What stands in the table in place of the secret; also the session's public id."""
        return ids.fingerprint(self.secret)


@dataclass(frozen=True, slots=True)
class Opened:
    """How a session was opened: what its person is shown to recognise it by.

    `ip_address` is shortened to its network, `approximate_place` a country's code (ISO 3166-1);
    `second_factor` says whether one was given.
    """

    second_factor: bool = False
    ip_address: str | None = None
    approximate_place: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has not expired. It is alive while its subject's generation is the same."""

    subject: str
    id: str
    created_at: datetime
    expires_at: datetime
    generation: int
    opened: Opened


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that is alive, and what stands about its subject at this moment."""

    session: Session
    standing: Standing
    given: str | None = None
    """The role at the desk that its account was given, where that was read."""

    @property
    def subject(self) -> str:
        """Whose session it is."""
        return self.session.subject

    @property
    def role(self) -> str | None:
        """The role at the desk, which works only in a session opened with a second factor.

        And for as long as the account is active: who stops it works there no more.
        """
        works = self.session.opened.second_factor and self.standing.state is State.ACTIVE
        return self.given if works else None


def new_token(subject: str) -> Token:
    """A fresh token of a subject."""
    return Token(subject, ids.new_secret())


def read_token(text: str) -> Token | None:
    """The token in a text, or None when it cannot be one of ours."""
    match = _TOKEN.fullmatch(text)
    return Token(match[1], match[2]) if match else None

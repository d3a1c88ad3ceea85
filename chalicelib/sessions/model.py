"""Tokens: `<subject id>.<secret>`, so that one is found by key, without an index of secrets."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib import ids
from chalicelib.subjects.model import Standing

IDLE = timedelta(days=10)
"""The time that a session lasts unused, where the notice does not say."""

DESK_IDLE, DESK_LONGEST = timedelta(minutes=30), timedelta(hours=12)
"""The same for an account with a role at the desk, and the longest time of its sessions."""

AWAKE = timedelta(minutes=15)
"""The time without a request after which acting on a page of the desk asks for a code again."""

PARTS = 30
"""A use is noted once in this part of the idle time at most, so that most calls cost no write."""

MOST = 20
"""Most sessions of one account at once: the oldest ends when another begins."""

_TOKEN = re.compile(r"([a-z2-7]{26})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Token:
    """The token of a session or a link: a subject, and the secret that proves it."""

    subject: str
    secret: str

    def __str__(self) -> str:
        return f"{self.subject}.{self.secret}"

    def __repr__(self) -> str:
        return f"Token({self.subject})"

    @property
    def fingerprint(self) -> str:
        """The fingerprint that is stored in place of the secret; also the session's public id."""
        return ids.fingerprint(self.secret)


@dataclass(frozen=True, slots=True)
class Opened:
    """The opening of a session, by which its person recognises it.

    `ip_address` is shortened to its network, `approximate_place` a country's code (ISO 3166-1);
    `second_factor` says whether one was given.
    """

    second_factor: bool = False
    ip_address: str | None = None
    approximate_place: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has not expired. It is alive while its subject's generation is the same.

    It also ends `idle` after it was used last, which is when it began if nothing else is noted.
    `lapsed` is the longest time without a use after which it was used again, where that was AWAKE
    at least and no code came since; else zero.
    """

    subject: str
    id: str
    created_at: datetime
    expires_at: datetime
    generation: int
    opened: Opened
    idle: timedelta = IDLE
    used_at: datetime | None = None
    lapsed: timedelta = timedelta(0)

    @property
    def key(self) -> str:
        """The key under which the last use is noted."""
        return use_key(self.subject, self.id)

    @property
    def last_used(self) -> datetime:
        """The time of the last use, as far as it was noted."""
        return self.created_at if self.used_at is None else max(self.created_at, self.used_at)

    def is_over(self, now: datetime) -> bool:
        """Tells whether it has ended, by its age or unused."""
        return now >= min(self.expires_at, self.last_used + self.idle)

    def is_to_be_noted(self, now: datetime) -> bool:
        """Tells whether its use is to be noted again."""
        return now >= self.last_used + self.idle / PARTS

    def asks_again(self, now: datetime) -> bool:
        """Tells whether acting at the desk in it asks for a code of the second factor again.

        Uses are noted with gaps, so that this begins up to a part of the idle time early, never
        late. It ends with a right code, and not because a page was opened.
        """
        return bool(self.lapse(now))

    def lapse(self, now: datetime) -> timedelta:
        """Returns what `lapsed` is once a use now is noted."""
        unused = now - self.last_used
        return max(self.lapsed, unused) if unused >= AWAKE else self.lapsed

    def at_the_desk(self) -> "Session":
        """Returns the session as one of an account with a role at the desk, which ends sooner.

        One that was unused for too long has ended, although a page that does not know the role
        went on with it.
        """
        ends = min(self.expires_at, self.created_at + DESK_LONGEST)
        if self.lapsed >= DESK_IDLE:
            ends = min(ends, self.last_used)
        return replace(self, idle=min(self.idle, DESK_IDLE), expires_at=ends)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that is alive, and the standing of its subject at this moment."""

    session: Session
    standing: Standing
    given: str | None = None
    """The role at the desk that its account was given, where that was read."""

    @property
    def subject(self) -> str:
        """The subject of the session."""
        return self.session.subject

    @property
    def role(self) -> str | None:
        """The role at the desk, which works only in a session opened with a second factor.

        And for as long as the account is active: one that its person stopped has no role.
        """
        works = self.session.opened.second_factor and self.standing.active
        return self.given if works else None


def use_key(subject: str, session_id: str) -> str:
    """Returns the key under which the last use of a session is noted."""
    return f"{subject}.{session_id}"


def new_token(subject: str) -> Token:
    """Returns a fresh token of a subject."""
    return Token(subject, ids.new_secret())


def read_token(text: str) -> Token | None:
    """Returns the token in a text, or None for a text of another form."""
    match = _TOKEN.fullmatch(text)
    return Token(match[1], match[2]) if match else None


def read_link(text: str) -> Token | None:
    """Returns the token of a link, also where it was copied with further query parameters."""
    return read_token(text.partition("&")[0])

"""The standing of a subject: its kind, life and limits, and what stands recorded. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from chalicelib.limits.model import NEVER, Rate
from chalicelib.notices.model import Period
from chalicelib.subjects.restriction import Restriction

_NONE: Mapping[str, Any] = MappingProxyType({})


class Decision(StrEnum):
    """The decisions on a purpose."""

    GRANTED = "granted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"


class Origin(StrEnum):
    """The ways in which a decision came about: they say which later one may replace it."""

    OWN = "own"
    """The person's own act on this purpose, here or through the desk."""
    SIGNAL = "signal"
    """A browser's `Sec-GPC: 1`, which counts until the person decides otherwise."""
    JOINED = "joined"
    """A decision made in a browser, which the account that signed in there took over."""


class Kind(StrEnum):
    """The kinds of subjects. A subject's id tells which one it is."""

    ACCOUNT = "account"
    VISITOR = "visitor"
    """A browser without an account."""
    CONTACT = "contact"
    """Somebody known by an address, or a letter, alone: a request, which has no standing."""


class Life(StrEnum):
    """The stages of a subject, from registration to erasure.

    A visitor is active from its first decision on, until it is being erased.
    """

    PENDING = "pending"
    """The address is not proven yet."""
    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    """The person stopped the account and may come back; the data stays."""
    ERASING = "erasing"
    ERASED = "erased"
    """Everything went but what has to stay for a while: a tombstone is in the standing's place."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """The facts of an erasure that has begun, kept in the standing until it is done.

    `event` is the one of the notice's rule, `since` the beginning, `request` the id of the request
    that it carries out, and `notice_version` the version by which it began. Once what goes was
    counted, `counts` has the number of records by `kind` or `kind:category`, `kept` the classes in
    which something stays, `told` the recipients that are told; before that they are None.
    """

    event: str
    since: datetime
    request: str | None = None
    notice_version: str = ""
    counts: Mapping[str, int] | None = None
    kept: frozenset[str] = frozenset()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """The facts that keep a subject's data from use, whatever its life; each has its own reasons.

    A further limit is a field here that is empty by default, an optional attribute of
    `store.StandingItem`, and a comparison in `guard.unchanged`: items that are stored without it
    are not touched.
    """

    disowned: bool = False
    """The owner of the address did not open this account: they said so by the link of the
    verification mail, or proved the address without the account's password. It is never used again,
    and the next sweep erases it."""
    restricted: int = 0
    """The flag of restrictions of processing (GDPR art. 18): when those that stand were changed
    last, in milliseconds since 1970; 0 where none stands. An item of their own says what they
    cover, and is read only where the flag stands."""
    held: int = 0
    """The flag of holds: when those on the subject's records were changed last, in milliseconds
    since 1970; 0 where there is none. Items of their own say what they cover (`holds`). It stops
    the end of records, and no decision is made by it."""


NO_LIMITS = Limits()

BOUNCE, COMPLAINT = "bounce", "complaint"
"""The reasons for which mail to an address stops: a permanent bounce, or a complaint (spam)."""

USABLE = frozenset({Life.ACTIVE, Life.DEACTIVATED})
"""The lives in which a person can sign in: one who deactivated an account has to come back."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision in force on one purpose, with its entry and the version of the notice shown.

    `at` is when the person decided, which for a joined decision is before its entry.
    `notice_version` is empty where it is not known, and counts as older than every version.
    `interest_at` is when the person last showed interest by signing in, None where they never did;
    `lapsed_at` is when a consent had ended by the time of a later sign of interest, which does not
    bring it back: None for one that had not.
    """

    decision: Decision
    seq: int
    at: datetime
    notice_version: str = ""
    origin: Origin = Origin.OWN
    interest_at: datetime | None = field(default=None, compare=False)
    lapsed_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to an account's person, made of a yes in a browser, which is no yes of theirs.

    `seq` is the account's entry that records the question, `at` when the yes was given in the
    browser, and `notice_version` the version that was shown there.
    """

    seq: int
    at: datetime
    notice_version: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A client's event id and its payload, both as hashes, and the number of the entry it made."""

    id: str
    payload: str
    seq: int


@dataclass(frozen=True, slots=True)
class Warned:
    """The last warning to the person of an account that its period comes to an end.

    `since` is the beginning of that period, `at` when the warning was given, `ends_at` the end that
    it named, and `ahead` how long before the end the notice's rule asked for it. A later activity
    begins another period, which the warning is not about.
    """

    since: datetime
    at: datetime
    ends_at: datetime
    ahead: Period


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing of one subject: its decisions in force, and the head of its chain of entries.

    For an account: `generation` is that of its sessions (all of an earlier one have ended), `muted`
    the notifications that are turned off, `revision` that of what its person may edit, `claim` the
    keyed hash of the address that it holds (hex), `asks` the purposes that its person is asked
    about, since a browser of theirs said yes. For a visitor: `offered` is the number of the last
    entry that an account was offered.

    `signal_at` is when a browser's refusal was honoured first, `suppressed` why mail to the address
    has stopped (bounce or complaint), `disclosed` the recipients of data: the notice's ids of
    recipient and purpose, with a colon between them. `captures` counts the entries of the last
    window of time in which there was one. `restrictions` are those that the flag in the limits
    stands for, and None where their item was not read. `erasure` is the one that has begun.
    `warned` is the last warning of the end of an unused account.
    `interest_at` is when the person last showed interest by signing in. `filed` are the kinds of
    records that were written about the subject for some purpose, whether or not any is left, and
    `filings` counts them: whoever decides what becomes of them sees by it that one came meanwhile.
    """

    subject: str
    life: Life
    locale: str
    notice_version: str
    seq: int
    head: str
    decisions: Mapping[str, Decided]
    events: tuple[Event, ...]
    registered_at: datetime
    last_activity_at: datetime
    generation: int = 0
    muted: frozenset[str] = frozenset()
    revision: int = 0
    claim: str | None = None
    signal_at: datetime | None = None
    suppressed: str | None = None
    disclosed: frozenset[str] = frozenset()
    asks: Mapping[str, Asked] = _NONE
    captures: Rate = NEVER
    limits: Limits = NO_LIMITS
    offered: int = 0
    restrictions: tuple[Restriction, ...] | None = field(default=None, compare=False)
    erasure: Erasure | None = field(default=None, compare=False)
    warned: Warned | None = None
    interest_at: datetime | None = field(default=None, compare=False)
    filed: frozenset[str] = frozenset()
    filings: int = 0

    @property
    def lapsed(self) -> Mapping[tuple[str, int], datetime]:
        """The ends of consents that a later sign of interest found over, by purpose and entry."""
        return {
            (purpose, one.seq): one.lapsed_at
            for purpose, one in self.decisions.items()
            if one.lapsed_at is not None
        }

    @property
    def kind(self) -> Kind:
        """The kind of the subject, which its id tells."""
        return Kind.VISITOR if is_visitor(self.subject) else Kind.ACCOUNT

    @property
    def disowned(self) -> bool:
        """Tells whether the owner of the address did not open the account."""
        return self.limits.disowned

    @property
    def restricted(self) -> bool:
        """Tells whether a restriction of processing stands beside the decisions."""
        return bool(self.limits.restricted)

    @property
    def held(self) -> bool:
        """Tells whether there are holds on records of the subject, of which some may be over."""
        return bool(self.limits.held)

    @property
    def waits(self) -> bool:
        """Tells whether this is a registration whose address can still be proven."""
        return self.is_account_in(Life.PENDING)

    @property
    def active(self) -> bool:
        """Tells whether this is an account in use that its person has not stopped."""
        return self.is_account_in(Life.ACTIVE)

    @property
    def usable(self) -> bool:
        """Tells whether this is an account that its person can sign in to."""
        return self.is_account_in(*USABLE)

    @property
    def erasing(self) -> bool:
        """Tells whether the erasure of the subject has begun: nothing is added to it any more."""
        return self.life in (Life.ERASING, Life.ERASED)

    @property
    def erased(self) -> bool:
        """Tells whether a tombstone is all that is left of the standing."""
        return self.life is Life.ERASED

    def is_account_in(self, *lives: Life) -> bool:
        """Tells whether this is an account in one of these lives that is not disowned.

        `guard.account_in` is the same as a condition of DynamoDB.
        """
        return self.kind is Kind.ACCOUNT and self.life in lives and not self.disowned

    def event(self, event_id: str) -> Event | None:
        """Returns the event of that (hashed) id; None if it is not among the last."""
        return next((event for event in self.events if event.id == event_id), None)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """The remains of a subject that was erased while something has to stay.

    `event` is the one of the rule by which it was erased at `erased_at`; `stays` are the kinds that
    stay, each with the end of its last record; the next end is looked at on `due_at`. `held` is the
    flag of the holds, as in the limits of a standing.
    """

    subject: str
    event: str
    erased_at: datetime
    seq: int
    head: str
    stays: Mapping[str, datetime]
    due_at: datetime
    held: int = 0


def is_visitor(subject: str) -> bool:
    """Tells whether an id is a visitor's: `v` and 32 characters of a hash.

    An account's has 26 random characters, of which the first may be a `v` too.
    """
    return len(subject) == 33 and subject.startswith("v")


def since(standing: Standing, event: str) -> datetime:
    """Returns when the event from which a subject's retention runs happened last."""
    if standing.erasure is not None and standing.erasure.event == event == "requested":
        return standing.erasure.since
    return standing.registered_at if event == "registered" else standing.last_activity_at


def entry_id(subject: str, seq: int) -> str:
    """Returns the public id of the entry of a subject's ledger that has this number."""
    return f"{subject}.{seq}"

"""The standing of a subject: what stands recorded, and whether it may be used. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from chalicelib.limits.model import NEVER, Rate

_NONE: Mapping[str, Any] = MappingProxyType({})


class Decision(StrEnum):
    """What stands recorded about a purpose."""

    GRANTED = "granted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"


class Origin(StrEnum):
    """By what a decision came to stand: it says which later one may take its place."""

    OWN = "own"
    """The person's own act about this purpose, here or through the desk."""
    SIGNAL = "signal"
    """A browser's `Sec-GPC: 1`, which speaks for its person until they say otherwise."""
    JOINED = "joined"
    """Made in a browser, and taken over by the account that signed in there."""


class State(StrEnum):
    """What a subject is, whether its address is proven, and whether it may be used."""

    VISITOR = "visitor"
    PENDING = "pending"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    """Its person stopped it and may come back; the data stays."""
    RESTRICTED = "restricted"
    """Somebody says that it was opened in their name: kept from every use until it is erased."""
    ERASING = "erasing"


BOUNCE, COMPLAINT = "bounce", "complaint"
"""Why mail to an address has stopped: it came back for good, or its owner called it unwanted."""

USABLE = frozenset({State.ACTIVE, State.DEACTIVATED})
"""The states in which somebody can sign in: who deactivated an account must be able to return."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision in force about one purpose, the entry that made it, and the words it was about.

    `at` is when the person decided, which for one that was joined is before its entry.
    `notice_version` is empty where it is not known: then it is older than every version.
    """

    decision: Decision
    seq: int
    at: datetime
    notice_version: str = ""
    origin: Origin = Origin.OWN


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for an account's person: a browser said yes to it, which is no yes of theirs.

    `seq` is the account's entry that records the question, `at` when the browser's yes was given,
    and `notice_version` to which words.
    """

    seq: int
    at: datetime
    notice_version: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A client's event id and what came with it, both as hashes, and the entry it made."""

    id: str
    payload: str
    seq: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What answers "may we?" for one subject: decisions in force, and the head of its chain.

    `generation` is that of an account's sessions (all of an earlier one have ended); of a browser,
    the number of the last entry that an account was offered. For an account also: the
    notifications that are `muted`, the `revision` of what its person may edit, and the keyed hash
    of the address that it holds (`claim`, hex).

    `signal_at` is when a browser's refusal was honoured first, `suppressed` why mail to the address
    has stopped (bounce or complaint), `disclosed` who has received data for what: the notice's ids
    of recipient and purpose, with a colon between them. `asks` are the purposes that an account's
    person is asked about, since a browser of theirs said yes. `captures` is how often something
    was recorded of them in the last window in which it was.
    """

    subject: str
    state: State
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

    def event(self, event_id: str) -> Event | None:
        """The event of that (hashed) id, if it is among the last."""
        return next((event for event in self.events if event.id == event_id), None)


def is_visitor(subject: str) -> bool:
    """Whether an id is that of a browser without account: `v` and 32 characters of a hash.

    An account's has 26 random characters, of which the first may be a `v` too.
    """
    return len(subject) == 33 and subject.startswith("v")


def since(standing: Standing, event: str) -> datetime:
    """When the event that a subject's retention runs from happened last."""
    return standing.registered_at if event == "registered" else standing.last_activity_at


def entry_id(subject: str, seq: int) -> str:
    """The public name of the entry of a subject's ledger that has this number."""
    return f"{subject}.{seq}"

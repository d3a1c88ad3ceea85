"""The parts of the ledger and the standing: what is said, by whom, and about which words.

Pure values, like `chalicelib.consents.model`, through which other code takes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Choice(StrEnum):
    """What a person may say: yes or no to a purpose that rests on consent, or that they object.

    An objection (GDPR art. 21) is recorded by the desk, which never records a yes.
    """

    GRANTED = "granted"
    DENIED = "denied"
    OBJECTED = "objected"


ASKED = (Choice.GRANTED, Choice.DENIED)
"""What a person is offered when they are asked for consent."""


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


NOT_VERIFIED = "not verified"
"""What is kept in place of evidence that did not hold."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Which words a person had before them when deciding, and where."""

    notice_version: str
    notice_digest: str
    locale: str
    source: str
    evidence: str | None = None

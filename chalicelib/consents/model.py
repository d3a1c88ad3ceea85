"""The ledger and the standing: pure rules over values.

The ledger of a subject is a chain of entries: each holds the hash of the one before, so none can
be changed, dropped or slipped in without every later hash disagreeing. An entry shows in the
clear only a salted commitment to what was decided; the decisions themselves are sealed. So the
chain can still be verified when the subject's key is destroyed, and then says nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from chalicelib.clock import instant

GENESIS = "0" * 64
"""What the first entry of a chain names as the hash of the one before."""

EVENTS_KEPT = 8
"""How many event ids a standing remembers: a retry of one of these changes nothing."""


class Choice(StrEnum):
    """What a person may say about a purpose that rests on consent."""

    GRANTED = "granted"
    DENIED = "denied"


class Decision(StrEnum):
    """What stands recorded about a purpose."""

    GRANTED = "granted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"


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


USABLE = frozenset({State.ACTIVE, State.DEACTIVATED})
"""The states in which somebody can sign in: who deactivated an account must be able to return."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision in force about one purpose, the entry that made it, and the words it was about.

    `notice_version` is empty where it is not known: then it is older than every version.
    """

    decision: Decision
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

    For an account also: the `generation` of its sessions (all of an earlier one have ended), its
    `role` at the desk, the notifications that are `muted`, the `revision` of what its person may
    edit, and the keyed hash of the address that it holds (`claim`, hex).
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
    role: str | None = None
    muted: frozenset[str] = frozenset()
    revision: int = 0
    claim: str | None = None

    def event(self, event_id: str) -> Event | None:
        """The remembered event of that (hashed) id."""
        return next((event for event in self.events if event.id == event_id), None)


@dataclass(frozen=True, slots=True)
class Shown:
    """Which words a person had before them when deciding, and where."""

    notice_version: str
    notice_digest: str
    locale: str
    source: str
    evidence: str | None = None


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger. `opened` is what is stored sealed: decisions and their salt."""

    subject: str
    seq: int
    previous: str
    commitment: str
    notice_version: str
    notice_digest: str
    source: str
    event: str
    at: datetime
    opened: Mapping[str, Any]

    @property
    def id(self) -> str:
        """How the entry is named to the outside: subject and number."""
        return entry_id(self.subject, self.seq)

    @cached_property
    def hash(self) -> str:
        """The entry's place in the chain: SHA-256 over its canonical JSON (RFC 8785)."""
        return _digest(
            {
                "subject": self.subject,
                "seq": self.seq,
                "previous": self.previous,
                "commitment": self.commitment,
                "notice_version": self.notice_version,
                "notice_digest": self.notice_digest,
                "source": self.source,
                "event": self.event,
                "at": instant(self.at),
            }
        )


def since(standing: Standing, event: str) -> datetime:
    """When the event that a subject's retention runs from happened last."""
    return standing.registered_at if event == "registered" else standing.last_activity_at


def entry_id(subject: str, seq: int) -> str:
    """The public name of a ledger entry."""
    return f"{subject}.{seq}"


def new_standing(subject: str, state: State, shown: Shown, now: datetime) -> Standing:
    """The standing of somebody who has decided nothing yet."""
    return Standing(
        subject=subject,
        state=state,
        locale=shown.locale,
        notice_version=shown.notice_version,
        seq=0,
        head=GENESIS,
        decisions={},
        events=(),
        registered_at=now,
        last_activity_at=now,
    )


def event_hash(event_id: str | None) -> str:
    """What is kept of a client's event id: ten bytes of a hash, since it may hold anything."""
    return "" if event_id is None else hashlib.sha256(event_id.encode()).hexdigest()[:20]


def payload_hash(choices: Mapping[str, Choice], shown: Shown) -> str:
    """What is kept of what came with an event, to tell a retry from another act: six bytes."""
    said = [sorted(choices.items()), shown.notice_version, shown.source]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]


def decide(
    standing: Standing,
    choices: Mapping[str, Choice],
    shown: Shown,
    *,
    event: str,
    payload: str,
    salt: str,
    now: datetime,
) -> tuple[Standing, Entry]:
    """The standing after a person's choices, and the entry that records them.

    `event` is the hash of the client's event id, or empty; `payload` the hash of what came with
    it; `salt` 128 random bits. A denial after a grant is recorded as a withdrawal (GDPR art.
    7(3)). Time never runs backwards in a chain, whatever the clock says.
    """
    seq = standing.seq + 1
    at = max(now, standing.last_activity_at)
    decided = {purpose: _decision(standing, purpose, choice) for purpose, choice in choices.items()}
    opened: dict[str, Any] = {
        "salt": salt,
        "decisions": {purpose: str(decision) for purpose, decision in sorted(decided.items())},
        "locale": shown.locale,
    }
    if shown.evidence is not None:
        opened["evidence"] = shown.evidence
    entry = Entry(
        subject=standing.subject,
        seq=seq,
        previous=standing.head,
        commitment=_digest(opened),
        notice_version=shown.notice_version,
        notice_digest=shown.notice_digest,
        source=shown.source,
        event=event,
        at=at,
        opened=opened,
    )
    remembered = (*standing.events, Event(event, payload, seq))[-EVENTS_KEPT:] if event else None
    after = replace(
        standing,
        seq=seq,
        head=entry.hash,
        # The language of the words shown is not the language that an account chose for its mail.
        locale=shown.locale if standing.state is State.VISITOR else standing.locale,
        notice_version=shown.notice_version,
        decisions={
            **standing.decisions,
            **{
                purpose: Decided(decision, seq, at, shown.notice_version)
                for purpose, decision in decided.items()
            },
        },
        events=standing.events if remembered is None else remembered,
        last_activity_at=at,
    )
    return after, entry


def verify(entries: Iterable[Entry], head: str, after: tuple[int, str] = (0, GENESIS)) -> bool:
    """Whether entries, oldest first, form one unbroken chain that ends in `head`.

    `after` is the number and hash of the last entry that was pruned. Sealed parts are not
    needed; where an entry still has them, its commitment is checked too.
    """
    seq, previous = after
    for entry in entries:
        seq += 1
        if entry.seq != seq or entry.previous != previous:
            return False
        if entry.opened and _digest(entry.opened) != entry.commitment:
            return False
        previous = entry.hash
    return previous == head


def _decision(standing: Standing, purpose: str, choice: Choice) -> Decision:
    if choice is Choice.GRANTED:
        return Decision.GRANTED
    before = standing.decisions.get(purpose)
    if before and before.decision in (Decision.GRANTED, Decision.WITHDRAWN):
        return Decision.WITHDRAWN
    return Decision.DENIED


def _digest(value: Mapping[str, Any]) -> str:
    import rfc8785

    return hashlib.sha256(rfc8785.dumps(dict(value))).hexdigest()

"""The ledger and the standing: pure rules over values.

The ledger of a subject is a chain of entries: each holds the hash of the one before, so none can
be changed, dropped or slipped in without every later hash disagreeing. An entry shows in the
clear only a salted commitment to what was decided; the decisions themselves are sealed. So the
chain can still be verified when the subject's key is destroyed, and then says nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from chalicelib.consents.chain import GENESIS, Entry, digest, verify
from chalicelib.limits.model import limit
from chalicelib.subjects.model import Asked, Decided, Decision, Event, Kind, Life, Origin, Standing

__all__ = [
    "ASKED",
    "EVENTS_KEPT",
    "GENESIS",
    "NOT_VERIFIED",
    "Choice",
    "Entry",
    "Shown",
    "decide",
    "event_hash",
    "let_go",
    "new_standing",
    "payload_hash",
    "verify",
]

_NONE: Mapping[str, Any] = MappingProxyType({})


class Choice(StrEnum):
    """A person's answer: yes or no to a purpose that rests on consent, or an objection.

    An objection (GDPR art. 21) is recorded by the desk, which never records a yes.
    """

    GRANTED = "granted"
    DENIED = "denied"
    OBJECTED = "objected"


ASKED = (Choice.GRANTED, Choice.DENIED)
"""The answers that a person is offered when they are asked for consent."""


def agreed(choices: Mapping[str, Choice]) -> list[str]:
    """Lists the purposes that a person says yes to."""
    return [purpose for purpose, choice in choices.items() if choice is Choice.GRANTED]


NOT_VERIFIED = "not verified"
"""The mark that is kept in place of evidence that did not hold."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Which words a person had before them when deciding, and where."""

    notice_version: str
    notice_digest: str
    locale: str
    source: str
    evidence: str | None = None


EVENTS_KEPT = 8
"""Number of event ids in a standing; older ones have items of their own, and a retry of any changes
nothing."""


def new_standing(subject: str, life: Life, shown: Shown, now: datetime) -> Standing:
    """The standing of a subject that has decided nothing yet."""
    return Standing(
        subject=subject,
        life=life,
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
    """Ten bytes of the hash of a client's event id, in hex: the id itself may hold anything."""
    return "" if event_id is None else hashlib.sha256(event_id.encode()).hexdigest()[:20]


def payload_hash(choices: Mapping[str, Choice], shown: Shown) -> str:
    """Six bytes of the hash of an event's payload, in hex, which tell a retry from another act."""
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
    origins: Mapping[str, Origin] = _NONE,
    provenance: Mapping[str, Any] = _NONE,
    taken: Mapping[str, Decided] = _NONE,
    asks: Mapping[str, Decided] = _NONE,
) -> tuple[Standing, Entry]:
    """The standing after a person's choices, and the entry that records them.

    `event` is the hash of the client's event id, or empty; `payload` the hash of what came with
    it; `salt` 128 random bits. A denial after a grant is recorded as a withdrawal (GDPR art.
    7(3)). Time never runs backwards in a chain, whatever the clock says. `origins` names the
    purposes that were not decided by an act of the person's own, `provenance` what else the entry
    keeps sealed of how the decisions came about. A decision that is `taken` over from elsewhere
    keeps the time and the words it was made with, and nobody read any others. `asks` are decisions
    made elsewhere that become questions: nothing is decided by them.
    """
    seq = standing.seq + 1
    at = max([now, standing.last_activity_at, *(one.at for one in standing.decisions.values())])
    decided = {purpose: _decision(standing, purpose, choice) for purpose, choice in choices.items()}
    opened: dict[str, Any] = {
        "salt": salt,
        "decisions": {purpose: str(decision) for purpose, decision in sorted(decided.items())},
        "locale": shown.locale,
        **provenance,
    }
    if shown.evidence is not None:
        opened["evidence"] = shown.evidence
    entry = Entry(
        subject=standing.subject,
        seq=seq,
        previous=standing.head,
        commitment=digest(opened),
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
        locale=shown.locale if standing.kind is Kind.VISITOR else standing.locale,
        notice_version=standing.notice_version if taken or asks else shown.notice_version,
        decisions={
            **standing.decisions,
            **{
                purpose: _made(
                    taken.get(purpose),
                    Decided(
                        decision, seq, at, shown.notice_version, origins.get(purpose, Origin.OWN)
                    ),
                )
                for purpose, decision in decided.items()
            },
        },
        events=standing.events if remembered is None else remembered,
        last_activity_at=at,
        asks={
            **{purpose: one for purpose, one in standing.asks.items() if purpose not in decided},
            **{one: Asked(seq, yes.at, yes.notice_version) for one, yes in asks.items()},
        },
        captures=standing.captures.once_more(limit("capture.person"), now),
    )
    return after, entry


def let_go(before: Standing, after: Standing) -> tuple[Event, ...]:
    """The events that a standing has no room for after an act: they are kept elsewhere."""
    return tuple(event for event in before.events if event not in after.events)


def _decision(standing: Standing, purpose: str, choice: Choice) -> Decision:
    if choice is Choice.GRANTED:
        return Decision.GRANTED
    if choice is Choice.OBJECTED:
        return Decision.OBJECTED
    before = standing.decisions.get(purpose)
    if before and before.decision in (Decision.GRANTED, Decision.WITHDRAWN):
        return Decision.WITHDRAWN
    return Decision.DENIED


def _made(taken: Decided | None, decided: Decided) -> Decided:
    if taken is None:
        return decided
    return replace(decided, at=taken.at, notice_version=taken.notice_version)

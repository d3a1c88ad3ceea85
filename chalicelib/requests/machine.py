"""The moves of a request: status x action x actor -> status, and the mail about it. Pure.

`TABLE` holds every move. A move that is not in it is not allowed, and neither is one that an
earlier entry of the history rules out: a second extension, or a refusal after an approval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Status(StrEnum):
    """The status of a request."""

    AWAITING_VERIFICATION = "awaiting_verification"
    """It came with an address alone, which the person has not proven yet."""
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    """The person was asked a question, and the clock stands still."""
    COMPLETED = "completed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Actor(StrEnum):
    """The actor of a move."""

    PERSON = "person"
    DESK = "desk"
    SYSTEM = "system"


class Action(StrEnum):
    """An act on a request; in its history the name of the event."""

    SUBMIT = "submit"
    """Asking signed in, or at the desk, which received it by mail, post, phone or in person."""
    SUBMIT_BY_ADDRESS = "submit_by_address"
    """Asking with an address alone."""
    JOIN = "join"
    """Asking for the same right again while the request is open; new details are added to it."""
    PROVE = "prove"
    REMIND = "remind"
    """The one reminder to prove the address."""
    EXPIRE = "expire"
    """Removing a request whose address was not proven in time."""
    START = "start"
    PAUSE = "pause"
    """Asking the person a question; the reason is its kind (`Question`)."""
    QUESTION_MAILED = "question_mailed"
    """The question was mailed: from that day on the clock stands still."""
    ANSWER = "answer"
    RESUME = "resume"
    """Starting the clock again without an answer of the person."""
    EXTEND = "extend"
    APPROVE = "approve"
    """The desk's approval, which the system then carries out."""
    CARRY_OUT = "carry_out"
    """Beginning an irreversible act: from then on the request cannot be cancelled."""
    COMPLETE = "complete"
    REFUSE = "refuse"
    CANCEL = "cancel"
    DISPUTE = "dispute"
    """Contradicting a refusal or an outcome, which opens the request again, once."""
    MESSAGE = "message"
    """Writing to the desk while no question is open; then it is an answer."""
    NOTE = "note"
    """A note of the desk for itself."""
    DELAY = "delay"
    """Passing the due day without an answer."""
    LIFT = "lift"
    """Announcing the end of the restriction that the request caused."""
    SYSTEM_ANSWERED = "system_answered"
    """Getting the answer of another system; the reason is the system."""
    SYSTEM_SILENT = "system_silent"
    """Going on without the answer of another system; the reason is the system."""


class Question(StrEnum):
    """The question to the person when a request is paused: the reason of that entry."""

    IDENTITY = "identity"
    """The person's identity (GDPR art. 12(6))."""
    CLARIFICATION = "clarification"
    """The data or processing that a request for access is about (recital 63)."""


class Extension(StrEnum):
    """The reason of an extension (GDPR art. 12(3)): the reason of that entry."""

    COMPLEXITY = "complexity"
    """The request is complex."""
    NUMBER = "number"
    """There are many requests."""


class Told(StrEnum):
    """The kind of mail that tells the person of a move."""

    PROOF = "proof"
    """The link and the code by which the address is proven."""
    REMINDER = "reminder"
    RECEIPT = "receipt"
    QUESTION = "question"
    EXTENSION = "extension"
    DELAY = "delay"
    OUTCOME = "outcome"
    REFUSAL = "refusal"
    LIFTING = "lifting"
    BEGINS = "begins"
    """That the erasure which a person asked for begins by itself, and until when to cancel it."""
    ERASURE = "erasure"
    """That everything was erased, with the receipt: to the address that was kept for it."""


class MoveNotAllowed(Exception):
    """The request has no such move from its status; nothing has changed.

    `status` is None where there is no request yet.
    """

    def __init__(self, status: Status | None, action: Action, actor: Actor) -> None:
        self.status, self.action, self.actor = status, action, actor
        super().__init__(f"no {action} by the {actor} from {status or 'nothing'}")


@dataclass(frozen=True, slots=True)
class Move:
    """The status after a move, and the mail about it; None for no request, and for no mail."""

    status: Status | None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of a request's history, with the status after it.

    `reason` is a code: a ground of refusal, the kind of a question, the reason of an extension, the
    id of another system.
    `event` and `by` are None in entries from before they were written.
    """

    at: datetime
    status: Status
    event: Action | None = None
    by: Actor | None = None
    reason: str | None = None


OPEN: Final = frozenset(
    {Status.AWAITING_VERIFICATION, Status.RECEIVED, Status.IN_PROGRESS, Status.PAUSED}
)
"""The statuses of a request that has no answer yet."""

OF_SYSTEMS: Final = frozenset({Action.SYSTEM_ANSWERED, Action.SYSTEM_SILENT})
"""The events about other systems, whose reason is the system."""

CLOSED: Final = frozenset({Status.COMPLETED, Status.REFUSED, Status.CANCELLED})
"""The statuses of a request that was answered or cancelled. Only a dispute leaves them."""

RUNNING: Final = frozenset({Status.RECEIVED, Status.IN_PROGRESS})
"""The statuses of a request that is proven and waits for no answer of its person."""

_AWAITING, _RECEIVED, _IN_PROGRESS, _PAUSED = (
    Status.AWAITING_VERIFICATION,
    Status.RECEIVED,
    Status.IN_PROGRESS,
    Status.PAUSED,
)
_RUNNING: Final = (_RECEIVED, _IN_PROGRESS)
_PROVEN: Final = (*_RUNNING, _PAUSED)
_STAYS: Final = "stays"
"""The target of a move that leaves the status as it is."""

_PERSON, _DESK, _SYSTEM = (Actor.PERSON,), (Actor.DESK,), (Actor.SYSTEM,)

_Row = tuple[
    Action,
    tuple[Status | None, ...],
    tuple[Actor, ...],
    Status | str | None,
    Told | None,
]

_ROWS: Final[tuple[_Row, ...]] = (
    (Action.SUBMIT, (None,), _PERSON + _DESK, _RECEIVED, Told.RECEIPT),
    (Action.SUBMIT_BY_ADDRESS, (None,), _PERSON, _AWAITING, Told.PROOF),
    (Action.JOIN, tuple(OPEN), _PERSON + _DESK, _STAYS, None),
    # The desk can prove a request of a person who can neither read the mailbox nor sign in.
    (Action.PROVE, (_AWAITING,), _PERSON + _DESK, _RECEIVED, Told.RECEIPT),
    # A letter whose person has no account runs already; the mailbox is proven to follow it.
    (Action.PROVE, _PROVEN, _PERSON, _STAYS, None),
    (Action.REMIND, (_AWAITING,), _SYSTEM, _STAYS, Told.REMINDER),
    (Action.EXPIRE, (_AWAITING,), _SYSTEM, None, None),
    (Action.START, (_RECEIVED,), _DESK + _SYSTEM, _IN_PROGRESS, None),
    (Action.PAUSE, _RUNNING, _DESK, _PAUSED, Told.QUESTION),
    (Action.QUESTION_MAILED, (_PAUSED,), _SYSTEM, _STAYS, None),
    (Action.ANSWER, (_PAUSED,), _PERSON, _IN_PROGRESS, None),
    # The system resumes after a question about the request's meaning had no answer for 30 days.
    (Action.RESUME, (_PAUSED,), _DESK + _SYSTEM, _IN_PROGRESS, None),
    (Action.EXTEND, _PROVEN, _DESK, _STAYS, Told.EXTENSION),
    # The system approves the erasure that a person asked for with the password, after three days.
    (Action.APPROVE, _RUNNING, _DESK + _SYSTEM, _IN_PROGRESS, None),
    (Action.CARRY_OUT, _RUNNING, _SYSTEM, _IN_PROGRESS, None),
    (Action.COMPLETE, _RUNNING, _DESK + _SYSTEM, Status.COMPLETED, Told.OUTCOME),
    (Action.REFUSE, _PROVEN, _DESK, Status.REFUSED, Told.REFUSAL),
    # The system refuses at receipt to erase what the contract needs; the person may dispute that.
    (Action.REFUSE, (_RECEIVED,), _SYSTEM, Status.REFUSED, Told.REFUSAL),
    # The system cancels what else a person has asked for, when everything about them is erased.
    (Action.CANCEL, tuple(OPEN), _PERSON + _SYSTEM, Status.CANCELLED, None),
    (Action.DISPUTE, (Status.COMPLETED, Status.REFUSED), _PERSON, _IN_PROGRESS, None),
    (Action.MESSAGE, _RUNNING, _PERSON, _STAYS, None),
    (Action.NOTE, tuple(Status), _DESK, _STAYS, None),
    (Action.DELAY, _RUNNING, _SYSTEM, _STAYS, Told.DELAY),
    (Action.LIFT, tuple(CLOSED), _DESK, _STAYS, Told.LIFTING),
    # An answer that comes late is kept, also when the request is closed.
    (Action.SYSTEM_ANSWERED, (*_PROVEN, *CLOSED), _SYSTEM, _STAYS, None),
    (Action.SYSTEM_SILENT, _RUNNING, _SYSTEM, _STAYS, None),
)

_ONCE_APPROVED: Final = frozenset({Action.APPROVE, Action.REFUSE, Action.PAUSE})
_ONCE_BEGUN: Final = _ONCE_APPROVED | {Action.CANCEL, Action.CARRY_OUT}

_RULES_OUT: Final[Mapping[Action | None, frozenset[Action]]] = MappingProxyType(
    {
        Action.REMIND: frozenset({Action.REMIND}),
        Action.EXTEND: frozenset({Action.EXTEND}),
        Action.APPROVE: _ONCE_APPROVED,
        Action.CARRY_OUT: _ONCE_BEGUN,
        Action.DELAY: frozenset({Action.DELAY}),
        # A request that was answered once cannot be cancelled as if it had not been.
        Action.DISPUTE: frozenset({Action.DISPUTE, Action.CANCEL}),
    }
)
"""An event of the history -> the actions that are not allowed after it."""

_FOR_GOOD: Final = frozenset({Action.EXTEND, Action.DISPUTE})
"""The events that also rule out actions after a dispute; the other rules end with it."""


def _moves() -> Iterator[tuple[tuple[Status | None, Action, Actor], Move]]:
    for action, origins, actors, target, told in _ROWS:
        for origin in origins:
            status = origin if target == _STAYS else Status(target) if target else None
            for actor in actors:
                yield (origin, action, actor), Move(status, told)


TABLE: Final[Mapping[tuple[Status | None, Action, Actor], Move]] = MappingProxyType(dict(_moves()))
"""Every move: (status, None before there is a request; action; actor) -> its result."""


def move(history: Sequence[Entry], action: Action, actor: Actor) -> Move:
    """Returns the move of an action for a request with this history, oldest entry first.

    Raises MoveNotAllowed.
    """
    status = history[-1].status if history else None
    found = TABLE.get((status, action, actor))
    if found is None or action in _ruled_out(history):
        raise MoveNotAllowed(status, action, actor)
    return found


def advanced(
    history: Sequence[Entry], action: Action, actor: Actor, at: datetime, reason: str | None = None
) -> tuple[Entry, ...]:
    """Returns the history with the entry of an action. Raises MoveNotAllowed.

    It is empty after an action that removes the request.
    """
    status = move(history, action, actor).status
    if status is None:
        return ()
    return (*history, Entry(at, status, action, actor, reason))


def disputed(history: Sequence[Entry]) -> bool:
    """Tells whether the person has disputed the answer."""
    return any(entry.event is Action.DISPUTE for entry in history)


def since_dispute(history: Sequence[Entry]) -> Sequence[Entry]:
    """Returns the entries from the dispute on, itself included; all where there is none."""
    for index, entry in enumerate(history):
        if entry.event is Action.DISPUTE:
            return history[index:]
    return history


def _ruled_out(history: Sequence[Entry]) -> frozenset[Action]:
    lasting = (entry for entry in history if entry.event in _FOR_GOOD)
    events = {entry.event for entry in (*since_dispute(history), *lasting)}
    return frozenset().union(*(_RULES_OUT[event] for event in events if event in _RULES_OUT))

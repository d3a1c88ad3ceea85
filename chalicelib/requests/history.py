"""The history of a request: its stored form, and the clock's facts in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from chalicelib.instants import instant
from chalicelib.requests.clock.deadline import Event, Fact
from chalicelib.requests.machine import Action, Actor, Entry, Question, Status, since_dispute

_CODE: Final = re.compile(r"[a-z][a-z0-9_]*")

_STOPS: Final = {
    Question.IDENTITY: Event.IDENTITY,
    Question.CLARIFICATION: Event.CLARIFICATION,
}
_CONTINUED: Final = frozenset({Action.PROVE, Action.ANSWER, Action.RESUME})


class Course(NamedTuple):
    """The facts that the clock counts from: the moment of receipt, and the later ones."""

    received_at: datetime
    facts: tuple[Fact, ...]


def written(entry: Entry) -> str:
    """Returns an entry in its stored form: `<instant> <status> <event> <by> <reason>`.

    The reason is left out where there is none, and event and actor of an entry without them. Raises
    ValueError for a reason that is no code of small letters, digits and underscores.
    """
    parts = [instant(entry.at), str(entry.status)]
    if entry.event is not None and entry.by is not None:
        parts += [str(entry.event), str(entry.by)]
        if entry.reason is not None:
            if not _CODE.fullmatch(entry.reason):
                raise ValueError("a reason in the history is a code")
            parts.append(entry.reason)
    return " ".join(parts)


def read(text: str) -> Entry:
    """Returns the entry in a stored text. Raises ValueError for a text of another form.

    An entry of `<instant> <status>` alone was written before entries had events and actors.
    """
    at, status, *rest = text.split(" ")
    moment = datetime.fromisoformat(at)
    match rest:
        case []:
            return Entry(moment, Status(status))
        case [event, by]:
            return Entry(moment, Status(status), Action(event), Actor(by))
        case [event, by, reason]:
            return Entry(moment, Status(status), Action(event), Actor(by), reason)
    raise ValueError("an entry of a history has two, four or five parts")


def course(received_at: datetime, history: Sequence[Entry]) -> Course:
    """Returns the facts that the clock counts from.

    A dispute is received like a request, on its own day: the clock of its answer runs from there,
    and an earlier extension no longer counts. Raises ValueError for a pause whose reason is no
    question.
    """
    entries = since_dispute(history)
    disputed = bool(entries) and entries[0].event is Action.DISPUTE
    return Course(entries[0].at if disputed else received_at, tuple(_facts(entries)))


class Waiting(NamedTuple):
    """The question that an open pause waits for: since when the clock stands still, if mailed."""

    kind: Question
    since: datetime
    mailed: bool


def question(history: Sequence[Entry]) -> Waiting | None:
    """Returns the question that a paused request waits for; None where it waits for none.

    Raises ValueError for a pause whose reason is no question.
    """
    mailed_at = None
    for entry in reversed(history):
        if entry.status is not Status.PAUSED:
            return None
        if entry.event is Action.QUESTION_MAILED:
            mailed_at = entry.at
        if entry.event is Action.PAUSE:
            kind = Question(entry.reason or "")
            return Waiting(kind, mailed_at or entry.at, mailed_at is not None)
    return None


def _facts(entries: Sequence[Entry]) -> Iterator[Fact]:
    """Yields the facts for the clock. Raises ValueError for a pause whose reason is no question.

    A question stops the clock when it is mailed; until that is recorded, when it was asked.
    """
    for index, entry in enumerate(entries):
        if entry.event is Action.SUBMIT_BY_ADDRESS:
            yield Fact(entry.at, Event.PROOF)
        elif entry.event is Action.PAUSE:
            mailed = _mailed_at(entries[index + 1 :])
            yield Fact(mailed or entry.at, _STOPS[Question(entry.reason or "")])
        elif entry.event is Action.EXTEND:
            yield Fact(entry.at, Event.EXTENDED)
        elif entry.event in _CONTINUED and not _was_running(entries, index):
            yield Fact(entry.at, Event.CONTINUED)


def _was_running(entries: Sequence[Entry], index: int) -> bool:
    """Tells whether an entry is the proof of a mailbox whose request did not wait for it."""
    if entries[index].event is not Action.PROVE:
        return False
    return index == 0 or entries[index - 1].status is not Status.AWAITING_VERIFICATION


def _mailed_at(later: Sequence[Entry]) -> datetime | None:
    """Returns when the question asked before these entries was mailed, or None."""
    for entry in later:
        if entry.event is Action.QUESTION_MAILED:
            return entry.at
        if entry.status is not Status.PAUSED:
            break
    return None

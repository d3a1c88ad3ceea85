"""The rules of the desk's acts on a request, beside the table of moves. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from chalicelib.requests.clock.calendar import Calendar
from chalicelib.requests.grounds import Ground, GroundNotAllowed, Right, article
from chalicelib.requests.machine import Action, Extension, Question, Status
from chalicelib.requests.model import Channel, Timed

REASON_MIN: Final = 20
"""The fewest characters of the reason of an extension, which the person is told (art. 12(3))."""

ACTIONS: Final = (
    Action.APPROVE,
    Action.REFUSE,
    Action.EXTEND,
    Action.PAUSE,
    Action.RESUME,
    Action.LIFT,
    Action.COMPLETE,
    Action.NOTE,
)
"""The acts of the desk on a request."""

CODES: Final[Mapping[Action, type[StrEnum]]] = MappingProxyType(
    {Action.REFUSE: Ground, Action.EXTEND: Extension, Action.PAUSE: Question}
)
"""An act -> the codes of which it needs one: a ground, the reason of an extension, a question."""

WITH_TEXT: Final = frozenset({Action.EXTEND, Action.NOTE})
"""The acts that need words. A question about what a request means needs them, too."""


class TooLate(Exception):
    """The time in which the law allows the act is over, or has not come yet."""


class NotForThis(Exception):
    """The law does not allow the act for this right, or for what came this way."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act of the desk: its code where it has one, and its words, which are sealed.

    `seen` is the fingerprint of the preview on which an approval was decided
    (`preview.fingerprint`), None where none was shown.
    """

    action: Action
    code: StrEnum | None = None
    text: str | None = field(default=None, repr=False)
    seen: str | None = None

    @property
    def reason(self) -> str | None:
        """The code as the history keeps it."""
        return None if self.code is None else str(self.code)


def require(act: Act, found: Timed, calendar: Calendar, *, marketing: bool = False) -> None:
    """Raises where the law does not allow an act on a request as it stands, by its facts now.

    `marketing` is True of an objection to direct marketing and to nothing else. Moves are looked at
    by the table (`machine.move`), not here. Raises GroundNotAllowed, NotForThis and TooLate.
    """
    if act.action is Action.REFUSE:
        _require_ground(act, found, marketing)
    elif act.action is Action.EXTEND and not found.deadline.may_extend():
        raise TooLate
    elif act.action is Action.PAUSE:
        _require_question(act, found, calendar)


def _require_ground(act: Act, found: Timed, marketing: bool) -> None:
    right, ground = Right(found.request.right), Ground(str(act.code))
    article(right, ground, marketing=marketing)
    waits = found.request.status is Status.PAUSED
    if ground is Ground.NOT_IDENTIFIED and waits and not found.deadline.unanswered():
        # Asked who they are, a person has 30 days to answer.
        raise TooLate


def _require_question(act: Act, found: Timed, calendar: Calendar) -> None:
    deadline, by_session = found.deadline, found.request.channel == Channel.WEBSITE
    if act.code is Question.IDENTITY:
        if by_session:
            raise NotForThis
        allowed = deadline.may_ask_identity(calendar, by_session=False)
    else:
        if found.request.right != Right.COPY:
            raise NotForThis
        allowed = deadline.may_ask_clarification(access=True)
    if not allowed:
        raise TooLate


__all__ = [
    "ACTIONS",
    "CODES",
    "REASON_MIN",
    "WITH_TEXT",
    "Act",
    "GroundNotAllowed",
    "NotForThis",
    "TooLate",
    "require",
]

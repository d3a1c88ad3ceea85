"""The preview of an approval: what it would do, by the right and the notice. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chalicelib.consents.model import Choice
from chalicelib.notices import erasure
from chalicelib.notices.erasure import Part
from chalicelib.notices.model import Notice
from chalicelib.requests import scope
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import CLOSED
from chalicelib.requests.model import Request

AT_ONCE, BY_JOB, BY_HAND = "at_once", "by_job", "by_hand"

_BY_JOB: Final = frozenset({Right.COPY, Right.PORT, Right.RECTIFY, Right.ERASE})
_DECIDED: Final = frozenset({Right.OBJECT, Right.RESTRICT})


@dataclass(frozen=True, slots=True)
class Preview:
    """The effects of an approval.

    `decisions` are refusals by purpose, `corrects` fields (`category.field`), `erased` the notice's
    categories and `kept` its kinds of records that an erasure leaves for a while. `needed` are the
    categories that were asked for and that the account cannot be without.
    """

    done: str
    decisions: Mapping[str, Choice] = field(default_factory=dict)
    restricts: bool = False
    corrects: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


def preview(
    request: Request, said: Mapping[str, Any], notice: Notice, *, browser: bool = False
) -> Preview | None:
    """Returns what approving a request would do; None for one that is closed.

    `said` are its sealed fields; of a `browser` without an account an erasure leaves less.
    """
    if request.status in CLOSED:
        return None
    right = Right(request.right)
    at_once = right in scope.AT_ONCE or right in _DECIDED
    erases = right is Right.ERASE
    part = erasure.part(notice, request.categories) if erases and request.categories else None
    return Preview(
        AT_ONCE if at_once else BY_JOB if right in _BY_JOB else BY_HAND,
        decisions=_decisions(right, request, notice),
        restricts=right is Right.RESTRICT,
        corrects=request.fields or tuple(scope.named(said.get("changes", {}))),
        erased=_erased(part, notice) if erases else (),
        kept=_kept(part, notice, browser=browser) if erases else (),
        needed=() if part is None else tuple(part.needed),
    )


def _erased(part: Part | None, notice: Notice) -> tuple[str, ...]:
    return erasure.erased_categories(notice) if part is None else tuple(sorted(part.erased))


def _decisions(right: Right, request: Request, notice: Notice) -> dict[str, Choice]:
    if right is Right.OBJECT:
        weighed = scope.weighed(request.purposes, notice)
        return scope.objected(request.purposes, notice) | dict.fromkeys(
            sorted(weighed), Choice.OBJECTED
        )
    return scope.opted_out(notice) if right is Right.OPT_OUT else {}


def _kept(part: Part | None, notice: Notice, *, browser: bool) -> tuple[str, ...]:
    """Returns the kinds of records that stay for a while after the person's data is erased.

    Of some categories alone they are those that hold something of these.
    """
    if part is not None:
        return tuple(sorted(kind for kind in part.plan.stays if part.concerned(kind, "")))
    stays = erasure.plan(notice, erasure.REQUESTED, browser=browser).stays
    return tuple(sorted(stays))

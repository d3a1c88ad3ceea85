"""The acts that a request allows, each with its form, and the mails that it would send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.decisions.restriction import NOTICE_OF_LIFTING
from chalicelib.desk.contract.pages import ground_field, text_field
from chalicelib.desk.pages.dates import day_of
from chalicelib.desk.pages.request.mails import Mail, mails
from chalicelib.pages import formats
from chalicelib.requests import scope
from chalicelib.requests.grounds import Right, article
from chalicelib.requests.machine import Action
from chalicelib.requests.model import if_extended

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice
    from chalicelib.requests.service.casework import Case
    from chalicelib.web.pages.visit import Visit

Options = Mapping[Action, tuple[StrEnum | None, ...]]
"""The acts that a request allows, with their codes (`casework.options`)."""


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an act: its codes with their words, and whether words of one's own are needed.

    `mails` are those that the person would get, each with the words of the code that it is about.
    """

    action: str
    codes: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    writes: bool = False
    needs_text: bool = False
    mails: tuple[tuple[str, Mail], ...] = ()


def forms(visit: Visit, case: Case, options: Options, said: Mapping[str, str]) -> Iterator[Form]:
    """Yields the form of each act; that of lifting only where something is restricted."""
    restricted = case.standing is not None and case.standing.restricted
    for action, codes in options.items():
        if action is Action.LIFT and not restricted:
            continue
        yield Form(
            str(action),
            tuple((str(one), _code(case, one, said)) for one in codes if one is not None),
            _hint(visit, case, action, said),
            writes=action not in (Action.APPROVE, Action.RESUME, Action.LIFT),
            needs_text=action in (Action.EXTEND, Action.NOTE),
            mails=tuple(_mails(visit, case, action, codes, said)),
        )


def _mails(
    visit: Visit,
    case: Case,
    action: Action,
    codes: Sequence[StrEnum | None],
    said: Mapping[str, str],
) -> Iterator[tuple[str, Mail]]:
    """Yields the mails of an act, each with the code that it is about where there are several."""
    chosen, ends_on = visit.typed.get(ground_field(str(action)), ""), None
    if _restricts(case, visit.notice):
        ends_on = day_of(case.timed.as_of + NOTICE_OF_LIFTING, visit)
    for one in mails(case.timed, action, codes, chosen, visit.notice, ends_on):
        yield said.get(f"code.{one.code}", "") if one.code else "", one


def _restricts(case: Case, notice: Notice) -> bool:
    """Tells whether the person's data is restricted by this request, which its refusal ends."""
    request, standing = case.timed.request, case.standing
    if standing is None or not standing.restricted:
        return False
    weighed = request.right == Right.OBJECT and scope.weighed(request.purposes, notice)
    return request.right == Right.RESTRICT or bool(weighed)


def _code(case: Case, code: StrEnum, said: Mapping[str, str]) -> str:
    """Returns a code in words; a ground of refusal as its person reads it, with its article."""
    if f"code.{code}" in said:
        return said[f"code.{code}"]
    right = Right(case.timed.request.right)
    text = said[f"ground.{code}"]
    named = article(right, code)  # type: ignore[arg-type]
    return f"{text} ({said['article'].format(article=named)})" if named else text


def _hint(visit: Visit, case: Case, action: Action, said: Mapping[str, str]) -> str:
    name = f"hint.{action}"
    if action is Action.EXTEND:
        then = if_extended(case.timed, visit.notice).due_on
        return said[name].format(day=formats.day(then, visit.language))
    return said.get(name, "")


def labels(shown: Sequence[Form], said: Mapping[str, str]) -> dict[str, str]:
    """Returns the fields of the page's forms, each with its label."""
    found = {}
    for one in shown:
        if one.codes:
            found[ground_field(one.action)] = said[f"ground_of.{one.action}"]
        if one.writes:
            found[text_field(one.action)] = said[f"text_of.{one.action}"]
    return found


__all__ = ["Options", "forms", "labels"]

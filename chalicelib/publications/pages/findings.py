"""The findings about a document, each with its line in the text that was pasted. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chalicelib.errors import Problem
from chalicelib.publications.contract.pages import ACT
from chalicelib.publications.lines import lines

if TYPE_CHECKING:
    from chalicelib.errors import Finding
    from chalicelib.web.pages.visit import Visit

_LINE: Final = re.compile(r"\bat line (\d+)\b")


@dataclass(frozen=True, slots=True)
class Found:
    """A finding: its line in the text, None where there is no text, its pointer, and why."""

    line: int | None
    pointer: str
    detail: str


def found_in(text: str, findings: Sequence[Finding]) -> list[Found]:
    """Returns findings with their lines in a text, which need not be JSON; in their own order.

    Only a text that is JSON has findings below its root.
    """
    below = [one.pointer for one in findings if one.pointer]
    places = lines(text, below) if text and below else {}
    return [
        Found(places.get(one.pointer) or _told(one.detail), one.pointer, one.detail)
        for one in findings
    ]


def _told(detail: str) -> int | None:
    """Returns the line that the reader of JSON tells of a text that is none."""
    told = _LINE.search(detail)
    return int(told[1]) if told else None


def refusal(problem: Problem, said: Mapping[str, str], act: str = "") -> str | None:
    """Returns a refusal of a draft or version in words, None where `said` has none for its type.

    Those of `act` (`refused.ACT.TYPE`) go before those of every act.
    """
    for name in (f"refused.{act}.{problem.type}", f"refused.{problem.type}"):
        if name in said:
            return said[name].format(count=len(problem.findings))
    return None


def errors(
    visit: Visit, said: Mapping[str, str], *fields: str, about: str = ""
) -> list[tuple[str, str]]:
    """Returns why a form was refused, for the top of the page: fields with texts.

    A refusal of a type that `said` has words for (`refused.TYPE`) is told in them, `about` being
    the field that they lead to.
    """
    problem: Problem | None = visit.refused
    text = None if problem is None else refusal(problem, said, visit.typed.get(ACT, ""))
    if text is not None:
        return [(about, text)]
    labels = {name: said[f"field.{name}"] for name in fields}
    return list(visit.summary(*fields, labels=labels))

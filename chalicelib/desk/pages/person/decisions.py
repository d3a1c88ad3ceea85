"""The decisions of a person that are in force, and what each counts as by now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib import clock
from chalicelib.decisions.effect import effect
from chalicelib.decisions.permission import Reason
from chalicelib.desk.pages import titles
from chalicelib.desk.pages.dates import day_of
from chalicelib.subjects.model import Decision

if TYPE_CHECKING:
    from chalicelib.subjects.model import Standing
    from chalicelib.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision in force: its purpose, what was said and when, and what it counts as by now."""

    purpose: str
    said: str
    on: date
    counts: str
    kind: str


def decisions(visit: Visit, standing: Standing | None, said: Mapping[str, str]) -> Iterator[Choice]:
    """Yields the decisions in force in the order of the notice, those of others at the end."""
    if standing is None:
        return
    known = [one for one in visit.notice.purposes if one in standing.decisions]
    others = sorted(one for one in standing.decisions if one not in visit.notice.purposes)
    for purpose in (*known, *others):
        decided = standing.decisions[purpose]
        counts = effect(purpose, standing, visit.notice, clock.now())
        granted = decided.decision is Decision.GRANTED
        in_force = granted and counts is Reason.GRANTED
        why = "" if not granted or in_force else said.get(f"why.{counts}", "")
        told = said["counts_yes"] if in_force else said["counts_no"]
        yield Choice(
            titles.purpose(purpose, visit.notice, visit.language),
            said[f"decided.{decided.decision}"],
            day_of(decided.at, visit),
            f"{told} ({why})" if why else told,
            "good" if in_force else "",
        )


__all__ = ["decisions"]

"""The texts about a request: the person's own words, corrections, and what came since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.desk.pages import titles

if TYPE_CHECKING:
    from chalicelib.requests.service.casework import Case
    from chalicelib.web.pages.visit import Visit

_LINES: Final = 20
"""The lines of a person's text that are shown unfolded."""

_WIDTH: Final = 90
"""Characters that count as a line."""


@dataclass(frozen=True, slots=True)
class Told:
    """A text of somebody: whose, when, the lines that are shown, and those that are folded."""

    by: str
    at: datetime | None
    lines: tuple[str, ...] = field(repr=False)
    folded: tuple[str, ...] = field(default=(), repr=False)


def texts(visit: Visit, case: Case, said: Mapping[str, str]) -> Iterator[Told]:
    """Yields all words about the request: the person's own, corrections, and what came since."""
    sealed = case.said or {}
    if sealed.get("details"):
        yield _told(said["by_person"], case.timed.request.received_at, str(sealed["details"]))
    for group, fields in sealed.get("changes", {}).items():
        for name, value in fields.items():
            title = titles.field(f"{group}.{name}", visit.notice, visit.language)
            text = said["removes"] if value is None else str(value)
            yield _told(said["correction"].format(field=title), None, text)
    for one in case.messages:
        yield _told(said[f"by_{one.by}"], one.at, one.text)


def _told(by: str, at: datetime | None, text: str) -> Told:
    return Told(by, at, *_folded(text))


def _folded(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the lines of a text that are shown, and those beyond the twentieth.

    A long line counts as those that it takes. Empty lines are left out.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    used = 0
    for number, line in enumerate(lines):
        used += -(-len(line) // _WIDTH)
        if used > _LINES and number:
            return tuple(lines[:number]), tuple(lines[number:])
    return tuple(lines), ()


__all__ = ["texts"]

"""The page of the changes of the notice that a person was told of, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Told:
    """A version that a person has to be told of.

    `state` is `due`, `bounced` or `withdrawn` for what else is to be said of it, else empty.
    """

    version: str
    applies_on: date
    sent_at: datetime | None
    seen_at: datetime | None
    state: str


def told_page(visit: Visit, found: Sequence[Told], later: str) -> str:
    """Returns the page with a part of the changes, newest first; `later` is the next cursor."""
    said, frame = words("told", visit.language), visit.frame
    return render(
        "accounts/templates/told.html.j2",
        frame,
        said["title"],
        words=said,
        errors=visit.summary("version"),
        found=found,
        later=frame.to(frame.path, cursor=later) if later else "",
        earlier=frame.to(frame.path) if visit.value("cursor") else "",
    )

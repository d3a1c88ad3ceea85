"""The day by which a request is answered, in words for the desk. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.desk.filters import is_soon
from chalicelib.pages import formats
from chalicelib.pages.words import words
from chalicelib.requests.history import question
from chalicelib.requests.machine import CLOSED, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.requests.clock.deadline import Deadline
    from chalicelib.requests.model import Timed


@dataclass(frozen=True, slots=True)
class Day:
    """A due day: its words, the kind of tag (of `components.html.j2`) that repeats them, the day.

    `day` is None while the clock stands still, and once the request is closed. `moved` says which
    day the time ends on where that is no working day, and why; else it is empty.
    """

    text: str
    kind: str
    day: date | None
    moved: str = ""


def due(found: Timed, today: date, language: str) -> Day:
    """Returns the due day of a request as it stands on a civil day of its clock's calendar."""
    said, request = words("desk", language), found.request
    if request.status in CLOSED:
        return Day(said[f"status.{request.status}"], "", None)
    if request.status is Status.AWAITING_VERIFICATION:
        return Day(said["due_unproven"], "", None)
    waits = question(request.history) if found.paused_since else None
    if waits is not None:
        return Day(said[f"due_paused.{waits.kind}"], "", None)
    on = found.deadline.due_on
    text = formats.due_in((on - today).days, language)
    urgent = "care" if is_soon(found, today) else ""
    return Day(
        text,
        "bad" if on <= today else urgent,
        on,
        moved(found.deadline, said["row_moved"], said, language),
    )


def moved(found: Deadline, text: str, said: Mapping[str, str], language: str) -> str:
    """Returns why a due day is not the day on which the time ends; empty where it is.

    `text` has places for the end, its days off (`why`), and the due day.
    """
    if not found.days_off:
        return ""
    why = formats.listing([said[f"off.{one}"] for _, one in found.days_off], language)
    ends, on = formats.day(found.ends_on, language), formats.day(found.due_on, language)
    return text.format(end=ends, why=why, due=on)


__all__ = ["Day", "due", "moved"]

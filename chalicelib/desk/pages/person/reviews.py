"""The records of a person at their end, of which the desk has to decide whether they stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.desk.pages import titles
from chalicelib.desk.pages.dates import day_of

if TYPE_CHECKING:
    from chalicelib.retention.reviews.service.desk import Waiting
    from chalicelib.web.pages.visit import Visit


def reviews(
    visit: Visit, waiting: Sequence[Waiting], said: Mapping[str, str]
) -> Iterator[tuple[str, date, str]]:
    """Yields the kind of each record, the day of its end, and whether a hold keeps it."""
    for one in waiting:
        yield (
            titles.kind(one.review.kind, visit.notice, visit.language),
            day_of(one.ended_at, visit),
            said["held_yes_short"] if one.held else said["held_no"],
        )


__all__ = ["reviews"]

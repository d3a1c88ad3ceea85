"""The civil day of a moment by the time zone of the notice, for the desk's pages. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.pages import formats

if TYPE_CHECKING:
    from chalicelib.web.pages.visit import Visit


def day_of(moment: datetime, visit: Visit) -> date:
    """Returns the day of a moment."""
    return moment.astimezone(visit.notice.zone).date()


def written(moment: datetime, visit: Visit) -> str:
    """Returns the day of a moment in the language of the page."""
    return formats.day(day_of(moment, visit), visit.language)


__all__ = ["day_of", "written"]

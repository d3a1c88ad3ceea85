"""The day on which something reached the controller, as a field of the desk's forms asks for it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Final

from chalicelib.consents.desk import OLDEST
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice

DAY: Final = "received_on"
"""The field of the day on which a request or a refusal reached the controller."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NOON: Final = time(12)


def day_in(text: object) -> date | None:
    """Returns the day that a text names, such as `2028-02-29`; None of one that there is not."""
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def received_at(day: date, notice: Notice, now: datetime) -> datetime:
    """Returns the moment that stands for a day of receipt: its noon, or now where that is earlier.

    Days are those of the notice's zone; only the day is known, and no moment of it.
    """
    noon = datetime.combine(day, _NOON, notice.zone).astimezone(UTC)
    return min(noon, now)


def day_findings(text: str, notice: Notice, now: datetime) -> list[Finding]:
    """Finds what is wrong with a day of receipt, at `/received_at`, for which it stands."""
    day = day_in(text)
    if day is None:
        return [Finding("/received_at", "is no day", "date")]
    if day > now.astimezone(notice.zone).date():
        return [Finding("/received_at", "must not be in the future", "future")]
    if received_at(day, notice, now) < now - OLDEST:
        return [Finding("/received_at", "is longer ago than five years", "long_ago")]
    return []


__all__ = ["DAY", "day_findings", "day_in", "received_at"]

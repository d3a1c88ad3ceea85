"""The working days of a country in a time zone. Pure.

Working days are all days other than public holidays, Sundays and Saturdays, in every country
(Regulation (EEC, Euratom) 1182/71, art. 2(2)). Public holidays are read from
`public_holidays.txt`, which `python -m infra.public_holidays` writes: the `public` days of the
library `holidays`, for the whole country. Half days and the days of a town's patron are not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FILE: Final = Path(__file__).with_name("public_holidays.txt")
"""A section for each country after a blank line: its code of two letters, then a line for each
year, `2026 0101 0106`, with month and day of each public holiday."""

YEARS: Final = range(2020, 2050)
"""The years that the file covers. In any other year only Saturdays and Sundays are days off, so a
deadline may come earlier than the law's and never later."""

_DAY: Final = timedelta(days=1)
_LAST: Final = timedelta(milliseconds=1)
_ZONE: Final = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*){0,2}")


class DayOff(StrEnum):
    """The reason why a day is no working day. A holiday on a Saturday or Sunday is a holiday."""

    SATURDAY = "saturday"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"


class UnknownCalendar(ValueError):
    """The calendar is unknown; `members` names the unknown part: `zone`, `country` or both."""

    def __init__(self, members: tuple[str, ...]) -> None:
        self.members = members
        super().__init__(f"there is no calendar of this {' and '.join(members)}")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a time zone and the public holidays of a country (ISO 3166-1 alpha-2)."""

    zone: ZoneInfo
    country: str
    holidays: frozenset[date]

    def day(self, moment: datetime) -> date:
        """Returns the civil day of an aware moment in the zone."""
        return moment.astimezone(self.zone).date()

    def day_off(self, day: date) -> DayOff | None:
        """Returns why a day is no working day; None for a working day."""
        if day in self.holidays:
            return DayOff.HOLIDAY
        return {5: DayOff.SATURDAY, 6: DayOff.SUNDAY}.get(day.weekday())

    def working_day(self, day: date) -> date:
        """Returns the day itself where it is a working day, else the next one."""
        while self.day_off(day) is not None:
            day += _DAY
        return day

    def days_off(self, first: date, last: date) -> Iterator[tuple[date, DayOff]]:
        """Yields the days off from `first` up to `last`, without `last`, in order."""
        while first < last:
            reason = self.day_off(first)
            if reason is not None:
                yield first, reason
            first += _DAY

    def after_working_days(self, day: date, count: int) -> date:
        """Returns the last day of a period of `count` working days after an event on `day`.

        The day of the event is not counted (Regulation 1182/71 art. 3(1)).
        """
        for _ in range(count):
            day = self.working_day(day + _DAY)
        return day

    def first_moment(self, day: date) -> datetime:
        """Returns the first moment of a civil day, in the zone."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC).astimezone(self.zone)

    def last_moment(self, day: date) -> datetime:
        """Returns the last millisecond of a civil day, in the zone.

        It is computed back from the first moment of the next day, since a zone may skip or repeat
        an hour at midnight.
        """
        following = datetime.combine(day + _DAY, time(), self.zone).astimezone(UTC)
        return (following - _LAST).astimezone(self.zone)


@cache
def calendar_of(zone: str, country: str) -> Calendar:
    """Returns the calendar of a zone of the tz database and a country (ISO 3166-1 alpha-2).

    Raises UnknownCalendar, which names everything that is unknown.
    """
    found, holidays = _zone(zone), _holidays(country)
    if found is None or holidays is None:
        unknown = {"zone": found is None, "country": holidays is None}
        raise UnknownCalendar(tuple(name for name, missing in unknown.items() if missing))
    return Calendar(found, country, holidays)


def countries() -> frozenset[str]:
    """Returns the codes of all countries that have a calendar."""
    return frozenset(section[:2] for section in _sections())


def _zone(key: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(key) if _ZONE.fullmatch(key) else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder
        return None


def _holidays(country: str) -> frozenset[date] | None:
    for section in _sections():
        if section[:2] == country:
            return frozenset(_days(section.splitlines()[1:]))
    return None


def _sections() -> list[str]:
    _, *sections = FILE.read_text("ascii").split("\n\n")
    return sections


def _days(lines: list[str]) -> Iterator[date]:
    for line in lines:
        year, *days = line.split(" ")
        for day in days:
            yield date(int(year), int(day[:2]), int(day[2:]))

"""The working days of countries, and the file in which their holidays are written."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chalicelib.notices.countries import COUNTRIES
from chalicelib.requests.clock.calendar import (
    FILE,
    YEARS,
    Calendar,
    DayOff,
    UnknownCalendar,
    calendar_of,
    countries,
)
from infra.public_holidays import document

ROME = calendar_of("Europe/Rome", "IT")
PROJECT = Path(__file__).parents[3]

#: L. 260/1949, L. 54/1977, D.P.R. 792/1985, L. 336/2000, and from 2026 L. 151/2025.
FIXED = "01-01 01-06 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26"
EASTER = {2025: "04-20", 2026: "04-05", 2027: "03-28", 2028: "04-16", 2029: "04-01"}


def test_the_file_is_what_the_library_says() -> None:
    assert FILE.read_text("ascii") == document(), "run `python -m infra.public_holidays`"


def test_every_country_that_a_notice_can_name_has_a_calendar() -> None:
    assert countries() == COUNTRIES
    for country in sorted(COUNTRIES):
        found = calendar_of("Etc/UTC", country)
        assert {day.year for day in found.holidays} <= set(YEARS)


def test_the_years_reach_back_for_five_and_ahead_for_twenty() -> None:
    assert YEARS[0] <= 2021
    assert YEARS[-1] >= 2046


@pytest.mark.parametrize("year", EASTER)
def test_the_holidays_of_italy_are_those_of_its_laws(year: int) -> None:
    easter = date.fromisoformat(f"{year}-{EASTER[year]}")
    expected = {date.fromisoformat(f"{year}-{day}") for day in FIXED.split()}
    expected |= {easter, easter + timedelta(days=1)}
    if year >= 2026:
        expected.add(date(year, 10, 4))
    listed = {day for day in ROME.holidays if day.year == year}
    # The library also lists the first Sunday of November (L. 54/1977), which is a Sunday anyway.
    assert {day for day in listed ^ expected if day.weekday() != 6} == set()
    assert expected <= listed


def test_a_holiday_on_a_weekend_is_a_holiday() -> None:
    assert ROME.day_off(date(2026, 10, 4)) is DayOff.HOLIDAY
    assert ROME.day_off(date(2026, 10, 3)) is DayOff.SATURDAY
    assert ROME.day_off(date(2026, 10, 11)) is DayOff.SUNDAY
    assert ROME.day_off(date(2026, 10, 5)) is None


def test_half_days_and_days_of_patrons_are_working_days() -> None:
    for day in (date(2026, 12, 24), date(2026, 12, 31), date(2026, 12, 7), date(2026, 6, 29)):
        assert ROME.day_off(day) is None
    assert calendar_of("Europe/Berlin", "DE").day_off(date(2026, 12, 24)) is None


def test_beyond_the_years_of_the_file_only_weekends_are_days_off() -> None:
    year = YEARS[-1] + 1
    assert ROME.day_off(date(year, 12, 26)) in {None, DayOff.SATURDAY, DayOff.SUNDAY}
    assert ROME.working_day(date(2050, 12, 26)) == date(2050, 12, 26)
    assert ROME.working_day(date(2049, 12, 25)) == date(2049, 12, 27)


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2026, 11, 16), 0, date(2026, 11, 16)),
        (date(2026, 11, 16), 1, date(2026, 11, 17)),
        (date(2026, 11, 16), 5, date(2026, 11, 23)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
        (date(2026, 12, 23), 5, date(2026, 12, 31)),
    ],
)
def test_working_days_are_counted_from_the_day_after(day: date, count: int, last: date) -> None:
    assert ROME.after_working_days(day, count) == last


@pytest.mark.parametrize(
    ("zone", "day", "last"),
    [
        ("Europe/Rome", date(2026, 12, 16), "2026-12-16T22:59:59.999+00:00"),
        ("Europe/Rome", date(2026, 3, 28), "2026-03-28T22:59:59.999+00:00"),
        ("Europe/Rome", date(2026, 3, 29), "2026-03-29T21:59:59.999+00:00"),
        ("Europe/Rome", date(2026, 10, 25), "2026-10-25T22:59:59.999+00:00"),
        # The clocks of Havana go back from 01:00 to midnight, and of Cairo on from midnight.
        ("America/Havana", date(2026, 10, 31), "2026-11-01T03:59:59.999+00:00"),
        ("Africa/Cairo", date(2026, 4, 23), "2026-04-23T21:59:59.999+00:00"),
        # The last hour of this day is repeated in Cairo, and left out in Nuuk.
        ("Africa/Cairo", date(2026, 10, 29), "2026-10-29T21:59:59.999+00:00"),
        ("America/Nuuk", date(2026, 3, 28), "2026-03-29T00:59:59.999+00:00"),
        ("Pacific/Auckland", date(2026, 12, 16), "2026-12-16T10:59:59.999+00:00"),
    ],
)
def test_the_last_moment_is_before_the_first_of_the_next_day(
    zone: str, day: date, last: str
) -> None:
    found = Calendar(ZoneInfo(zone), "IT", frozenset())
    moment = found.last_moment(day)
    assert moment.astimezone(UTC).isoformat(timespec="milliseconds") == last
    assert str(moment.tzinfo) == zone
    assert found.day(moment) == day
    assert found.day(moment.astimezone(UTC) + timedelta(milliseconds=1)) == day + timedelta(days=1)


def test_a_day_is_that_of_the_zone() -> None:
    moment = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert ROME.day(moment) == date(2026, 12, 1)
    assert calendar_of("America/New_York", "US").day(moment) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("zone", "country", "members"),
    [
        ("Europe/Roma", "IT", ("zone",)),
        ("Europe", "IT", ("zone",)),
        ("europe/rome", "IT", ("zone",)),
        ("../etc/passwd", "IT", ("zone",)),
        ("Europe/../Europe/Rome", "IT", ("zone",)),
        ("", "IT", ("zone",)),
        ("Rome\n", "IT", ("zone",)),
        ("Europe/Rome", "ZZ", ("country",)),
        ("Europe/Rome", "EU", ("country",)),
        ("Europe/Rome", "UK", ("country",)),
        ("Europe/Rome", "it", ("country",)),
        ("Europe/Rome", "ITA", ("country",)),
        ("Europe/Rome", "I", ("country",)),
        ("Europe/Rome", "", ("country",)),
        ("Europe/Rome", "20", ("country",)),
        ("Europe/Rome", "# ", ("country",)),
        ("Europe/Roma", "ZZ", ("zone", "country")),
    ],
)
def test_what_does_not_exist_is_named(zone: str, country: str, members: tuple[str, ...]) -> None:
    with pytest.raises(UnknownCalendar) as unknown:
        calendar_of(zone, country)
    assert unknown.value.members == members
    assert str(unknown.value) == f"there is no calendar of this {' and '.join(members)}"


def test_the_clock_is_usable_alone_and_loads_no_library_of_holidays() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from chalicelib.requests.clock.calendar import calendar_of\n"
        "import chalicelib.requests.clock.deadline\n"
        "calendar_of('Europe/Rome', 'IT')\n"
        "print(' '.join(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    ours = {name for name in loaded if name.startswith("chalicelib")}
    clock = "chalicelib.requests.clock"
    assert ours == {
        "chalicelib",
        "chalicelib.requests",
        clock,
        f"{clock}.calendar",
        f"{clock}.deadline",
    }
    assert {name.partition(".")[0] for name in loaded}.isdisjoint({"holidays", "dateutil"})

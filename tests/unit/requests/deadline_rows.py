"""Dates that the clock of requests gives, each with its reason. Written by hand, from a calendar.

Moments are those of the row's zone; where a moment ends in `Z` it is UTC. A due day holds for a
month's period and an extension of two, in Italy unless the row names another country.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Row(NamedTuple):
    """A request, what happened to it, the day by which it is answered, and why."""

    received: str
    due: str
    why: str
    facts: str = ""
    now: str = "2035-01-01 12:00"
    zone: str = "Europe/Rome"
    country: str = "IT"


_MONTHS: Final = (
    Row("2026-11-16 10:00", "2026-12-16", "the same number in the next month, a Wednesday"),
    Row("2026-11-29 10:00", "2026-12-29", "a request that comes on a Sunday is received then"),
    Row("2026-12-26 10:00", "2027-01-26", "and one that comes on a holiday on the holiday"),
    Row("2026-10-31 10:00", "2026-11-30", "November has no 31st: its last day, a Monday"),
    Row("2026-03-31 10:00", "2026-04-30", "April has no 31st"),
    Row("2026-05-31 10:00", "2026-06-30", "June has no 31st"),
    Row("2026-08-31 10:00", "2026-09-30", "September has no 31st"),
    Row("2026-07-31 10:00", "2026-08-31", "August has a 31st, a Monday"),
    Row("2026-12-31 10:00", "2027-02-01", "31 January 2027 is a Sunday"),
    Row("2027-01-31 10:00", "2027-03-01", "28 February is the month's last day, and a Sunday"),
    Row("2027-01-29 10:00", "2027-03-01", "a common year has no 29 February; the 28th is a Sunday"),
    Row("2028-01-31 10:00", "2028-02-29", "the last day of February in a leap year, a Tuesday"),
    Row("2028-01-30 10:00", "2028-02-29", "a leap year has no 30 February either"),
    Row("2028-01-29 10:00", "2028-02-29", "in a leap year 29 February has the same number"),
    Row(
        "2028-02-29 10:00", "2028-03-29", "a month from the leap day is the 29th, not the last day"
    ),
    Row("2024-01-31 10:00", "2024-02-29", "the leap day of 2024, a Thursday"),
    Row("2023-01-31 10:00", "2023-02-28", "the last day of February in a common year, a Tuesday"),
)

_WEEKENDS: Final = (
    Row("2026-11-12 10:00", "2026-12-14", "12 December is a Saturday"),
    Row("2026-11-13 10:00", "2026-12-14", "13 December is a Sunday"),
    Row("2026-11-14 10:00", "2026-12-14", "14 December is the Monday itself"),
    Row("2026-10-14 10:00", "2026-11-16", "14 November is a Saturday"),
)

_EASTER: Final = (
    Row("2026-03-06 10:00", "2026-04-07", "6 April 2026 is Easter Monday"),
    Row("2026-03-05 10:00", "2026-04-07", "Easter Sunday, then Easter Monday"),
    Row("2026-03-04 10:00", "2026-04-07", "the Saturday before Easter, then both days"),
    Row("2026-03-03 10:00", "2026-04-03", "Good Friday is a working day in Italy"),
    Row("2027-02-28 10:00", "2027-03-30", "28 March 2027 is Easter Sunday"),
    Row("2027-02-27 10:00", "2027-03-30", "the Saturday before Easter 2027"),
    Row("2028-03-17 10:00", "2028-04-18", "17 April 2028 is Easter Monday"),
    Row("2025-03-21 10:00", "2025-04-22", "21 April 2025 is Easter Monday"),
    Row("2029-03-02 10:00", "2029-04-03", "2 April 2029 is Easter Monday"),
)

_FERRAGOSTO: Final = (
    Row("2025-07-14 10:00", "2025-08-14", "the day before Ferragosto is a working day"),
    Row("2025-07-15 10:00", "2025-08-18", "Ferragosto on a Friday: to the Monday"),
    Row("2026-07-15 10:00", "2026-08-17", "Ferragosto on a Saturday: no day in its place"),
    Row("2027-07-15 10:00", "2027-08-16", "Ferragosto on a Sunday: no day in its place"),
    Row("2028-07-15 10:00", "2028-08-16", "Ferragosto on a Tuesday: to the Wednesday"),
)

_FRANCIS: Final = (
    Row("2023-09-04 10:00", "2023-10-04", "4 October 2023 is a Wednesday like any other"),
    Row("2025-09-04 10:00", "2025-10-06", "4 October 2025 is a Saturday, and no holiday yet"),
    Row("2026-09-04 10:00", "2026-10-05", "the first 4 October that is a holiday is a Sunday"),
    Row("2027-09-04 10:00", "2027-10-05", "4 October 2027 is a holiday on a Monday (L. 151/2025)"),
    Row("2027-09-02 10:00", "2027-10-05", "Saturday, Sunday, and the holiday on the Monday"),
    Row("2028-09-04 10:00", "2028-10-05", "4 October 2028 is a holiday on a Wednesday"),
    Row("2030-09-04 10:00", "2030-10-07", "4 October 2030 is a holiday on a Friday"),
)

_CHRISTMAS: Final = (
    Row("2026-11-24 10:00", "2026-12-24", "Christmas Eve is a working day"),
    Row("2026-11-25 10:00", "2026-12-28", "Friday 25, Saturday 26, Sunday 27 December"),
    Row("2026-11-26 10:00", "2026-12-28", "26 December is a holiday, here on a Saturday"),
    Row("2025-11-25 10:00", "2025-12-29", "Thursday 25 and Friday 26, then the weekend"),
    Row("2025-11-26 10:00", "2025-12-29", "26 December on a Friday, then the weekend"),
    Row("2027-11-24 10:00", "2027-12-24", "the Friday before Christmas"),
    Row("2027-11-25 10:00", "2027-12-27", "Saturday 25 and Sunday 26: no days in their place"),
    Row("2028-11-25 10:00", "2028-12-27", "Monday 25 and Tuesday 26 December"),
    Row("2026-12-01 10:00", "2027-01-04", "New Year's Day is a Friday"),
    Row("2027-12-01 10:00", "2028-01-03", "New Year's Day is a Saturday"),
    Row("2026-12-06 10:00", "2027-01-07", "Epiphany is a Wednesday"),
    Row("2024-12-06 10:00", "2025-01-07", "Epiphany is a Monday"),
    Row("2026-11-08 10:00", "2026-12-09", "8 December is a Tuesday"),
    Row("2025-11-06 10:00", "2025-12-09", "Saturday 6, Sunday 7, and the holiday on the Monday"),
)

_HOLIDAYS: Final = (
    Row("2026-10-01 10:00", "2026-11-02", "1 November is a Sunday; the day after is none"),
    Row("2027-10-01 10:00", "2027-11-02", "1 November is a Monday"),
    Row("2025-10-01 10:00", "2025-11-03", "1 November is a Saturday"),
    Row("2025-03-25 10:00", "2025-04-28", "25 April is a Friday"),
    Row("2026-03-25 10:00", "2026-04-27", "25 April is a Saturday"),
    Row("2028-03-25 10:00", "2028-04-26", "25 April is a Tuesday"),
    Row("2026-04-01 10:00", "2026-05-04", "1 May is a Friday"),
    Row("2027-04-01 10:00", "2027-05-03", "1 May is a Saturday"),
    Row("2028-04-01 10:00", "2028-05-02", "1 May is a Monday"),
    Row("2026-05-02 10:00", "2026-06-03", "2 June is a Tuesday"),
    Row("2028-05-02 10:00", "2028-06-05", "2 June is a Friday"),
    Row("2026-05-29 10:00", "2026-06-29", "29 June is a holiday in Rome alone: its patrons' day"),
    Row("2026-11-07 10:00", "2026-12-07", "7 December is a holiday in Milan alone, on a Monday"),
)

_MIDNIGHT: Final = (
    Row("2026-11-30 23:59", "2026-12-30", "the last minute in Rome is still 30 November"),
    Row("2026-12-01 00:30", "2027-01-04", "1 December in Rome, while UTC has 30 November"),
    Row("2026-11-30 23:30Z", "2027-01-04", "the same half hour, told in UTC"),
    Row("2026-06-30 23:59", "2026-07-30", "the last minute of June in Rome"),
    Row("2026-07-01 00:30", "2026-08-03", "1 July in Rome; 1 August is a Saturday"),
    Row("2026-06-30 22:30Z", "2026-08-03", "the same half hour in UTC, which has 30 June"),
    Row("2027-01-30 23:30Z", "2027-03-01", "31 January in Rome: the end of February, a Sunday"),
    Row("2027-12-31 23:30Z", "2028-02-01", "New Year in Rome, while UTC has the old year"),
)

_SUMMER: Final = (
    Row("2026-02-27 10:00", "2026-03-27", "two days before summer time begins"),
    Row("2026-03-02 10:00", "2026-04-02", "received in winter, due in summer"),
    Row("2026-02-28 10:00", "2026-03-30", "Saturday; the night to Sunday loses an hour"),
    Row("2026-03-29 01:59", "2026-04-29", "the last minute before the lost hour"),
    Row("2026-03-29 01:00Z", "2026-04-29", "the first minute after it"),
    Row("2026-09-23 10:00", "2026-10-23", "two days before summer time ends"),
    Row("2026-09-25 10:00", "2026-10-26", "the Sunday on which summer time ends"),
    Row("2026-10-25 00:30Z", "2026-11-25", "the repeated hour, the first time"),
    Row("2026-10-25 01:30Z", "2026-11-25", "the repeated hour, the second time"),
)

_EXTENDED: Final = (
    Row(
        "2026-11-16 10:00",
        "2027-02-16",
        "three months from receipt",
        "extended 2026-12-01 10:00",
    ),
    Row(
        "2026-11-25 10:00",
        "2027-02-25",
        "from receipt, and not from 28 December to which the first day was moved",
        "extended 2026-12-28 10:00",
    ),
    Row(
        "2027-01-31 10:00",
        "2027-04-30",
        "three months from 31 January, where two from 28 February would be 28 April",
        "extended 2027-02-10 10:00",
    ),
    Row(
        "2026-10-06 10:00",
        "2027-01-07",
        "the extended end is Epiphany",
        "extended 2026-11-06 10:00",
    ),
    Row(
        "2026-01-06 10:00",
        "2026-04-07",
        "the extended end is Easter Monday",
        "extended 2026-02-01 10:00",
    ),
    Row(
        "2026-05-15 10:00",
        "2026-08-17",
        "the extended end is Ferragosto, a Saturday",
        "extended 2026-06-15 10:00",
    ),
    Row(
        "2026-09-25 10:00",
        "2026-12-28",
        "the extended end is Christmas",
        "extended 2026-10-02 10:00",
    ),
    Row(
        "2027-07-04 10:00",
        "2027-10-05",
        "the extended end is 4 October",
        "extended 2027-08-04 10:00",
    ),
    Row(
        "2025-11-30 10:00",
        "2026-03-02",
        "February has no 30th; 28 February is a Saturday",
        "extended 2025-12-10 10:00",
    ),
    Row(
        "2023-11-30 10:00",
        "2024-02-29",
        "February has no 30th; its last day is the leap day",
        "extended 2023-12-10 10:00",
    ),
    Row(
        "2026-11-12 10:00",
        "2027-02-12",
        "extended in the last minute of the first due day, which was moved to 14 December",
        "extended 2026-12-14 23:59",
    ),
    Row(
        "2026-11-12 10:00",
        "2026-12-14",
        "half an hour later the first due day is over, though UTC still has it",
        "extended 2026-12-15 00:30",
    ),
    Row(
        "2026-11-16 10:00",
        "2027-02-16",
        "a second extension adds nothing",
        "extended 2026-12-01 10:00, extended 2026-12-10 10:00",
    ),
)

_PAUSED: Final = (
    Row(
        "2026-11-16 10:00",
        "2026-12-21",
        "five civil days more",
        "clarification 2026-11-18 17:00, continued 2026-11-23 09:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2026-12-16",
        "asked and answered on one day: no day more",
        "clarification 2026-11-18 09:00, continued 2026-11-18 17:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2026-12-17",
        "twenty minutes over midnight are a civil day",
        "clarification 2026-11-18 23:50, continued 2026-11-19 00:10",
    ),
    Row(
        "2026-11-16 10:00",
        "2026-12-28",
        "nine days more end at Christmas",
        "clarification 2026-11-18 10:00, continued 2026-11-27 10:00",
    ),
    Row(
        "2026-11-12 10:00",
        "2026-12-15",
        "three days more from Saturday 12 December, and not from Monday 14",
        "clarification 2026-11-18 10:00, continued 2026-11-21 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2026-12-21",
        "two pauses of two days and three",
        "clarification 2026-11-18 10:00, continued 2026-11-20 10:00, "
        "clarification 2026-11-24 10:00, continued 2026-11-27 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2026-12-21",
        "a pause that begins on the day on which one ended: three days and two",
        "clarification 2026-11-18 10:00, continued 2026-11-21 10:00, "
        "clarification 2026-11-21 11:00, continued 2026-11-23 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2026-12-23",
        "open for seven days now",
        "clarification 2026-11-18 10:00",
        now="2026-11-25 10:00",
    ),
    Row(
        "2026-12-16 10:00",
        "2027-02-01",
        "over the turn of the year, fourteen days: 30 January is a Saturday",
        "clarification 2026-12-28 10:00, continued 2027-01-11 10:00",
    ),
    Row(
        "2026-03-16 10:00",
        "2026-04-20",
        "over the change to summer time: three civil days in 71 hours; 19 April is a Sunday",
        "clarification 2026-03-27 10:00, continued 2026-03-30 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2026-12-23",
        "who they are was asked on the fifth working day, and told in a week",
        "identity 2026-11-23 10:00, continued 2026-11-30 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2027-01-15",
        "a clarification without an answer goes on by itself after 30 days",
        "clarification 2026-11-18 10:00",
        now="2027-01-04 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2027-01-15",
        "an answer after 45 days does not make the 30 more",
        "clarification 2026-11-18 10:00, continued 2027-01-02 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2027-01-25",
        "the question who they are goes on until it is answered: 40 days by now",
        "identity 2026-11-18 10:00",
        now="2026-12-28 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2026-12-21",
        "asked on the due day: the clock stands before the last hour is over",
        "clarification 2026-12-16 18:00, continued 2026-12-21 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2026-12-16",
        "asked the day after: a period that is over does not stop",
        "clarification 2026-12-17 09:00, continued 2026-12-21 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2026-12-16",
        "an answer to nothing changes nothing",
        "continued 2026-11-20 10:00",
    ),
)

_PROVEN: Final = (
    Row(
        "2026-11-13 10:00",
        "2026-12-17",
        "four days until the address was proven",
        "proof 2026-11-13 10:00, continued 2026-11-17 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2026-12-16",
        "proven on the day of receipt",
        "proof 2026-11-16 10:00, continued 2026-11-16 10:05",
    ),
    Row(
        "2026-11-16 23:50",
        "2026-12-17",
        "proven ten minutes past midnight",
        "proof 2026-11-16 23:50, continued 2026-11-17 00:10",
    ),
    Row(
        "2026-11-13 10:00",
        "2026-12-22",
        "four days for the proof and five for a question",
        "proof 2026-11-13 10:00, continued 2026-11-17 10:00, "
        "clarification 2026-11-20 10:00, continued 2026-11-25 10:00",
    ),
    Row(
        "2026-11-13 10:00",
        "2026-12-16",
        "not proven for three days by now",
        "proof 2026-11-13 10:00",
        now="2026-11-16 10:00",
    ),
)

_BOTH: Final = (
    Row(
        "2026-11-16 10:00",
        "2027-02-22",
        "three months and five days: 21 February is a Sunday",
        "clarification 2026-11-18 10:00, continued 2026-11-23 10:00, extended 2026-12-01 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2027-02-23",
        "a pause after the first due day counts, since the period was extended",
        "extended 2026-12-01 10:00, clarification 2027-01-11 10:00, continued 2027-01-18 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2027-02-22",
        "extended on 21 December, to which a pause of five days moved the first due day",
        "clarification 2026-11-18 10:00, continued 2026-11-23 10:00, extended 2026-12-21 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2026-12-21",
        "a day later it is too late for the extension",
        "clarification 2026-11-18 10:00, continued 2026-11-23 10:00, extended 2026-12-22 10:00",
    ),
    Row(
        "2026-11-16 10:00",
        "2027-03-01",
        "extended while the clock stands: thirteen days more",
        "clarification 2026-11-25 10:00, extended 2026-12-01 10:00, continued 2026-12-08 10:00",
    ),
    Row(
        "2026-09-24 10:00",
        "2026-12-28",
        "three months and a day end at Christmas",
        "clarification 2026-09-28 10:00, continued 2026-09-29 10:00, extended 2026-10-01 10:00",
    ),
)


def _of(zone: str, country: str, *rows: tuple[str, str, str]) -> tuple[Row, ...]:
    return tuple(Row(*row, zone=zone, country=country) for row in rows)


_ELSEWHERE: Final = (
    *_of(
        "Europe/Berlin",
        "DE",
        ("2026-03-03 10:00", "2026-04-07", "Good Friday is a holiday, and so is Easter Monday"),
        ("2026-04-14 10:00", "2026-05-15", "Ascension Day, a Thursday"),
        ("2026-04-25 10:00", "2026-05-26", "Whit Monday"),
        ("2029-09-03 10:00", "2029-10-04", "3 October, a Wednesday; the 4th is no holiday here"),
        ("2028-07-15 10:00", "2028-08-15", "15 August is a holiday in some Länder alone"),
        ("2026-12-06 10:00", "2027-01-06", "Epiphany is a holiday in some Länder alone"),
    ),
    *_of(
        "Europe/Paris",
        "FR",
        ("2026-06-14 10:00", "2026-07-15", "14 July, a Tuesday"),
        ("2026-10-11 10:00", "2026-11-12", "11 November, a Wednesday"),
        ("2028-04-08 10:00", "2028-05-09", "8 May, a Monday"),
        ("2025-11-26 10:00", "2025-12-26", "26 December is a holiday in Alsace and Moselle alone"),
    ),
    *_of(
        "Europe/Dublin",
        "IE",
        ("2027-02-17 10:00", "2027-03-18", "Saint Patrick's Day, a Wednesday"),
        ("2027-01-01 10:00", "2027-02-02", "Saint Brigid's Day, the first Monday of February"),
        ("2026-07-03 10:00", "2026-08-04", "the first Monday of August"),
        ("2026-06-30 23:30Z", "2026-08-04", "1 July in Dublin; Saturday 1 to Monday 3 August"),
    ),
    *_of(
        "Europe/Athens",
        "GR",
        ("2026-03-13 10:00", "2026-04-14", "Easter Monday of the Orthodox Church"),
        ("2026-03-06 10:00", "2026-04-06", "Easter Monday of the others is a working day"),
        ("2027-02-15 10:00", "2027-03-16", "Clean Monday, 48 days before the Orthodox Easter"),
        ("2026-09-28 10:00", "2026-10-29", "28 October, a Wednesday"),
        ("2026-09-27 22:30Z", "2026-10-29", "half past one in Athens: 28 September"),
    ),
    *_of(
        "Europe/Lisbon",
        "PT",
        ("2026-05-10 10:00", "2026-06-11", "10 June, a Wednesday"),
    ),
    *_of(
        "America/New_York",
        "US",
        ("2026-10-26 10:00", "2026-11-27", "Thanksgiving, a Thursday; the day after is none"),
        ("2026-10-27 03:30Z", "2026-11-27", "the evening of 26 October there"),
    ),
)

ROWS: Final = (
    _MONTHS
    + _WEEKENDS
    + _EASTER
    + _FERRAGOSTO
    + _FRANCIS
    + _CHRISTMAS
    + _HOLIDAYS
    + _MIDNIGHT
    + _SUMMER
    + _EXTENDED
    + _PAUSED
    + _PROVEN
    + _BOTH
    + _ELSEWHERE
)

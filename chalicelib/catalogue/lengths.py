"""Lengths of time as a notice writes them, such as `{"months": 6}`, compared on average. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, TypeGuard

Length: TypeAlias = Mapping[str, int]
"""A count for each unit: days, months, years; hours and minutes of a cookie."""

CALENDAR: Final = ("years", "months", "days")
"""The units of a period, the greatest first."""

_DAYS_OF_CYCLE, _MONTHS_OF_CYCLE = 146_097, 4_800
"""The Gregorian calendar repeats after 400 years: so a month has 30.436875 days on average."""

_MINUTES_OF_DAY: Final = 1_440
_AVERAGE: Final = {
    "minutes": _MONTHS_OF_CYCLE,
    "hours": 60 * _MONTHS_OF_CYCLE,
    "days": _MINUTES_OF_DAY * _MONTHS_OF_CYCLE,
    "months": _MINUTES_OF_DAY * _DAYS_OF_CYCLE,
    "years": 12 * _MINUTES_OF_DAY * _DAYS_OF_CYCLE,
}


def average(length: Mapping[str, Any]) -> int:
    """Returns the average of a length of time, in no unit, for comparison only.

    A cookie that ends with the browser, {"session": True}, is shorter than any fixed time, and
    what stays until it is deleted, {"until_deleted": True}, is longer.
    """
    if length.get("session"):
        return -1
    if length.get("until_deleted"):
        return _DAYS_OF_CYCLE * _AVERAGE["years"]
    return sum(_AVERAGE[unit] * int(count) for unit, count in length.items())


def is_length(value: object) -> TypeGuard[Length]:
    """Tells whether a value is a length of time: whole numbers of days, months, years."""
    return (
        isinstance(value, dict)
        and bool(value)
        and all(
            unit in CALENDAR and isinstance(count, (int, float)) for unit, count in value.items()
        )
    )


def written(length: Length) -> str:
    """Returns a length of time in English, such as `2 years, 6 months`; `no time` for none."""
    parts = [
        f"{length[unit]} {unit[:-1] if length[unit] == 1 else unit}"
        for unit in CALENDAR
        if length.get(unit)
    ]
    return ", ".join(parts) or "no time"

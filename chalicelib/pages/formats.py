"""Dates, lengths of time, numbers, countries and languages as people write them (CLDR, by Babel).

A language that the software has no words in is written as English is. Babel is imported where
something is written, since its import and a language's data take some 80 ms of CPU.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.instants import zone_name
from chalicelib.pages.languages import languages, primary, shipped

if TYPE_CHECKING:
    from babel import Locale

UNITS = ("years", "months", "days", "hours", "minutes")
"""The units of a length of time, as a notice names them, the longest first."""

_EUROPE = "150"
"""UN M49's code of Europe: CLDR's English of Europe writes 29 November 2026 and 14:30."""


def day(value: date, language: str) -> str:
    """A date written out, such as `29 novembre 2026`."""
    from babel.dates import format_date

    return format_date(value, "long", _locale(language))


def moment(value: datetime, language: str, zone: tzinfo, *, precise: bool = False) -> str:
    """A moment in a time zone, such as `29 novembre 2026, 14:30 UTC+01:00 (Europe/Rome)`.

    `value` has a time zone of its own. With `precise` it is told to the second.
    """
    from babel.dates import format_time, get_datetime_format

    local, locale = value.astimezone(zone), _locale(language)
    time = format_time(local, "medium" if precise else "short", locale=locale)
    pattern = str(get_datetime_format("medium", locale))
    text = pattern.replace("{0}", time).replace("{1}", day(local, language))
    return f"{text} {zone_name(local)}"


def length(counted: Mapping[str, int], language: str) -> str:
    """A length of time by unit, such as `2 anni e 6 mesi`; empty where every count is zero.

    `counted` holds numbers of `years`, `months`, `days`, `hours` and `minutes`.
    """
    from babel.units import format_unit

    told = (
        format_unit(counted[unit], f"duration-{unit[:-1]}", locale=_locale(language))
        for unit in UNITS
        if counted.get(unit)
    )
    return listing(told, language)


def number(value: int, language: str) -> str:
    """A number with its digits grouped, such as `1.234.567`."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=_locale(language))


def listing(texts: Iterable[str], language: str) -> str:
    """Texts in one line, such as `uno, due e tre`; empty without any."""
    from babel.lists import format_list

    return format_list(list(texts), locale=_locale(language))


def country(code: str, language: str) -> str:
    """The name of a country (ISO 3166-1 alpha-2), or its code where CLDR has no name for it."""
    return str(_locale(language).territories.get(code.upper(), code))


def language_name(tag: str, language: str) -> str:
    """What the language of a tag is called in `language`, or the tag where CLDR has no name."""
    return str(_locale(language).languages.get(primary(tag), tag))


def own_name(tag: str) -> str:
    """What a language is called in itself, as a link to a page in it says: `Italiano`.

    The tag of a language that the software has no words in.
    """
    if primary(tag) not in languages():
        return tag
    name = language_name(tag, tag)
    return name[:1].upper() + name[1:]


@cache
def _locale(language: str) -> Locale:
    from babel import Locale
    from babel.localedata import exists

    own = shipped(language)
    european = f"{own}_{_EUROPE}"
    return Locale.parse(european if exists(european) else own)

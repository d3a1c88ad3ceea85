"""Writes dates, lengths of time, numbers, countries and languages by CLDR (Babel).

A language without words in the software is written like English. Babel is imported in the functions
that use it, since its import and a language's data take some 80 ms of CPU.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from chalicelib.instants import zone_name
from chalicelib.pages.languages import languages, primary, shipped
from chalicelib.pages.words import words

if TYPE_CHECKING:
    from babel import Locale

UNITS = ("years", "months", "days", "hours", "minutes")
"""The units of a length of time, as a notice names them, the longest first."""

_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Codes of CLDR that name no country."""

_EUROPE = "150"
"""UN M49's code of Europe: CLDR's English of Europe writes 29 November 2026 and 14:30."""


def day(value: date, language: str) -> str:
    """Returns a date written out, such as `29 novembre 2026`."""
    from babel.dates import format_date

    written = format_date(value, "long", _locale(language))
    if value.day != 1:
        return written
    # CLDR's long date has no form of its own for the first of a month, which French counts.
    return re.sub(r"\b1\b", words("pages", language)["first_of_month"], written, count=1)


def month(value: date, language: str) -> str:
    """Returns the month of a date, such as `novembre 2026`."""
    from babel.dates import format_skeleton

    return format_skeleton("yMMMM", value, locale=_locale(language))


def moment(value: datetime, language: str, zone: tzinfo, *, precise: bool = False) -> str:
    """Returns a moment in a time zone, such as `29 novembre 2026, 14:30 UTC+01:00 (Europe/Rome)`.

    `value` must have a time zone. With `precise` it is written to the second.
    """
    from babel.dates import format_time, get_datetime_format

    local, locale = value.astimezone(zone), _locale(language)
    time = format_time(local, "medium" if precise else "short", locale=locale)
    pattern = str(get_datetime_format("medium", locale))
    text = pattern.replace("{0}", time).replace("{1}", day(local, language))
    return f"{text} {zone_name(local)}"


def length(counted: Mapping[str, int], language: str) -> str:
    """Returns a length of time, such as `2 anni e 6 mesi`; empty where every count is zero.

    `counted` holds numbers of `years`, `months`, `days`, `hours` and `minutes`.
    """
    told = (_counted(counted[unit], unit, language) for unit in UNITS if counted.get(unit))
    return listing(told, language)


def due_in(days: int, language: str) -> str:
    """Returns how many days are left until a day, such as `Mancano 18 giorni`.

    `days` is 0 on the day itself, and below zero after it.
    """
    said, count = words("shell", language), abs(days)
    if not days:
        return said["left_today"]
    name = "left" if days > 0 else "late"
    if count == 1:
        return said[f"{name}_day"]
    return said[name].format(time=length({"days": count}, language))


def number(value: int, language: str) -> str:
    """Returns a number with its digits grouped, such as `1.234.567`."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=_locale(language))


def listing(texts: Iterable[str], language: str) -> str:
    """Returns texts in one line, such as `uno, due e tre`; empty without any."""
    found = list(texts)
    if len(found) < 2:
        return "".join(found)
    from babel.lists import format_list

    return format_list(found, locale=_locale(language))


def country(code: str, language: str) -> str:
    """Returns a country's name (ISO 3166-1 alpha-2), or its code where CLDR has no name."""
    return str(_locale(language).territories.get(code.upper(), code))


def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Lists the countries by name: the code (ISO 3166-1 alpha-2) and the name of each."""
    named = _locale(language).territories.items()
    found = [(code, name) for code, name in named if len(code) == 2 and code not in _NO_COUNTRIES]
    return tuple(sorted(found, key=lambda one: unicodedata.normalize("NFD", one[1])))


def language_name(tag: str, language: str) -> str:
    """Returns the name of a tag's language in `language`, or the tag where CLDR has no name."""
    return str(_locale(language).languages.get(primary(tag), tag))


def own_name(tag: str) -> str:
    """Returns a language's name in itself, for a link to a page in it: `Italiano`.

    It is the tag for a language without words in the software.
    """
    # From the words: each language's data of CLDR takes some 80 ms of CPU to read, and a page names
    # every other language.
    return words("pages", tag)["own_name"] if primary(tag) in languages() else tag


@lru_cache(maxsize=512)
def _counted(value: int, unit: str, language: str) -> str:
    from babel.units import format_unit

    return format_unit(value, f"duration-{unit[:-1]}", locale=_locale(language))


@cache
def _locale(language: str) -> Locale:
    from babel import Locale
    from babel.localedata import exists

    own = shipped(language)
    european = f"{own}_{_EUROPE}"
    return Locale.parse(european if exists(european) else own)

"""Dates, lengths, numbers, countries and languages are written as CLDR says, in each language."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from chalicelib.notices.countries import COUNTRIES, UNION
from chalicelib.pages import formats
from chalicelib.pages.languages import languages

ROME = ZoneInfo("Europe/Rome")
MOMENT = datetime(2026, 11, 29, 23, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("it", "1 dicembre 2026"),
        ("it-CH", "1 dicembre 2026"),
        ("en", "1 December 2026"),
        ("de", "1. Dezember 2026"),
        ("fr", "1er décembre 2026"),
        ("es", "1 de diciembre de 2026"),
        ("xx", "1 December 2026"),
    ],
)
def test_a_day_is_written_out(language: str, told: str) -> None:
    assert formats.day(date(2026, 12, 1), language) == told


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("it", "30 novembre 2026, 00:05 UTC+01:00 (Europe/Rome)"),
        ("en", "30 November 2026, 00:05 UTC+01:00 (Europe/Rome)"),
        ("de", "30. November 2026, 00:05 UTC+01:00 (Europe/Rome)"),
        ("fr", "30 novembre 2026, 00:05 UTC+01:00 (Europe/Rome)"),
        ("es", "30 de noviembre de 2026, 0:05 UTC+01:00 (Europe/Rome)"),
    ],
)
def test_a_moment_is_told_in_its_zone(language: str, told: str) -> None:
    assert formats.moment(MOMENT, language, ROME) == told


def test_a_moment_may_be_told_to_the_second() -> None:
    told = formats.moment(MOMENT, "en", UTC, precise=True)
    assert told == "29 November 2026, 23:05:07 UTC"


@pytest.mark.parametrize(
    ("counted", "italian", "english"),
    [
        ({}, "", ""),
        ({"years": 0, "days": 0}, "", ""),
        ({"years": 1}, "1 anno", "1 year"),
        ({"months": 1, "years": 2}, "2 anni e 1 mese", "2 years and 1 month"),
        ({"days": 1, "hours": 1}, "1 giorno e 1 ora", "1 day and 1 hour"),
        (
            {"years": 1, "months": 2, "days": 3, "minutes": 30},
            "1 anno, 2 mesi, 3 giorni e 30 minuti",
            "1 year, 2 months, 3 days and 30 minutes",
        ),
    ],
)
def test_a_length_is_told_by_its_units(counted: dict[str, int], italian: str, english: str) -> None:
    assert formats.length(counted, "it") == italian
    assert formats.length(counted, "en") == english


def test_a_length_is_told_in_each_language() -> None:
    told = {one: formats.length({"years": 2, "months": 1}, one) for one in ("de", "fr", "es")}
    assert told == {
        "de": "2 Jahre und 1 Monat",
        "fr": "2 ans et 1\xa0mois",
        "es": "2 años y 1 mes",
    }


def test_numbers_are_grouped() -> None:
    assert formats.number(1_234_567, "it") == "1.234.567"
    assert formats.number(1_234_567, "en") == "1,234,567"


@pytest.mark.parametrize(
    ("texts", "told"),
    [([], ""), (["a"], "a"), (["a", "b"], "a e b"), (["a", "b", "c"], "a, b e c")],
)
def test_texts_are_joined(texts: list[str], told: str) -> None:
    assert formats.listing(texts, "it") == told


@pytest.mark.parametrize("language", languages())
def test_every_country_of_a_notice_has_a_name(language: str) -> None:
    named = {code: formats.country(code, language) for code in {*COUNTRIES, UNION}}
    assert [code for code, name in named.items() if name == code] == []
    assert len(set(named.values())) == len(named)


def test_countries_and_languages_have_the_names_of_the_reader_s_language() -> None:
    assert formats.country("DE", "it") == formats.country("de", "it") == "Germania"
    assert formats.country("EU", "en") == "European Union"
    assert formats.country("QQ", "it") == "QQ"
    assert formats.language_name("en-GB", "it") == "inglese"
    assert formats.language_name("qqq", "it") == "qqq"


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("it", "Italiano"),
        ("it-CH", "Italiano"),
        ("en", "English"),
        ("fr", "Français"),
        ("xx", "xx"),
    ],
)
def test_a_language_names_itself(tag: str, name: str) -> None:
    assert formats.own_name(tag) == name


@pytest.mark.parametrize("language", languages())
def test_the_name_that_a_language_has_for_itself_is_that_of_cldr(language: str) -> None:
    name = formats.language_name(language, language)
    assert formats.own_name(language) == name[:1].upper() + name[1:]


def test_naming_languages_leaves_what_is_written_in_them_as_it_is() -> None:
    """In a process of its own, as a page does that names all languages before it writes a date."""
    code = (
        "from datetime import date\n"
        "from chalicelib.pages import formats\n"
        "from chalicelib.pages.languages import languages\n"
        "names = [formats.own_name(one) for one in languages()]\n"
        "print(len([formats.day(date(2026, 1, 1), one) for one in languages()]))\n"
        "print(len([formats.length({'years': 2}, one) for one in languages()]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split() == [str(len(languages()))] * 2


@pytest.mark.parametrize("language", languages())
def test_every_language_has_forms_of_its_own(language: str) -> None:
    """Babel would tell another language's months where it had none of this one."""
    january = formats.day(date(2026, 1, 1), language)
    others = {formats.day(date(2026, 1, 1), one) for one in languages() if one != language}
    assert january not in others

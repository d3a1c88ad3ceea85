"""Checks the countries in a notice: each has to have its own code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import select
from chalicelib.notices.countries import COUNTRIES, MISTAKEN, UNION

_SEATS: Final = tuple(f"controller/{who}country" for who in ("", "representative/", "dpo/"))
"""Places of a seat: they name a country."""

_WORKING_DAYS: Final = ("requests/calendar/country",)
"""Places of a country whose public holidays are days off."""

_PLACES: Final = ("recipients/*/country/codes/*", "processing_location/countries/*")
"""Places of data: they may name the Union as a whole."""


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields codes of two letters that no country has, with the right one where it is known."""
    named = _SEATS + _WORKING_DAYS
    for paths, known in ((named, COUNTRIES), (_PLACES, COUNTRIES | {UNION})):
        for path in paths:
            for pointer, code in select(document, path):
                if isinstance(code, str) and _is_code(code) and code not in known:
                    yield Finding(pointer, _detail(code))


def _is_code(text: str) -> bool:
    """Tells whether a text has a code's form; the schema refuses any other."""
    return len(text) == 2 and text.isascii() and text.isupper()


def _detail(code: str) -> str:
    if code == UNION:
        return "names the whole Union; name one country."
    if code in MISTAKEN:
        return f"is no code of ISO 3166-1; write {MISTAKEN[code]}."
    return "is no country's code (ISO 3166-1 alpha-2); correct it."

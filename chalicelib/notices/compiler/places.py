"""Checks the countries in a notice: each has to have its own code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import Located, either, select
from chalicelib.notices.countries import AREA, COUNTRIES, MISTAKEN, UNION

_PARTIES: Final = ("controller", "complaint/authority")
"""Places of a party, or of a list of several: their seats are countries."""

_SEATS: Final = ("country", "representative/country", "dpo/country")
"""Places of a seat in a party."""

_WORKING_DAYS: Final = ("requests/calendar/country",)
"""Places of a country whose public holidays are days off."""

_PLACES: Final = (
    "recipients/*/country/codes/*",
    "processing_location/countries/*",
    "purposes/*/basis/law",
    "purposes/*/basis/*/law",
)
"""Places of data and of law: they may name the Union or the Economic Area as a whole."""


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields codes of two letters that no country has, with the right one where it is known."""
    for path in _WORKING_DAYS:
        yield from _unknown(select(document, path), COUNTRIES)
    for path in _PLACES:
        yield from _unknown(select(document, path), COUNTRIES | {UNION, AREA})
    for path in _PARTIES:
        for pointer, party in either(document, path):
            for seat in _SEATS:
                yield from _unknown(_below(pointer, party, seat), COUNTRIES)
    for pointer, transfer in either(document, "recipients/*/transfer"):
        yield from _unknown(_below(pointer, transfer, "countries/*"), COUNTRIES)


def _below(pointer: str, value: object, path: str) -> Iterator[Located]:
    for place, found in select(value, path):
        yield pointer + place, found


def _unknown(found: Iterable[Located], known: frozenset[str]) -> Iterator[Finding]:
    for pointer, code in found:
        if isinstance(code, str) and _is_code(code) and code not in known:
            yield Finding(pointer, _detail(code))


def _is_code(text: str) -> bool:
    """Tells whether a text has a code's form; the schema refuses any other."""
    return text == AREA or (len(text) == 2 and text.isascii() and text.isupper())


def _detail(code: str) -> str:
    if code in (UNION, AREA):
        return "names the whole Union; name one country."
    if code in MISTAKEN:
        return f"is no code of ISO 3166-1; write {MISTAKEN[code]}."
    return "is no country's code (ISO 3166-1 alpha-2); correct it."

"""Countries that a notice names: each has to be one, by the code that it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import select
from chalicelib.notices.countries import COUNTRIES, MISTAKEN, UNION

_SEATS: Final = tuple(f"controller/{who}country" for who in ("", "representative/", "dpo/"))
"""Where somebody is established: in a country, which is named."""

_WORKING_DAYS: Final = ("requests/calendar/country",)
"""Where the days off are those of a country's public holidays."""

_PLACES: Final = ("recipients/*/country/codes/*", "processing_location/countries/*")
"""Where data lies: it may be known of it only that it is in the Union."""


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Codes of two letters that are no country's, with the right one where it can be told."""
    named = _SEATS + _WORKING_DAYS
    for paths, known in ((named, COUNTRIES), (_PLACES, COUNTRIES | {UNION})):
        for path in paths:
            for pointer, code in select(document, path):
                if isinstance(code, str) and _is_code(code) and code not in known:
                    yield Finding(pointer, _detail(code))


def _is_code(text: str) -> bool:
    """Whether it has a code's form: what has not, the schema refuses."""
    return len(text) == 2 and text.isascii() and text.isupper()


def _detail(code: str) -> str:
    if code == UNION:
        return "names the whole Union; name one country."
    if code in MISTAKEN:
        return f"is no code of ISO 3166-1; write {MISTAKEN[code]}."
    return "is no country's code (ISO 3166-1 alpha-2); correct it."

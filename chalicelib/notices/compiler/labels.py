"""Checks the names of the labels that a notice brings: each has to be a label of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from chalicelib.catalogue import STORED
from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import extend
from chalicelib.notices.countries import AREA, COUNTRIES, UNION
from chalicelib.pages.languages import FALLBACK
from chalicelib.pages.words import words

_FILE: Final = "notice"
_LANGUAGE: Final = "language_name"
_COUNTRY: Final = "country_"
_FROM: Final = "from_"

_FORMER: Final = re.compile(
    r"(years|months|days|hours|minutes)_(one|many)|month_([1-9]|1[0-2])|date_format"
    r"|kept_as|technical_fields|legend_choice|legend_not_stated"
)
"""Labels of earlier releases, which older documents bring: they have no place any more."""

_HINTS: Final = 5
"""Most unknown names for which a known one is sought, which takes long."""


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields names of labels that the page has no place for."""
    labels = document.get("labels")
    if not isinstance(labels, dict):
        return
    unknown = [name for name in labels if isinstance(name, str) and not _is_known(name)]
    for number, name in enumerate(unknown):
        close = get_close_matches(name[:48], words(_FILE, FALLBACK), 1) if number < _HINTS else []
        hint = f"write {close[0]}, or remove it" if close else "correct it, or remove it"
        yield Finding(f"/labels{extend('', name)}", f"is the name of no label; {hint}.")


def _is_known(name: str) -> bool:
    known = words(_FILE, FALLBACK)
    if name in known or name == _LANGUAGE or _FORMER.fullmatch(name):
        return True
    if name.startswith(_COUNTRY):
        return name.removeprefix(_COUNTRY).upper() in COUNTRIES | {UNION, AREA}
    # From when a period of one kind of record runs: from_closed_standing.
    event, kind = max(
        ((one, name.removeprefix(f"{one}_")) for one in known if name.startswith(f"{one}_")),
        default=("", ""),
    )
    return event.startswith(_FROM) and kind in STORED

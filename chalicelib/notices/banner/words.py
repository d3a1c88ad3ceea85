"""The words of the banner: the software's in its languages, and those of the document. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chalicelib.pages.languages import FALLBACK, languages, primary
from chalicelib.pages.words import words

FILE: Final = "banner"
"""The file of the software's words."""


def names() -> tuple[str, ...]:
    """Lists the names of the words that the software brings and a document may override."""
    return tuple(words(FILE, FALLBACK))


def spoken(locale: str) -> bool:
    """Tells whether the software has words in the language of a locale."""
    return primary(locale) in languages()


def completed(banner: Mapping[str, Any], locales: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Returns every word of the software by name and locale, or the document's of that name.

    `banner` is the document's, and `locales` are the notice's. Where neither the document nor the
    software has a word in a language, it is that of the notice's first language.
    """
    return {name: _word(banner.get(name, {}), name, locales) for name in names()}


def _word(written: Mapping[str, str], name: str, locales: tuple[str, ...]) -> dict[str, str]:
    first = written.get(locales[0], words(FILE, locales[0])[name])
    return {
        locale: written[locale]
        if locale in written
        else words(FILE, locale)[name]
        if spoken(locale)
        else first
        for locale in locales
    }

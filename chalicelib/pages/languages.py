"""The languages that the software has words in, and the choice of one for a person.

A language is shipped when it has a folder in `words`. Adding one adds files and changes no code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("words")

FALLBACK = "en"
"""The language of the software's words where the notice has none of the software's languages."""

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
"""Languages whose script is written from right to left (CLDR's layout of characters)."""


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in another language: its tag, its name in itself, its address."""

    locale: str
    name: str
    href: str


@cache
def languages() -> tuple[str, ...]:
    """Lists the languages that have words, as primary subtags (RFC 5646), in alphabetical order."""
    return tuple(sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir()))


def spoken(locales: Sequence[str]) -> tuple[str, ...]:
    """Lists the software's languages among a notice's `locales`, in the notice's order.

    It is English alone where the notice has none of them.
    """
    known = dict.fromkeys(primary(one) for one in locales)
    return tuple(one for one in known if one in languages()) or (FALLBACK,)


def primary(tag: str) -> str:
    """Returns the primary subtag of a language tag (RFC 5646 section 2.2.1): `de` of `de-AT`."""
    return tag.partition("-")[0].lower()


def shipped(tag: str) -> str:
    """Returns the language of the software's words for a language tag; else English."""
    own = primary(tag)
    return own if own in languages() else FALLBACK


def language_for(wanted: str, locales: Sequence[str]) -> str:
    """Returns the wanted language where the notice and the software have it, else the first."""
    offered = spoken(locales)
    return primary(wanted) if primary(wanted) in offered else offered[0]


def right_to_left(tag: str) -> bool:
    """Tells whether a tag's language is written from right to left, as Arabic is."""
    return primary(tag) in _RIGHT_TO_LEFT


def tag_of(language: str, locales: Sequence[str]) -> str:
    """Returns a notice's tag of a language, such as `de-AT` for `de`; else its first."""
    return next((one for one in locales if primary(one) == primary(language)), locales[0])

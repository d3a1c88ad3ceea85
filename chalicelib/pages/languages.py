"""The languages that the software speaks, and which of them a person is spoken to in.

A language is shipped when it has a folder in `words`. Adding one adds files and changes no code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("words")

FALLBACK = "en"
"""The language of the software's words where a notice speaks none of the software's languages."""


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in another language: its tag, its name in itself, where the page is."""

    locale: str
    name: str
    href: str


@cache
def languages() -> tuple[str, ...]:
    """The languages that have words, as primary subtags (RFC 5646), in alphabetical order."""
    return tuple(sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir()))


def spoken(locales: Sequence[str]) -> tuple[str, ...]:
    """The software's languages among the `locales` of a notice, in the notice's order.

    English alone where the notice has none of them: never a language that nobody asked for.
    """
    known = dict.fromkeys(primary(one) for one in locales)
    return tuple(one for one in known if one in languages()) or (FALLBACK,)


def primary(tag: str) -> str:
    """The primary subtag of a language tag (RFC 5646 section 2.2.1): `de` of `de-AT`."""
    return tag.partition("-")[0].lower()


def shipped(tag: str) -> str:
    """The language of the software's words for a language tag; English where it has none."""
    own = primary(tag)
    return own if own in languages() else FALLBACK


def language_for(wanted: str, locales: Sequence[str]) -> str:
    """The language for somebody who wants one: theirs where it is spoken, else the first."""
    offered = spoken(locales)
    return primary(wanted) if primary(wanted) in offered else offered[0]

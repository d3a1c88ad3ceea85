"""In which languages people are spoken to: the notice's, as far as the software has words."""

from __future__ import annotations

from collections.abc import Sequence

WORDS = ("it", "en")
"""Languages of the software's own words."""

FALLBACK = "en"
"""The language of those words where a notice speaks none of them."""


def spoken(locales: Sequence[str]) -> tuple[str, ...]:
    """The software's languages among the `locales` of a notice, in the notice's order.

    English alone where the notice has none of them: never a language that nobody asked for.
    """
    known = dict.fromkeys(primary(one) for one in locales)
    return tuple(one for one in known if one in WORDS) or (FALLBACK,)


def primary(tag: str) -> str:
    """The primary subtag of a language tag (RFC 5646 section 2.2.1): `de` of `de-AT`."""
    return tag.partition("-")[0].lower()


def language_for(wanted: str, locales: Sequence[str]) -> str:
    """The language for somebody who wants one: theirs where it is spoken, else the first."""
    offered = spoken(locales)
    return primary(wanted) if primary(wanted) in offered else offered[0]

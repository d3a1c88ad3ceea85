"""Checks special categories of data and data on offences (GDPR art. 9, 10).

A category is marked with which of them it is. Each purpose that uses one names the condition that
lifts the prohibition, with the basis of art. 6: its basis alone is none. Where a purpose rests on
consent and names no condition, that consent has to be explicit (art. 9(2)(a)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.bases import CONSENT, bases_of, placed
from chalicelib.notices.compiler.reader import extend, listed, objects, texts

EXPLICIT: Final = "explicit_consent"
CRIMINAL: Final = "criminal"
NONE: Final = "none"

_OF_OFFENCES: Final = frozenset({"official_authority", "authorised_by_law"})
"""The conditions of art. 10; all others are of art. 9(2)."""

_NEED_AN_ACT: Final = frozenset(
    {
        "employment_law",
        "substantial_public_interest",
        "public_health",
        "archiving",
        "authorised_by_law",
    }
)
"""The conditions that are law of the Union or a Member State (art. 9(2)(b), (g), (i), (j); 10)."""

_GDPR: Final = r"(?:GDPR|RGPD|DSGVO)"
_ARTICLE: Final = r"art(?:\.|icle|ikel|icolo|[ií]culo)\s*(?:9|10)\b(?!\.\d)"
_SAYS_SO: Final = re.compile(
    rf"{_GDPR},?\s{_ARTICLE}|{_ARTICLE}\s(?:(?:of the|del|du|der)\s)?{_GDPR}"
    r"|special categor|particolari categori|categori[ae] particolar|besondere[nr]? kategori"
    r"|catégories? particulière|categorías? especial",
    re.IGNORECASE,
)
_NAMES_IT: Final = re.compile(
    r"\b(?:health|medical|diagnos[ei]s|salute|dati sanitari|gesundheit|gesundheitsdaten|santé"
    r"|salud|ethnic origin|religio(?:n|us beliefs)|political opinions?|trade union membership"
    r"|biometric|genetic|sexual orientation|criminal (?:record|convictions?|offences?))\b",
    re.IGNORECASE,
)
"""Titles of categories that are special ones, in the words of art. 9(1) and 10."""


def special_of(category: Mapping[str, Any]) -> str | None:
    """Returns which special category a category is; None for ordinary data."""
    found = category.get("special")
    return found if isinstance(found, str) and found != NONE else None


def marked(document: Mapping[str, Any]) -> dict[str, str]:
    """Returns the special categories of a document, by id."""
    return {
        name: special
        for _, category in objects(document, "categories/*")
        if isinstance(name := category.get("id"), str)
        and (special := special_of(category)) is not None
    }


def explicit(purpose: Mapping[str, Any], special: Mapping[str, str]) -> frozenset[str]:
    """Returns the categories that a purpose uses only with explicit consent."""
    return frozenset(
        category
        for category in listed(purpose, "categories")
        if category in special
        for basis in covering(purpose, category)
        if basis.get("condition", EXPLICIT if _is_consent(basis) else None) == EXPLICIT
    )


def covering(purpose: Mapping[str, Any], category: str) -> list[Mapping[str, Any]]:
    """Lists the bases of a purpose that cover data of a category, as `Purpose.covering` does."""
    bases = bases_of(purpose)
    named = [one for one in bases if category in _named(one)]
    whole = any(category in listed(one, "categories") for one in bases)
    rest = [one for one in bases if not _named(one)]
    return named if whole else [*named, *rest]


def asking(document: Mapping[str, Any]) -> set[str]:
    """Returns the purposes for which people are asked: on consent, or with explicit consent."""
    special = marked(document)
    return {
        name
        for _, purpose in objects(document, "purposes/*")
        if isinstance(name := purpose.get("id"), str)
        and (any(map(_is_consent, bases_of(purpose))) or explicit(purpose, special))
    }


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields special categories that are not marked, and uses of them without a condition."""
    special = marked(document)
    for pointer, category in objects(document, "categories/*"):
        if "special" not in category and _sounds_special(category):
            detail = (
                "is missing: its words tell of a special category of data (GDPR art. 9, 10). Say"
                " which it is, or none."
            )
            yield Finding(extend(pointer, "special"), detail)
    for pointer, purpose in objects(document, "purposes/*"):
        used = [name for name in listed(purpose, "categories") if name in special]
        for place, basis in placed(extend(pointer, "basis"), purpose.get("basis")):
            theirs = [name for name in used if basis in covering(purpose, name)]
            yield from _condition(place, basis, {name: special[name] for name in theirs})
        if "explicit_consent" in purpose and not explicit(purpose, special):
            detail = "asks for what nothing needs: no data of the purpose needs explicit consent."
            yield Finding(extend(pointer, "explicit_consent"), detail)
    yield from _bundled(document, special)


def _condition(place: str, basis: Mapping[str, Any], used: Mapping[str, str]) -> Iterator[Finding]:
    condition, where = basis.get("condition"), extend(place, "condition")
    acts = {"condition_act", "act"} & basis.keys()
    if isinstance(condition, str) and condition in _NEED_AN_ACT and not acts:
        detail = "is missing: name the act on which the condition rests (GDPR art. 9(2), 10)."
        yield Finding(extend(place, "condition_act"), detail)
    if not used or (basis.get("to_confirm") is True and condition is None):
        return
    names = ", ".join(used)
    offences = [name for name, special in used.items() if special == CRIMINAL]
    if condition is None and not (_is_consent(basis) and not offences):
        detail = (
            f"is missing: {names} needs a condition of GDPR art. 9(2), or of art. 10 for data on"
            " offences, which this basis alone is not. Name it."
        )
        yield Finding(where, detail)
    elif isinstance(condition, str):
        fitting = [name for name in used if (name in offences) == (condition in _OF_OFFENCES)]
        for name in used:
            if name not in fitting:
                article = "10" if name in offences else "9(2)"
                yield Finding(where, f"is no condition of GDPR art. {article}, which {name} needs.")


def _bundled(document: dict[str, object], special: Mapping[str, str]) -> Iterator[Finding]:
    """Yields cookies whose one button would have to ask for explicit consent."""
    asked = {
        purpose.get("id")
        for _, purpose in objects(document, "purposes/*")
        if isinstance(purpose.get("id"), str) and explicit(purpose, special)
    }
    for pointer, found in objects(document, "cookies/classes/*"):
        name = found.get("purpose")
        if found.get("exempt") is False and isinstance(name, str) and name in asked:
            detail = (
                "needs explicit consent, which one button for all cookies cannot ask for: give the"
                " cookies a purpose of their own."
            )
            yield Finding(extend(pointer, "purpose"), detail)


def _sounds_special(category: dict[str, object]) -> bool:
    titles, said = texts(category, "title/*"), texts(category, "description/*")
    return any(map(_NAMES_IT.search, titles)) or any(map(_SAYS_SO.search, titles | said))


def _named(basis: Mapping[str, Any]) -> set[str]:
    items = {name.partition(".")[0] for name in listed(basis, "items")}
    return {*listed(basis, "categories"), *items}


def _is_consent(basis: Mapping[str, Any]) -> bool:
    return basis.get("kind") == CONSENT

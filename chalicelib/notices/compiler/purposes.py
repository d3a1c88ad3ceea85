"""Checks purposes, categories and sources: each lawful, used and accounted for."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import extend, listed, objects, texts


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields purposes that lack a part, unused categories, and sources without need of a ground."""
    for pointer, purpose in objects(document, "purposes/*"):
        if purpose.get("marketing") is True and purpose.get("channels") == []:
            detail = "is empty: a marketing purpose says by which channels people are contacted."
            yield Finding(extend(pointer, "channels"), detail)
        if purpose.get("automated") == "solely" and "logic" not in purpose:
            detail = "is missing: explain the logic and what it means (GDPR art. 13(2)(f))."
            yield Finding(extend(pointer, "logic"), detail)
    yield from _categories(document)
    yield from _sources(document)


def _sources(document: dict[str, object]) -> Iterator[Finding]:
    for pointer, source in objects(document, "sources/*"):
        if "not_told" in source and source.get("party") in ("subject", "observed"):
            detail = "is for what others give; people know of what they gave (GDPR art. 13)."
            yield Finding(extend(pointer, "not_told"), detail)


def _categories(document: dict[str, object]) -> Iterator[Finding]:
    used = texts(document, "purposes/*/categories/*")
    rights = texts(document, "rights/*/id")
    for pointer, category in objects(document, "categories/*"):
        name, outcomes = category.get("id"), category.get("outcomes")
        if isinstance(name, str) and name not in used:
            detail = "belongs to no purpose; name it in a purpose that uses it, or remove it."
            yield Finding(pointer, detail)
        if isinstance(outcomes, dict):
            for right in sorted(rights - outcomes.keys()):
                detail = f"is missing: say what the right {right} does to this category."
                yield Finding(extend(extend(pointer, "outcomes"), right), detail)


def categories_of(document: dict[str, object], purpose: object) -> set[str] | None:
    """Returns the categories of the purpose with this id; None where there is no such purpose."""
    for _, found in objects(document, "purposes/*"):
        if found.get("id") == purpose:
            return set(listed(found, "categories"))
    return None

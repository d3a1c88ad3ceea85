"""Checks purposes and categories: each purpose lawful, each category used and accounted for."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import extend, listed, objects, texts


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields purposes without a part that basis or marketing requires, and unused categories."""
    for pointer, purpose in objects(document, "purposes/*"):
        yield from _basis(pointer, purpose)
        if purpose.get("marketing") is True and purpose.get("channels") == []:
            detail = "is empty: a marketing purpose says by which channels people are contacted."
            yield Finding(extend(pointer, "channels"), detail)
        if purpose.get("automated") == "solely" and "logic" not in purpose:
            detail = "is missing: explain the logic and what it means (GDPR art. 13(2)(f))."
            yield Finding(extend(pointer, "logic"), detail)
    yield from _categories(document)


def _basis(pointer: str, purpose: dict[str, object]) -> Iterator[Finding]:
    basis = purpose.get("basis")
    if not isinstance(basis, dict):
        return
    place, kind = extend(pointer, "basis"), basis.get("kind")
    if kind == "legal_obligation" and "act" not in basis:
        detail = "is missing: name the Union or Member State act (GDPR art. 6(3))."
        yield Finding(extend(place, "act"), detail)
    if kind == "legitimate_interest" and "interest" not in basis:
        detail = "is missing: say which interest, and whose (GDPR art. 13(1)(d))."
        yield Finding(extend(place, "interest"), detail)
    change = purpose.get("basis_change")
    if isinstance(change, dict) and isinstance(kind, str) and change.get("from") == kind:
        detail = "is the basis that the purpose has; name the one it had, or remove basis_change."
        yield Finding(f"{pointer}/basis_change/from", detail)


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

"""Checks ids: unique where they name an element, and known where they refer to one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import children, extend, objects, select, texts, walk

_REFERENCES: Final = (
    ("purposes/*/categories/*", "categories/*/id", "categories"),
    ("purposes/*/recipients/*", "recipients/*/id", "recipients"),
    ("purposes/*/audiences/*", "audiences/*/id", "audiences"),
    ("forms/*/audiences/*", "audiences/*/id", "audiences"),
    ("categories/*/source/*", "sources/*/id", "sources"),
    ("categories/*/retention/rules/*", "retention/*/id", "retention"),
    ("purposes/*/retention/rules/*", "retention/*/id", "retention"),
    ("recipients/*/purposes/*", "purposes/*/id", "purposes"),
    ("recipients/*/purposes/*/id", "purposes/*/id", "purposes"),
    ("recipients/*/purposes/*/categories/*", "categories/*/id", "categories"),
    ("recipients/*/answers/rights/*", "rights/*/id", "rights"),
    ("categories/*/sold_to/*", "recipients/*/id", "recipients"),
    ("categories/*/shared_to/*", "recipients/*/id", "recipients"),
    ("records/*/categories/*", "categories/*/id", "categories"),
    ("retention/*/kind", "records/*/kind", "records"),
    ("retention/*/survives/*/kind", "records/*/kind", "records"),
    ("cookies/classes/*/purpose", "purposes/*/id", "purposes"),
    ("cookies/cookies/*/class", "cookies/classes/*/id", "cookies/classes"),
    ("cookies/cookies/*/purpose", "purposes/*/id", "purposes"),
    ("cookies/cookies/*/provider", "recipients/*/id", "recipients"),
    ("forms/*/purpose", "purposes/*/id", "purposes"),
    ("notifications/*/purpose", "purposes/*/id", "purposes"),
)
"""(the place of a reference, the place of the ids that it may name, the list that holds them)."""

_ITEMS: Final = (
    "recipients/*/items/*",
    "recipients/*/purposes/*/items/*",
    "forms/*/address",
    "forms/*/required/*",
    "forms/*/optional/*",
)
"""Places of references to an item of a category, as `category.item`."""

_NAMES: Final = ("id", "kind", "name")
"""The members that may name an element of a list, in this order."""


_REPEATS: Final = "stands already in this list; give each its own, or remove one."


def name_of(value: object) -> str | None:
    """Returns the id of an element of a list, by any of its members; None where it has none."""
    if isinstance(value, dict):
        for member in _NAMES:
            name = value.get(member)
            if isinstance(name, str):
                return name
    return None


def items(document: dict[str, object]) -> set[str]:
    """Returns every item of every category, as `category.item`."""
    return {
        f"{category['id']}.{item}"
        for _, category in objects(document, "categories/*")
        for item in texts(category, "items/*/id")
        if isinstance(category.get("id"), str)
    }


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields ids that repeat in a list, and references to unknown ids."""
    yield from _duplicates(document)
    yield from _cookies_said_twice(document)
    for path, target, place in _REFERENCES:
        known = texts(document, target)
        for pointer, value in select(document, path):
            if isinstance(value, str) and value not in known:
                yield Finding(pointer, f"names nothing in {place}; correct the id or add it there.")
    known = items(document)
    for path in _ITEMS:
        for pointer, value in select(document, path):
            if isinstance(value, str) and value not in known:
                detail = "names no item of a category; write category.item, or add the item."
                yield Finding(pointer, detail)
    yield from _outcomes(document)


def _duplicates(document: dict[str, object]) -> Iterator[Finding]:
    for located in walk(document):
        if not isinstance(located[1], list) or located[0].endswith("/basis"):
            continue  # a purpose may have two bases of one kind
        seen: set[str] = set()
        for _, (pointer, value) in children(located):
            name = name_of(value)
            if name is not None and name in seen:
                member = next(key for key in _NAMES if isinstance(value, dict) and key in value)
                yield Finding(extend(pointer, member), _REPEATS)
            elif name is not None:
                seen.add(name)


def _cookies_said_twice(document: dict[str, object]) -> Iterator[Finding]:
    """Yields cookies that equal an earlier one: two may have one name, but differ otherwise."""
    seen: set[str] = set()
    for pointer, cookie in objects(document, "cookies/cookies/*"):
        stated = {name: value for name, value in cookie.items() if name != "id"}
        written = json.dumps(stated, sort_keys=True)
        if written in seen:
            yield Finding(extend(pointer, "name"), _REPEATS)
        seen.add(written)


def _outcomes(document: dict[str, object]) -> Iterator[Finding]:
    rights = texts(document, "rights/*/id")
    for pointer, outcomes in objects(document, "categories/*/outcomes"):
        for right in outcomes:
            if right not in rights:
                detail = "names nothing in rights; correct the id or add the right there."
                yield Finding(extend(pointer, right), detail)

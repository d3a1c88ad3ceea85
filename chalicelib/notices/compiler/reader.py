"""Reading a document that may be wrong anywhere, with the place of every value.

A check never assumes a type: what is not where it should be is simply not found, and the schema's
own findings say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

Located: TypeAlias = tuple[str, object]
"""A JSON Pointer (RFC 6901) and the value there."""


def extend(pointer: str, token: str | int) -> str:
    """`pointer` with one more reference token, escaped (RFC 6901 section 3)."""
    return f"{pointer}/{str(token).replace('~', '~0').replace('/', '~1')}"


def children(located: Located) -> Iterator[tuple[str | int, Located]]:
    """Every member of an object or element of a list: its name or index, place and value."""
    pointer, value = located
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, (extend(pointer, name), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield index, (f"{pointer}/{index}", inner)


def select(document: object, path: str) -> Iterator[Located]:
    """Every value that a path such as `purposes/*/basis` leads to; `*` is each member or item."""
    found: list[Located] = [("", document)]
    for token in path.split("/"):
        found = [step for located in found for step in _step(located, token)]
    return iter(found)


def _step(located: Located, token: str) -> Iterator[Located]:
    pointer, value = located
    if token == "*":
        yield from (inner for _, inner in children(located))
    elif isinstance(value, dict) and token in value:
        yield extend(pointer, token), value[token]


def objects(document: object, path: str) -> Iterator[tuple[str, dict[str, object]]]:
    """The objects among what `path` leads to, with their places."""
    for pointer, value in select(document, path):
        if isinstance(value, dict):
            yield pointer, value


def texts(document: object, path: str) -> set[str]:
    """The texts among what `path` leads to."""
    return {value for _, value in select(document, path) if isinstance(value, str)}


def listed(value: object, name: str) -> list[str]:
    """The texts in the list that is member `name` of an object; empty when there is none."""
    inner = value.get(name) if isinstance(value, dict) else None
    return [text for text in inner if isinstance(text, str)] if isinstance(inner, list) else []


def walk(document: object) -> Iterator[Located]:
    """Every value of the document with its place, the document itself first."""
    pending: list[Located] = [("", document)]
    while pending:
        located = pending.pop()
        yield located
        pending.extend(inner for _, inner in children(located))

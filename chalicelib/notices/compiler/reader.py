"""Reads a document that may be wrong anywhere, with the place of every value.

A check never assumes a type: a value of another type is not found, and the schema reports it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

Located: TypeAlias = tuple[str, object]
"""A JSON Pointer (RFC 6901) and the value there."""


def extend(pointer: str, token: str | int) -> str:
    """Returns `pointer` with one more reference token, escaped (RFC 6901 section 3)."""
    return f"{pointer}/{str(token).replace('~', '~0').replace('/', '~1')}"


def children(located: Located) -> list[tuple[str | int, Located]]:
    """Lists every member of an object or element of a list: its name or index, place and value."""
    pointer, value = located
    if isinstance(value, dict):
        return [(name, (extend(pointer, name), inner)) for name, inner in value.items()]
    if isinstance(value, list):
        return [(index, (f"{pointer}/{index}", inner)) for index, inner in enumerate(value)]
    return []


def within(located: Located) -> list[Located]:
    """Lists what `children` lists, without the names and indexes."""
    return [inner for _, inner in children(located)]


def select(document: object, path: str) -> Iterator[Located]:
    """Yields every value on a path such as `purposes/*/basis`; `*` is each member or element."""
    found: list[Located] = [("", document)]
    for token in path.split("/"):
        found = [step for located in found for step in _step(located, token)]
    return iter(found)


def _step(located: Located, token: str) -> Iterator[Located]:
    pointer, value = located
    if token == "*":
        yield from within(located)
    elif isinstance(value, dict) and token in value:
        yield extend(pointer, token), value[token]


def objects(document: object, path: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yields the objects on a path, with their places."""
    for pointer, value in select(document, path):
        if isinstance(value, dict):
            yield pointer, value


def texts(document: object, path: str) -> set[str]:
    """Returns the texts on a path."""
    return {value for _, value in select(document, path) if isinstance(value, str)}


def several(value: object) -> list[object]:
    """Returns a value that may be one or a list of several as a list."""
    return value if isinstance(value, list) else [value]


def either(document: object, path: str) -> Iterator[Located]:
    """Yields each value on a path at which one or a list of several may stand, with its place."""
    for pointer, value in select(document, path):
        if isinstance(value, list):
            yield from within((pointer, value))
        else:
            yield pointer, value


def listed(value: object, name: str) -> list[str]:
    """Lists the texts in the list that is member `name` of an object; empty when there is none."""
    inner = value.get(name) if isinstance(value, dict) else None
    return [text for text in inner if isinstance(text, str)] if isinstance(inner, list) else []


def walk(document: object) -> Iterator[Located]:
    """Yields every value of the document with its place, the document itself first."""
    pending: list[Located] = [("", document)]
    while pending:
        located = pending.pop()
        yield located
        if isinstance(located[1], (dict, list)):
            pending.extend(within(located))

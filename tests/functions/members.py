"""The members of a JSON value, by JSON Pointer (RFC 6901): to walk, to change, to leave out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chalicelib.web.contract import Schema

Pointer = str


def members(value: Any, parent: Pointer = "") -> Iterator[tuple[Pointer, Any]]:
    """Every member and every entry of a list, with where it stands, at any depth."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, member in inner:
        place = f"{parent}/{name}"
        yield place, member
        if isinstance(member, dict | list):
            yield from members(member, place)


def changed(value: Any, place: Pointer, wrong: Any) -> Any:
    """A copy in which something else stands at a place."""
    if not place:
        return wrong
    copy, parent, name = _copied(value, place)
    parent[name] = wrong
    return copy


def without(value: Any, place: Pointer) -> Any:
    """A copy in which nothing stands at a place."""
    copy, parent, name = _copied(value, place)
    del parent[name]
    return copy


def schema_at(schema: Schema, place: Pointer) -> Schema:
    """What a schema says of the member at a place."""
    for step in place.split("/")[1:]:
        schema = schema["items"] if step.isdigit() else schema["properties"][step]
    return schema


def _copied(value: Any, place: Pointer) -> tuple[Any, Any, Any]:
    copy = parent = json.loads(json.dumps(value))
    *above, last = place.split("/")[1:]
    for step in above:
        parent = parent[int(step)] if isinstance(parent, list) else parent[step]
    return copy, parent, int(last) if isinstance(parent, list) else last

"""Schemas in the OpenAPI document: named, typed, and without booleans for schemas.

Generators of clients make a class of each name. Requests are checked against the contracts' own
schemas; the published ones mean the same in words that every generator reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.web.contract import Schema

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_BY_NAME = ("properties", "$defs")
_SINGLE = (
    "items",
    "not",
    "additionalProperties",
    "propertyNames",
    "contains",
    "if",
    "then",
    "else",
)
_LISTS = ("oneOf", "anyOf", "allOf", "prefixItems")


class Components:
    """The schemas that have a name: equal schemas have one name."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._schemas: dict[str, Any] = {}

    def named(self, name: str, schema: Schema) -> dict[str, Any]:
        """Returns a reference to the schema, by `name` or by the name that it has already."""
        plain = published(schema)
        known = self._names.setdefault(_text(plain), name)
        self._schemas.setdefault(known, plain)
        return _reference(known)

    def all(self) -> dict[str, Any]:
        """Returns every named schema by its name; one inside another is replaced by a reference."""
        return {name: self._linked(schema, top=True) for name, schema in self._schemas.items()}

    def _linked(self, value: Any, *, top: bool = False) -> Any:
        if isinstance(value, list):
            return [self._linked(one) for one in value]
        if not isinstance(value, dict):
            return value
        known = None if top or "properties" not in value else self._names.get(_text(value))
        if known is not None:
            return _reference(known)
        return {name: self._linked(inner) for name, inner in value.items()}


def published(schema: Schema) -> dict[str, Any]:
    """Returns a schema that accepts the same values, in common words.

    Values of `const` and `enum` get a type. A member that must be absent is denied by `not` in
    place of the schema false, and so is every value where an enumeration is empty.
    """
    found = {name: _inner(name, value) for name, value in schema.items()}
    if isinstance(found.get("const"), bool):
        found = {**found, "enum": [found["const"]]}
        del found["const"]
    if found.get("enum") == []:  # generators know no empty enumeration
        found = {"type": "string", "not": {}, **found}
        del found["enum"]
    values = found.get("enum", [found["const"]] if "const" in found else [])
    if values and "type" not in found:
        kinds = sorted({_TYPES[type(value)] for value in values}, key=lambda kind: kind == "null")
        found = {"type": kinds[0] if len(kinds) == 1 else kinds, **found}
    absent = [name for name, inner in found.get("properties", {}).items() if inner is False]
    if absent:
        rest = {name: inner for name, inner in found["properties"].items() if inner is not False}
        one = [{"type": "object", "required": [name]} for name in absent]
        found = {**found, "properties": rest, "not": one[0] if len(one) == 1 else {"anyOf": one}}
        if not rest:
            del found["properties"]
    if found.get("additionalProperties") is True:
        del found["additionalProperties"]
    return found


def resolved(document: Mapping[str, Any], value: Any) -> Any:
    """Returns a value of the document with each reference replaced by its target."""
    if isinstance(value, list):
        return [resolved(document, one) for one in value]
    if not isinstance(value, Mapping):
        return value
    if "$ref" not in value:
        return {name: resolved(document, inner) for name, inner in value.items()}
    found: Any = document
    for step in str(value["$ref"]).removeprefix("#/").split("/"):
        found = found[step]
    return resolved(document, found)


def _inner(keyword: str, value: Any) -> Any:
    if keyword in _BY_NAME:
        return {name: _schema(inner) for name, inner in value.items()}
    if keyword in _SINGLE:
        return _schema(value)
    return [_schema(one) for one in value] if keyword in _LISTS else value


def _schema(value: Any) -> Any:
    return published(value) if isinstance(value, Mapping) else value


def _text(schema: Any) -> str:
    return json.dumps(schema, sort_keys=True)


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}

"""A member that is checked by its keywords alone is judged as jsonschema judges it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from chalicelib.web import validation
from functions.http.site import OPERATIONS
from tests.unit.core.samples import shipped

VALUES = 60
"""How many values each schema is tried with."""

SCALARS: tuple[Any, ...] = (
    None,
    True,
    0,
    7,
    -1,
    10**6,
    1.5,
    "",
    "x",
    "x\n",
    "a" * 300,
    "it",
    "granted",
    "2026-11-30",
    "2026-11-30T00:00:00Z",
    "ada@example.com",
    "https://shop.example/x",
    [],
    {},
)
SCHEMAS: dict[str, Any] = {
    one.id: schema for one in OPERATIONS if (schema := one.body_schema(shipped)) is not None
} | {
    f"{one.id} query": {"properties": one.query, "required": sorted(one.required_query)}
    for one in OPERATIONS
    if one.query
}


def value(draw: random.Random, schema: Any) -> Any:
    """A value that fits a schema here and there, and nearly so elsewhere."""
    if not isinstance(schema, dict) or draw.random() < 0.1:
        return draw.choice(SCALARS)
    if schema.get("properties"):
        some = {
            name: value(draw, one)
            for name, one in schema["properties"].items()
            if draw.random() < 0.6
        }
        return {**some, "unknown": 1} if draw.random() < 0.2 else some
    if "items" in schema:
        return [value(draw, schema["items"]) for _ in range(draw.randrange(3))]
    if "enum" in schema:
        return draw.choice(schema["enum"])
    return draw.choice(SCALARS)


def errors(kind: Any, schema: Any, given: Any) -> list[tuple[Any, ...]]:
    """What a kind of validator finds, and where in the value and in the schema."""
    found = kind(schema, format_checker=validation._format_checker()).iter_errors(given)
    return [
        (list(one.absolute_path), list(one.absolute_schema_path), one.validator, one.message)
        for one in found
    ]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_shortcut_finds_what_jsonschema_finds(name: str) -> None:
    ours: Any = validation._validator_class()
    whole = extend(ours, {"properties": Draft202012Validator.VALIDATORS["properties"]})
    draw, lengths = random.Random(name), set[int]()
    for _ in range(VALUES):
        given = value(draw, SCHEMAS[name])
        found = errors(ours, SCHEMAS[name], given)
        assert found == errors(whole, SCHEMAS[name], given), given
        lengths.add(len(found))
    assert len(lengths) > 1, "all values were alike"


def test_only_keywords_without_a_schema_are_plain() -> None:
    """A keyword that holds a schema, or refers to one, asks its validator for more."""
    holding = {
        name
        for name in Draft202012Validator.VALIDATORS
        if name.startswith(("$", "prop", "pattern", "depend", "unevaluated", "additional"))
    } | {"items", "prefixItems", "contains", "not", "allOf", "anyOf", "oneOf", "if"}
    assert validation._PLAIN & (holding - {"pattern"}) == set()
    assert validation._PLAIN - {"description"} <= Draft202012Validator.VALIDATORS.keys()

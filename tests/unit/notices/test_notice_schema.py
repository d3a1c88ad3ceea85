"""The schema teaches its authors, is closed, and bounds everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.notices.compiler.schema import schema


def parts(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema within the schema, with its place."""
    yield place or "/", node
    for holder in ("properties", "$defs"):
        for name, inner in node.get(holder, {}).items():
            yield from parts(inner, f"{place}/{name}")
    for holder in ("items", "additionalProperties", "propertyNames"):
        if isinstance(node.get(holder), dict):
            yield from parts(node[holder], f"{place}/{holder}")
    for index, inner in enumerate(node.get("oneOf", ())):
        yield from parts(inner, f"{place}/{index}")


PARTS = dict(parts(schema()))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("place", PARTS)
def test_every_member_is_described(place: str) -> None:
    description = PARTS[place].get("description", "")
    assert len(description) > 3
    assert description.endswith(".")


def test_every_object_is_closed() -> None:
    for place, part in PARTS.items():
        if part.get("type") == "object":
            rest = part.get("additionalProperties")
            named = "propertyNames" in part and isinstance(rest, dict)
            assert rest is False or named, place


def test_everything_is_bounded() -> None:
    for place, part in PARTS.items():
        match part.get("type"):
            case "string":
                assert "maxLength" in part, place
            case "array":
                assert "maxItems" in part, place
            case "integer":
                assert {"minimum", "maximum"} <= part.keys(), place
            case "object" if part.get("additionalProperties") is not False:
                assert "maxProperties" in part or "enum" in part["propertyNames"], place


def test_patterns_take_the_whole_text() -> None:
    for place, part in PARTS.items():
        pattern = part.get("pattern")
        if pattern is not None:
            assert pattern.startswith("^"), place
            assert pattern.endswith("$"), place
            re.compile(pattern)


def test_references_lead_to_definitions() -> None:
    for place, part in PARTS.items():
        if "$ref" in part:
            assert part["$ref"].removeprefix("#/$defs/") in schema()["$defs"], place

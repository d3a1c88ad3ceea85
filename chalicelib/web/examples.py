"""Examples of requests and answers, fitted to the notice in force.

They stand in `examples.json`, by operation, written for the shipped notice; `docs/api.md` shows the
same. Another notice has other purposes and fields: members that do not fit it are replaced or left
out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.web.contract import Operation, Response, Schema
from chalicelib.web.validation import findings

FILE = Path(__file__).with_name("examples.json")

_TEXTS: Mapping[str, str] = {
    "text/html": '<!doctype html><html lang="en"><title>A page</title></html>',
    "text/markdown": "# A heading\n",
    "text/csv": "column,another\r\n",
    "text/plain": "A line of text.\n",
}
"""Short examples of answers that are no JSON, by media type."""

_FORMATS: Mapping[str, str] = {
    "date-time": "2026-11-22T16:00:00Z",
    "date": "2026-11-22",
    "email": "ada@example.org",
    "uri": "https://example.org/",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
}


@cache
def known() -> Mapping[str, Mapping[str, Any]]:
    """Returns the examples by operation: `body`, `answer`, and the call in `docs/api.md`."""
    found: Mapping[str, Mapping[str, Any]] = json.loads(FILE.read_text("utf-8"))
    return found


def body(operation: Operation, schema: Schema) -> Any:
    """Returns an example of an operation's body; None where none fits."""
    told = known().get(operation.id, {})
    return _fitting(told.get("body", operation.example), schema)


def answer(operation: Operation, given: Response, schema: Schema) -> Any:
    """Returns an example of one JSON answer of an operation; None where none fits."""
    told = known().get(operation.id, {})
    is_first = next(iter(operation.answers.values())) is given
    example = told.get("answer") if is_first else None
    return _fitting(given.example if example is None else example, schema)


def text(media_type: str) -> str:
    """Returns an example of an answer that is no JSON."""
    return _TEXTS.get(media_type, "...")


def _fitting(example: Any, schema: Schema) -> Any:
    for candidate in (example, _fitted(example, schema), _fitted(None, schema)):
        if candidate is not None and not findings(schema, candidate):
            return candidate
    return None


def _fitted(value: Any, schema: Schema) -> Any:
    """Returns a value of the schema's form, with the parts of `value` that have that form."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return value if value in schema["enum"] else next(iter(schema["enum"]), None)
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        return _fitted_object(value if isinstance(value, dict) else {}, schema)
    if kind == "array":
        items = value if isinstance(value, list) else []
        least = [None] * (schema.get("minItems", 0) - len(items))
        return [_fitted(one, schema.get("items", {})) for one in (*items, *least)]
    if value is not None and not findings(schema, value):
        return value
    return _made(kind, schema)


def _fitted_object(value: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    members = schema.get("properties", {})
    names = [name for name in members if name in value or name in schema.get("required", ())]
    # Members of another notice are replaced by one of this notice's.
    names = names or list(members)[: 1 if value else schema.get("minProperties", 0)]
    return {name: _fitted(value.get(name), members[name]) for name in names}


def _made(kind: str, schema: Schema) -> Any:
    if kind == "string":
        made = _FORMATS.get(schema.get("format", ""), "a" * max(1, schema.get("minLength", 1)))
        digest = "0" * 64
        candidates = (made, "2026-11-22", "a" * 26, digest, f"{'a' * 26}.{'b' * 43}", "IT", "it")
        return next((one for one in candidates if not findings(schema, one)), made)
    return {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1)}.get(
        kind, True if kind == "boolean" else None
    )

"""Problem documents (RFC 9457) as the OpenAPI document describes them: form, types, examples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib import errors
from chalicelib.web.contract import PROBLEM, Schema

TYPES = Path(__file__).with_name("problem_types.json")
"""Every type of problem without its prefix, as docs/api.md lists them: `make docs` writes it."""

PREFIX = "urn:riserbo:problem:"

KINDS: dict[int, type[errors.Problem]] = {
    kind.status: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.Problem) and "status" in vars(kind)
}


def types() -> list[str]:
    """Lists every `type` that a problem may have: those of the table, and those of the statuses."""
    told = json.loads(TYPES.read_text("utf-8"))
    of_statuses = (kind.default_type for kind in KINDS.values())
    return sorted({PREFIX + name for name in (*told, *of_statuses)})


def schema() -> Schema:
    """Returns the schema of a problem document."""
    return {**_FORM, "properties": {**_FORM["properties"], "type": _type()}}


def _type() -> Schema:
    return {"type": "string", "enum": types(), "description": "What went wrong, for a program."}


_FORM: Schema = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "additionalProperties": False,
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "title": {"type": "string", "maxLength": 200},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "maxLength": 1000},
        "instance": {"type": "string", "format": "uri-reference", "maxLength": 200},
        "errors": {
            "type": "array",
            "description": "Every defect that was found, not only the first.",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "maxLength": 400,
                        "description": (
                            "JSON Pointer (RFC 6901) into the body; /query/<name> and "
                            "/header/<name> for what is beside it."
                        ),
                    },
                    "detail": {"type": "string", "maxLength": 1000},
                },
            },
        },
        "reasons": {
            "type": "array",
            "description": "Why the decision is no, by code: only with the type `not-permitted`.",
            "items": {"type": "string", "maxLength": 40},
        },
        "recorded": {
            "type": "object",
            "description": (
                "What the operation answers to the no in a request that is refused for something "
                "else: it was recorded all the same."
            ),
        },
    },
}


def response(status: int) -> dict[str, Any]:
    """Returns the description of a refusal with this status, with an example."""
    kind = KINDS[status]
    example: Mapping[str, Any] = {
        "type": PREFIX + kind.default_type,
        "title": kind.default_title,
        "status": status,
        "detail": kind.default_title,
        "errors": [],
    }
    described: dict[str, Any] = {
        "description": kind.default_title + ".",
        "content": {
            PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
        },
    }
    extra = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After"}.get(status)
    if extra:
        described["headers"] = {extra: {"schema": {"type": "string"}}}
    return described

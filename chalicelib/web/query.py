"""Query parameters: strings from the URL, turned into the types that the contract declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.errors import BadRequest, Finding
from chalicelib.web import negotiation
from chalicelib.web.contract import Operation, Schema
from chalicelib.web.json_body import pointer
from chalicelib.web.validation import findings

LANGUAGE: Schema = {
    "type": "string",
    "description": (
        "The language of texts (`it`, `it-IT` or `it_IT`); goes before Accept-Language. One that "
        "is not on offer is ignored."
    ),
}
"""The parameter `lang`, which every operation takes."""

_LANG = "lang"

_INTEGER = re.compile(r"-?[0-9]{1,15}\Z")


def read_query(event: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    """Returns the declared parameters with typed values; `lang` as a list of language tags.

    Raises BadRequest (type `validation`) with every finding at `/query/<name>`: unknown, repeated,
    missing, ill-typed. Unknown parameters are ignored at an address that people open, since others
    append parameters to it.
    """
    schemas = operation.query
    found: list[Finding] = []
    typed: dict[str, Any] = {}
    languages = asked_languages(event)
    if languages:
        typed[_LANG] = languages
    for name, values in all_given(event).items():
        if name == _LANG:
            continue
        if name not in schemas:
            if not operation.for_people:
                found.append(Finding(pointer("/query", name), "is not known here"))
        elif len(values) != 1:
            found.append(Finding(pointer("/query", name), "is given more than once"))
        else:
            typed[name] = _typed(values[0], schemas[name])
    if typed or operation.required_query:
        schema = {"properties": schemas, "required": sorted(operation.required_query)}
        repeated = {finding.pointer for finding in found}
        checked = findings(schema, typed, f"query:{operation.id}", "/query")
        found += [finding for finding in checked if finding.pointer not in repeated]
    if found:
        raise BadRequest(
            "The query does not fit what is expected here.",
            type="validation",
            findings=tuple(found[:100]),
        )
    return typed


def asked_languages(event: Mapping[str, Any]) -> list[str]:
    """Lists the languages of `lang`, as lower-case tags, in the order of the address."""
    found = (negotiation.tag(value) for value in given(event, _LANG))
    return [tag for tag in found if tag is not None]


def given(event: Mapping[str, Any], name: str) -> list[str]:
    """Lists the values of one parameter, in the order of the address, without checking them."""
    return all_given(event).get(name, [])


def all_given(event: Mapping[str, Any]) -> dict[str, list[str]]:
    """Returns all values of all parameters by name, without checking them."""
    given: dict[str, list[str]] = {}
    single, multiple = (
        event.get("queryStringParameters"),
        event.get("multiValueQueryStringParameters"),
    )
    for name, value in (single or {}).items():
        given[str(name)] = [str(value)]
    for name, values in (multiple or {}).items():
        given[str(name)] = [str(value) for value in values] if isinstance(values, list) else [""]
    return given


def _typed(value: str, schema: Schema) -> Any:
    kind = schema.get("type")
    if kind == "integer" and _INTEGER.match(value):
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value

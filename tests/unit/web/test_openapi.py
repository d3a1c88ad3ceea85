from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.web.components import published, resolved
from chalicelib.web.openapi import openapi, problem_statuses
from chalicelib.web.validation import findings
from tests.unit.web.sample import (
    CHOOSE,
    ECHO,
    ITEMS,
    LINK,
    NOTICE,
    OPERATIONS,
    TOKEN,
    VISITS,
    Sent,
    post_json,
    send,
)

SOME_NOTICE: Any = SimpleNamespace(version="2026-01-01", digest="d1", purposes=["offers", "news"])


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    made = openapi(OPERATIONS, SOME_NOTICE, "https://api.example/v")
    plain: dict[str, Any] = json.loads(json.dumps(made))
    return plain


def test_every_operation_once(document: dict[str, Any]) -> None:
    listed = {
        (method.upper(), path): described["operationId"]
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    }
    assert listed == {(one.method, one.path): one.id for one in OPERATIONS}
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "https://api.example/v"}]


def test_the_schemas_are_those_that_are_checked(document: dict[str, Any]) -> None:
    echo = document["paths"]["/v1/echo/{id}"]["post"]["requestBody"]
    assert echo["required"] is True
    schema = echo["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/EchoBody"}
    assert resolved(document, schema) == ECHO.body
    choose = document["paths"]["/v1/choices"]["post"]["requestBody"]["content"]
    choices = resolved(document, choose["application/json"]["schema"])
    assert set(choices["properties"]) == {"offers", "news"}
    follow = document["paths"]["/v1/link"]["post"]["requestBody"]["content"]
    assert set(follow) == {"application/json", "application/x-www-form-urlencoded"}


def test_all_schemas_are_json_schemas(document: dict[str, Any]) -> None:
    def schemas(value: Any) -> list[Any]:
        if isinstance(value, list):
            return [one for item in value for one in schemas(item)]
        if not isinstance(value, dict):
            return []
        found = [value["schema"]] if "schema" in value else []
        return found + [one for item in value.values() for one in schemas(item)]

    found = schemas(document["paths"]) + list(document["components"]["schemas"].values())
    assert len(found) >= 18
    for schema in found:
        Draft202012Validator.check_schema(schema)


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    references = set()

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            references.update([value["$ref"]] if "$ref" in value else [])
            for item in value.values():
                collect(item)
        elif isinstance(value, list):
            for item in value:
                collect(item)

    collect(document)
    assert references
    for reference in references:
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        (ECHO, [400, 404, 413, 415, 500]),
        (CHOOSE, [400, 401, 409, 413, 415, 422, 429, 500]),
        (ITEMS, [400, 401, 500]),
        (NOTICE, [400, 406, 500]),
        (LINK, [400, 406, 413, 415, 500]),
    ],
)
def test_the_refusals_that_may_come(operation: Any, statuses: list[int]) -> None:
    assert problem_statuses(operation) == statuses


def test_how_much_a_body_may_hold_is_told(document: dict[str, Any]) -> None:
    told = document["paths"]["/v1/choices"]["post"]["requestBody"]["description"]
    assert told == "At most 64 KiB."


def test_credentials(document: dict[str, Any]) -> None:
    paths = document["paths"]
    assert paths["/v1/items"]["get"]["security"] == [{"session": []}]
    assert paths["/v1/visits"]["get"]["security"] == [{"visitor": []}]
    assert {} in paths["/v1/choices"]["post"]["security"]
    assert paths["/v1/link"]["post"]["security"] == []
    assert set(document["components"]["securitySchemes"]) == {
        "session",
        "request",
        "visitor",
        "service",
        "staff",
    }


def test_parameters(document: dict[str, Any]) -> None:
    items = document["paths"]["/v1/items"]["get"]["parameters"]
    assert [one.get("name") for one in items] == ["limit", "cursor", None]
    choose = document["paths"]["/v1/choices"]["post"]["parameters"]
    assert {"$ref": "#/components/parameters/idempotencyKey"} in choose
    echo = document["paths"]["/v1/echo/{id}"]["post"]["parameters"]
    assert (echo[0]["name"], echo[0]["in"], echo[0]["required"]) == ("id", "path", True)
    answers = document["paths"]["/v1/notice"]["get"]["responses"]
    assert set(answers["200"]["headers"]) == {"ETag"}
    assert set(answers["200"]["content"]) == {"application/json", "text/html", "text/markdown"}
    assert "content" not in document["paths"]["/v1/visits"]["get"]["responses"]["204"]
    assert VISITS.id == document["paths"]["/v1/visits"]["get"]["operationId"]


def refusals() -> list[Sent]:
    return [
        post_json("{"),
        post_json({"email": 1}),
        send("GET", "/v1/items"),
        send("GET", "/v1/items", None, {"Authorization": f"Bearer {TOKEN}"}, {"limit": ["0"]}),
        send("GET", "/v1/fail"),
        send("GET", "/v1/fail", query={"how": ["limit"]}),
        send("GET", "/v1/notice", headers={"Accept": "image/png"}),
        send("GET", "/v1/nowhere"),
        send("PUT", "/v1/items"),
    ]


def test_problems_are_as_documented(document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["Problem"]
    for sent in refusals():
        assert findings(schema, sent.json) == ()
        described = document["components"]["responses"][str(sent.status)]
        assert set(described.get("headers", {})) <= set(sent.headers)
    for described in document["components"]["responses"].values():
        assert findings(schema, described["content"]["application/problem+json"]["example"]) == ()


def test_examples_fit(document: dict[str, Any]) -> None:
    content = document["paths"]["/v1/echo/{id}"]["post"]["requestBody"]["content"]
    example = content["application/json"]
    assert findings(resolved(document, example["schema"]), example["example"]) == ()


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"const": "a"}, {"type": "string", "const": "a"}),
        ({"const": True}, {"type": "boolean", "enum": [True]}),
        ({"enum": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}),
        ({"enum": [None, "a"]}, {"type": ["string", "null"], "enum": [None, "a"]}),
        ({"properties": {"a": False}}, {"not": {"type": "object", "required": ["a"]}}),
        (
            {"properties": {"a": False, "b": False, "c": {"const": 1}}},
            {
                "properties": {"c": {"type": "integer", "const": 1}},
                "not": {"anyOf": [{"type": "object", "required": [name]} for name in "ab"]},
            },
        ),
        (
            {"oneOf": [{"items": {"enum": [1.5]}}]},
            {"oneOf": [{"items": {"type": "number", "enum": [1.5]}}]},
        ),
        ({"type": "object", "additionalProperties": True}, {"type": "object"}),
        (
            {"type": "object", "additionalProperties": False},
            {"type": "object", "additionalProperties": False},
        ),
    ],
)
def test_what_is_published_is_typed_and_no_boolean(schema: Any, expected: Any) -> None:
    assert published(schema) == expected
    for value in ({}, {"a": 1}, {"c": 1}, {"c": 2}, "a", True, None, 1, [1.5], ["x"]):
        assert bool(findings(schema, value)) == bool(findings(expected, value))

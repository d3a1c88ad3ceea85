"""What comes in is closed and bounded, whatever the notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.notices.model import Notice
from chalicelib.publications.contract import schemas as desk_schemas
from chalicelib.web.contract import Auth, Operation
from chalicelib.web.validation import findings
from functions.http.site import OPERATIONS
from tests.unit.core.samples import NOW, association, shipped

NOTICES = [shipped, association]
Compiled = Callable[[], Notice]
WITH_BODY = [one for one in OPERATIONS if one.body is not None]
BOUNDED_FORMATS = {"date", "date-time", "uuid"}


ANY_DOCUMENT = desk_schemas.DOCUMENT["description"]
"""Marks the one thing that comes in with any shape: the compiler bounds it, and says what is wrong.
"""


def loose(schema: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """Places of a schema at which something unbounded or unforeseen may come in."""
    if "enum" in schema or "const" in schema or schema.get("description") == ANY_DOCUMENT:
        return
    kind = schema.get("type")
    kinds = set(kind) if isinstance(kind, list) else {kind}
    if not kinds <= {"object", "array", "string", "integer", "number", "boolean", "null"}:
        yield f"{place}: no type"
    if "object" in kinds:
        yield from _loose_object(schema, place)
    if "array" in kinds:
        if "maxItems" not in schema:
            yield f"{place}: any number of items"
        yield from loose(schema.get("items", {}), f"{place}/*")
    bounded = "maxLength" in schema or schema.get("format") in BOUNDED_FORMATS
    if "string" in kinds and not bounded:
        yield f"{place}: a text of any length"
    if kinds & {"integer", "number"} and not {"minimum", "maximum"} <= schema.keys():
        yield f"{place}: a number of any size"


def _loose_object(schema: Mapping[str, Any], place: str) -> Iterator[str]:
    others = schema.get("additionalProperties", True)
    if others is not False and not isinstance(others, Mapping):
        yield f"{place}: unknown members"
    if isinstance(others, Mapping):
        if "maxProperties" not in schema:
            yield f"{place}: any number of members"
        yield from loose(others, f"{place}/*")
    for name, part in schema.get("properties", {}).items():
        yield from loose(part, f"{place}/{name}")
    if not set(schema.get("required", ())) <= set(schema.get("properties", {})):
        yield f"{place}: requires what it does not know"


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({"type": "string"}, [": a text of any length"]),
        ({"type": ["string", "null"]}, [": a text of any length"]),
        ({"type": "object"}, [": unknown members"]),
        ({"type": "object", "additionalProperties": True}, [": unknown members"]),
        ({"type": "array", "items": {"const": 1}}, [": any number of items"]),
        ({"type": "array", "maxItems": 2}, ["/*: no type"]),
        ({"type": "integer", "minimum": 1}, [": a number of any size"]),
        ({}, [": no type"]),
        (
            {"type": "object", "additionalProperties": False, "properties": {"a": {}}},
            ["/a: no type"],
        ),
        ({"type": "object", "additionalProperties": {"const": 1}}, [": any number of members"]),
        ({"type": "string", "maxLength": 3}, []),
    ],
)
def test_the_walk_finds_what_is_loose(schema: dict[str, Any], found: list[str]) -> None:
    assert list(loose(schema)) == found


def body(operation: Operation, notice: Compiled) -> Mapping[str, Any]:
    schema = operation.body_schema(notice)
    assert schema is not None
    return schema


def test_there_are_bodies_to_walk() -> None:
    assert {one.id for one in WITH_BODY} >= {
        "registerAccount",
        "verifyAccount",
        "signIn",
        "captureConsent",
        "makeRequest",
        "resetPassword",
        "correctAccount",
        "setPreferences",
        "changeAddress",
        "removeSecondFactor",
        "introspectSession",
    }


@pytest.mark.parametrize("notice", NOTICES, ids=["shipped", "association"])
@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda one: one.id)
def test_a_body_is_closed_and_bounded(operation: Operation, notice: Compiled) -> None:
    schema = body(operation, notice)
    Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    assert list(loose(schema)) == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_query_parameters_are_bounded_texts_or_numbers(operation: Operation) -> None:
    for name, schema in operation.query.items():
        assert list(loose(schema, name)) == []
    assert operation.required_query <= set(operation.query)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_only_what_changes_something_takes_a_body(operation: Operation) -> None:
    if operation.method in ("GET", "DELETE"):
        assert operation.body is None
        assert not operation.idempotent


@pytest.mark.parametrize("notice", NOTICES, ids=["shipped", "association"])
def test_only_purposes_that_rest_on_consent_can_be_decided(notice: Compiled) -> None:
    for operation in (one for one in WITH_BODY if one.auth is not Auth.STAFF):
        schema = body(operation, notice)["properties"].get("decisions")
        if schema is not None:
            assert set(schema["properties"]) == set(notice().choices)
            for choice in schema["properties"].values():
                assert set(choice["enum"]) == {"granted", "denied"}


@pytest.mark.parametrize("notice", NOTICES, ids=["shipped", "association"])
def test_nobody_at_the_desk_agrees_in_anothers_name(notice: Compiled) -> None:
    decided = [
        choice["enum"]
        for operation in WITH_BODY
        if operation.auth is Auth.STAFF
        for choice in body(operation, notice)["properties"]
        .get("decisions", {})
        .get("properties", {})
        .values()
    ]
    assert decided
    assert {one for choices in decided for one in choices} == {"denied", "objected"}


@pytest.mark.parametrize("notice", NOTICES, ids=["shipped", "association"])
def test_registration_takes_the_fields_of_the_form_and_no_others(notice: Compiled) -> None:
    (register,) = [one for one in WITH_BODY if one.id == "registerAccount"]
    profile = body(register, notice)["properties"]["profile"]
    form = notice().forms["registration"]
    found = {
        (category, field): schema["maxLength"]
        for category, fields in profile["properties"].items()
        for field, schema in fields["properties"].items()
    }
    assert found == {
        (ref.category, ref.field): notice().categories[ref.category].fields[ref.field].maximum
        for ref in form.required | form.optional
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_answers_are_valid_schemas_and_examples_fit(operation: Operation) -> None:
    for answer in operation.answers.values():
        if answer.schema is not None:
            Draft202012Validator.check_schema(answer.schema)
            if answer.example is not None:
                Draft202012Validator(answer.schema).validate(answer.example)
    if operation.example is not None:
        Draft202012Validator(body(operation, shipped)).validate(operation.example)


def with_email() -> list[Operation]:
    """The operations whose body holds an address."""
    bodies = {one.id: one.body_schema(shipped) or {} for one in OPERATIONS}
    return [one for one in OPERATIONS if "email" in bodies[one.id].get("properties", {})]


@pytest.mark.parametrize("operation", with_email(), ids=lambda one: one.id)
def test_a_space_beside_an_address_is_forgiven_at_every_door(operation: Operation) -> None:
    schema = operation.body_schema(shipped) or {}
    for email in (" ada@example.com", "ada@example.com ", "ada@example.com\u00a0\t"):
        found = list(findings(schema, {"email": email}))
        if operation.check is not None:
            found += operation.check(shipped(), {"email": email}, NOW)
        assert "/email" not in [one.pointer for one in found]
    found = list(findings(schema, {"email": "ada @example.com"}))
    assert "/email" in [one.pointer for one in found]


def test_there_are_doors_for_an_address() -> None:
    assert {"registerAccount", "signIn", "requestPasswordReset", "resendVerification"} <= {
        one.id for one in with_email()
    }

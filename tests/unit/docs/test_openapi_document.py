"""The OpenAPI document of all operations: named, typed, with examples: generators read it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.web import problems
from chalicelib.web.components import resolved
from chalicelib.web.openapi import openapi
from chalicelib.web.validation import findings
from functions.http.site import OPERATIONS
from infra.api_introduction import PROBLEM_TYPES
from infra.documents import DOCUMENT
from tests.unit.core.samples import association, shipped
from tests.unit.notices.optional import leaner


def nothing_on_consent() -> Notice:
    """The shipped notice without a purpose that anybody could agree to or refuse."""
    return compile_notice(leaner(dict(shipped().document))["nothing on consent"], STORED)


NOTICES: dict[str, Callable[[], Notice]] = {
    "shipped": shipped,
    "association": association,
    "without consent": nothing_on_consent,
}


@pytest.fixture(scope="module", params=NOTICES)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    made = openapi(OPERATIONS, NOTICES[request.param](), "https://privacy.example")
    plain: dict[str, Any] = json.loads(json.dumps(made))
    return plain


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()


def contents(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every body and every success: of which operation, of which media type."""
    for one in operations(document):
        described = [one.get("requestBody", {})]
        described += [answer for status, answer in one["responses"].items() if status < "4"]
        for part in described:
            for kind, content in part.get("content", {}).items():
                yield one["operationId"], kind, content


def schemas(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Whatever stands where a schema may: by its place."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from schemas(one, f"{place}/{number}")
    if isinstance(value, dict):
        for name, one in value.items():
            if name in ("items", "not", "schema"):
                yield f"{place}/{name}", one
            if name in ("properties", "schemas") and isinstance(one, dict):
                yield from ((f"{place}/{name}/{member}", inner) for member, inner in one.items())
            if name != "example":
                yield from schemas(one, f"{place}/{name}")


def test_no_schema_is_a_boolean_and_every_value_has_a_type(document: dict[str, Any]) -> None:
    found = dict(schemas(document))
    assert len(found) > 500
    assert [place for place, one in found.items() if not isinstance(one, dict)] == []
    assert [place for place, one in found.items() if isinstance(one.get("const"), bool)] == []
    untyped = [
        place
        for place, one in found.items()
        if ("enum" in one or "const" in one) and "type" not in one
    ]
    assert untyped == []


def test_every_body_and_every_json_answer_has_a_name(document: dict[str, Any]) -> None:
    for operation, kind, content in contents(document):
        if kind.endswith(("json", "urlencoded")):
            assert content["schema"].keys() == {"$ref"}, operation
    names = set(document["components"]["schemas"])
    assert {"Problem", "CaptureConsentBody", "CaptureConsentAnswer"} <= names
    assert [name for name in names if not re.fullmatch("[A-Z][A-Za-z0-9]+", name)] == []
    account = document["paths"]["/v1/account"]
    answered = [
        account[method]["responses"]["200"]["content"]["application/json"]["schema"]
        for method in ("get", "patch")
    ]
    assert answered[0] == answered[1]  # the same schema has one name


def test_every_body_and_every_success_has_an_example_that_fits(
    document: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    lacks_consent = "without consent" in request.node.name
    nothing_fits = {"captureConsent", "issueUnsubscribeLink"} if lacks_consent else set()
    forms = document["components"]["schemas"]["WriteMessageBody"]["properties"]["kind"].get("enum")
    nothing_fits |= set() if forms else {"writeMessage"}  # a notice may have no such form
    seen = 0
    for operation, kind, content in contents(document):
        if operation in nothing_fits and "example" not in content:
            continue
        assert "example" in content, (operation, kind)
        if kind.endswith("json"):
            assert findings(resolved(document, content["schema"]), content["example"]) == ()
            seen += 1
    assert seen > 80


def test_every_operation_has_one_tag_that_is_described(document: dict[str, Any]) -> None:
    described = {tag["name"]: tag["description"] for tag in document["tags"]}
    assert {"accounts", "consents", "desk", "site"} <= described.keys()
    assert all(described.values())
    used = [one["tags"] for one in operations(document)]
    assert {len(tags) for tags in used} == {1}
    assert {tags[0] for tags in used} == described.keys()
    assert all(one["description"] for one in operations(document))


def test_the_types_of_problems_are_an_enumeration(document: dict[str, Any]) -> None:
    types = document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    told = {problems.PREFIX + name for name in PROBLEM_TYPES}
    assert told <= set(types)
    defaults = {problems.PREFIX + kind.default_type for kind in problems.KINDS.values()}
    assert set(types) == told | defaults
    for answer in document["components"]["responses"].values():
        assert answer["content"]["application/problem+json"]["example"]["type"] in types


def test_the_types_are_those_of_the_table() -> None:
    assert json.loads(problems.TYPES.read_text("utf-8")) == sorted(PROBLEM_TYPES), "run `make docs`"


def test_nothing_is_described_that_nothing_names(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for part in ("schemas", "responses", "parameters"):
        for name in document["components"][part]:
            assert f'"#/components/{part}/{name}"' in text, name


def test_every_json_in_the_documentation_is_json() -> None:
    text = DOCUMENT.read_text("utf-8")
    blocks = re.findall(r"^```json\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) > 50
    for block in blocks:
        json.loads(block)
    bodies = re.findall(r"^  -d '(.*)'$", text, re.MULTILINE)
    assert len(bodies) > 20
    for body in bodies:
        json.loads(body.replace("'\"'\"'", "'"))
    assert not re.search(r"`(?:True|False|None)`", text)

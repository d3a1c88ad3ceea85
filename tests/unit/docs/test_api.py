"""docs/api.md is what the contracts give, and its examples fit their schemas."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from chalicelib.notices.model import Notice
from chalicelib.web.contract import Operation
from functions.http.site import OPERATIONS
from infra.documents import DOCUMENT, EXAMPLES, api_document, shipped_notice
from tests.unit.docs.markdown import code

KNOWN = {operation.id: operation for operation in OPERATIONS}
IDS = sorted(KNOWN)


@pytest.fixture(scope="module")
def notice() -> Notice:
    return shipped_notice()


@pytest.fixture(scope="module")
def examples() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(EXAMPLES.read_text("utf-8"))
    return found


def test_it_is_what_the_contracts_give(notice: Notice) -> None:
    written = DOCUMENT.read_text("utf-8")
    assert written == api_document(OPERATIONS, notice), "run `make docs`"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_operation_has_its_section(operation: Operation) -> None:
    text = DOCUMENT.read_text("utf-8")
    assert f"\n## {operation.id}\n\n`{operation.method} {operation.path}`\n" in text


def test_it_names_no_operation_that_does_not_exist() -> None:
    called = {
        name
        for name in code(DOCUMENT.read_text("utf-8"))
        if name.split(" ")[0] in ("GET", "POST", "PUT", "PATCH", "DELETE")
    }
    assert called == {f"{one.method} {one.path}" for one in OPERATIONS}


def test_there_is_an_example_for_each_operation(examples: dict[str, dict[str, object]]) -> None:
    assert sorted(examples) == IDS


@pytest.mark.parametrize("name", IDS)
def test_examples_fit(examples: dict[str, dict[str, object]], notice: Notice, name: str) -> None:
    operation, example = KNOWN[name], examples[name]
    schema = operation.body_schema(lambda: notice)
    assert (schema is None) == ("body" not in example)
    if schema is not None:
        Draft202012Validator(schema).validate(example["body"])
    answer = next(iter(operation.answers.values()))
    if "answer" in example:
        assert answer.schema is not None
        Draft202012Validator(answer.schema).validate(example["answer"])

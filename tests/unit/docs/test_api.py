"""docs/api.md is what the contracts give, and its examples fit their schemas."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import chalicelib
from chalicelib import errors
from chalicelib.accounts.service.deactivation import DEACTIVATE, ERASE
from chalicelib.accounts.service.forms import described
from chalicelib.limits import model as limits
from chalicelib.notices.model import Notice
from chalicelib.web.contract import JSON, Operation
from chalicelib.web.problems import KINDS
from functions.http.site import OPERATIONS
from infra.api_introduction import PROBLEM_TYPES
from infra.documents import DOCUMENT, EXAMPLES, api_document, example_notice
from tests.unit.core.samples import NOW
from tests.unit.docs.markdown import PROJECT, code, rows

KNOWN = {operation.id: operation for operation in OPERATIONS}
IDS = sorted(KNOWN)
LONG = frozenset({"getCookies", "getOpenApi", "getProcessingReport"})
"""Operations whose answer is too long for an example."""


@pytest.fixture(scope="module")
def notice() -> Notice:
    return example_notice()


@pytest.fixture(scope="module")
def examples() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text("utf-8"))
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


def test_there_is_an_example_for_each_operation(examples: dict[str, dict[str, Any]]) -> None:
    assert sorted(examples) == IDS


@pytest.mark.parametrize("name", IDS)
def test_examples_fit(examples: dict[str, dict[str, Any]], notice: Notice, name: str) -> None:
    operation, example = KNOWN[name], examples[name]
    schema = operation.body_schema(lambda: notice)
    assert (schema is None) == ("body" not in example)
    if schema is not None:
        Draft202012Validator(schema).validate(example["body"])
        assert operation.check is None or not operation.check(notice, example["body"], NOW)
    assert example.get("headers", {}).keys() <= operation.headers.keys()
    answer = next(iter(operation.answers.values()))
    if "answer" in example:
        assert answer.schema is not None
        Draft202012Validator(answer.schema).validate(example["answer"])


@pytest.mark.parametrize("name", IDS)
def test_an_example_shows_what_is_answered(examples: dict[str, dict[str, Any]], name: str) -> None:
    answer = next(iter(KNOWN[name].answers.values()))
    shown = JSON in answer.media_types and answer.schema is not None and name not in LONG
    assert ("answer" in examples[name]) == shown


def test_what_the_notice_says_is_quoted_from_it(
    examples: dict[str, dict[str, Any]], notice: Notice
) -> None:
    stopped = examples["deactivateAccount"]["answer"]
    rights = {right["id"]: right["description"]["en"] for right in notice.document["rights"]}
    assert stopped["data"].startswith(rights[DEACTIVATE])
    assert stopped["erasure"].startswith(rights[ERASE])
    assert stopped["contact"] == notice.contact
    form, whole = examples["getRegistrationForm"]["answer"], described(notice, "en")
    for name, value in form.items():
        if isinstance(value, list):
            assert [one for one in whole[name] if one in value] == value
        else:
            assert whole[name] == value


def test_every_limit_is_told_with_its_figures() -> None:
    told = {row[0].strip("`"): row for row in rows(DOCUMENT, "Limits")}
    assert told.keys() == limits.FIGURES.keys()
    for name, figure in limits.FIGURES.items():
        assert told[name][1:3] == [figure.what, str(figure.default)]
        assert told[name][4] == f"{figure.low} to {figure.high}"


def problems(kind: type[errors.Problem] = errors.Problem) -> Iterator[type[errors.Problem]]:
    """Every kind of problem that a module of the product defines."""
    if kind.__module__.startswith("chalicelib."):
        yield kind
    for one in kind.__subclasses__():
        yield from problems(one)


def test_every_type_of_problem_is_told_with_its_status() -> None:
    raised = re.compile(r"(\w+)\((?:[^()]|\([^()]*\))*?\btype=\"([a-z-]+)\"", re.DOTALL)
    found = {}
    for source in (PROJECT / "chalicelib").rglob("*.py"):
        for kind, name in raised.findall(source.read_text("utf-8")):
            problem = getattr(errors, kind, None)
            if isinstance(problem, type) and issubclass(problem, errors.Problem):
                found[name] = problem.status
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        importlib.import_module(module.name)
    of_statuses = {kind.default_type for kind in KINDS.values()}
    own = {kind.default_type: kind.status for kind in problems()}
    assert {"account-gone", "no-notice"} <= own.keys() - of_statuses
    found |= {name: status for name, status in own.items() if name not in of_statuses}
    told = {name: status for name, (status, _) in PROBLEM_TYPES.items()}
    assert found == told

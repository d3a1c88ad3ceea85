from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any

import pytest
from chalice.app import Blueprint, Chalice

import app
import functions.commands
import functions.http
import functions.pages
import functions.queues
import functions.schedules
from chalicelib.web.contract import HTML, Operation
from functions.http.site import OPERATIONS
from functions.pages import page_operations

EVENTS = ("functions.queues", "functions.schedules")


def modules(package: ModuleType) -> list[str]:
    return [f"{package.__name__}.{one.name}" for one in pkgutil.iter_modules(package.__path__)]


HTTP = [name for name in modules(functions.http) if not name.endswith(".wiring")]
PAGES = modules(functions.pages)
WORKERS = modules(functions.queues) + modules(functions.schedules)
COMMANDS = modules(functions.commands)


def test_there_is_a_function_for_each_capability() -> None:
    assert {name.rsplit(".", 1)[1] for name in HTTP} >= {
        "accounts",
        "sessions",
        "credentials",
        "profile",
        "consents",
        "notices",
        "requests",
        "desk_notices",
        "desk_subjects",
        "desk_reports",
        "site",
        "wellknown",
    }
    assert {name.rsplit(".", 1)[1] for name in WORKERS} >= {
        "mail",
        "fulfilment",
        "erasure",
        "announcements",
        "propagation",
        "retention",
        "deadlines",
        "relay",
        "activation",
    }


@pytest.mark.parametrize("name", [*HTTP, *WORKERS, *COMMANDS])
def test_a_module_has_its_blueprint(name: str) -> None:
    assert isinstance(importlib.import_module(name).bp, Blueprint)


@pytest.mark.parametrize("name", HTTP)
def test_an_http_module_has_its_handler(name: str) -> None:
    assert callable(importlib.import_module(name).handler)


@pytest.mark.parametrize("name", [*WORKERS, *COMMANDS])
def test_an_event_function_is_named_like_its_module(name: str) -> None:
    module = importlib.import_module(name)
    assert callable(getattr(module, name.rsplit(".", 1)[1]))


@pytest.mark.parametrize("name", [*HTTP, *WORKERS, *COMMANDS])
def test_every_function_says_what_it_does(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    assert module.__doc__.strip()


def served() -> set[tuple[str, str]]:
    """Method and path of every operation that app.py registers, without those of pages."""
    assert isinstance(app.app, Chalice)
    return {
        (method, path)
        for path, methods in app.app.routes.items()
        for method, entry in methods.items()
        if not entry.view_function.__module__.startswith("functions.pages.")
    }


def test_every_page_is_registered_and_told_apart() -> None:
    assert isinstance(app.app, Chalice)
    routes = app.app.routes
    for one in page_operations():
        assert one.method in routes[one.path], one.id
    ids = [one.id for one in page_operations()] + [one.id for one in OPERATIONS]
    assert len(ids) == len(set(ids))
    assert not [one.path for one in page_operations() if one.path.startswith("/v1/")]


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_served_by_the_function_of_their_capability(name: str) -> None:
    assert name.replace("functions.pages.", "functions.http.") in HTTP


def test_what_is_served_is_what_is_described() -> None:
    described = {(one.method, one.path) for one in OPERATIONS}
    assert {one for one in served() if one[0] not in ("OPTIONS", "HEAD")} == described
    assert len(described) == len(OPERATIONS)


def test_what_everybody_may_look_at_answers_head() -> None:
    looked_at = {path for method, path in served() if method == "HEAD"}
    assert looked_at == {one.path for one in OPERATIONS if one.answers_head}
    pages = {one.path for one in OPERATIONS if one.method == "GET" and HTML in one.media_types}
    known = {"/v1/notice", "/v1/notices", "/v1/cookies", "/v1/health", "/openapi.json"}
    wellknown = {one.path for one in OPERATIONS if one.path.startswith("/.well-known/")}
    assert looked_at >= pages | known | wellknown


def test_every_path_answers_a_preflight() -> None:
    assert {path for method, path in served() if method == "OPTIONS"} == {
        one.path for one in OPERATIONS
    }


def test_every_event_function_is_registered() -> None:
    names = {one.name for one in app.app.event_sources}
    assert {name.rsplit(".", 1)[1] for name in WORKERS} <= names


def test_every_command_is_registered() -> None:
    names = {one.name for one in app.app.pure_lambda_functions}
    assert {name.rsplit(".", 1)[1] for name in COMMANDS} == names


@pytest.mark.parametrize("name", HTTP)
def test_a_function_serves_its_own_capability_and_no_other(name: str) -> None:
    event: dict[str, Any] = {
        "requestContext": {"resourcePath": "/v1/nowhere", "httpMethod": "GET"},
        "headers": {},
    }
    answer = importlib.import_module(name).handler(event, None)
    assert answer["statusCode"] == 404
    assert answer["headers"]["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("event", [None, [], "x", {}, {"Records": []}, {"requestContext": None}])
@pytest.mark.parametrize("name", HTTP)
def test_an_event_of_another_kind_is_a_problem_and_no_crash(name: str, event: Any) -> None:
    answer = importlib.import_module(name).handler(event, None)
    assert answer["statusCode"] == 400
    assert answer["headers"]["Content-Type"] == "application/problem+json"


def test_operations_are_told_apart() -> None:
    ids = [one.id for one in OPERATIONS]
    assert len(ids) == len(set(ids))
    for one in OPERATIONS:
        assert isinstance(one, Operation)
        assert one.summary
        assert one.path == "/" or one.path.startswith(
            ("/v1/", "/openapi.json", "/docs", "/.well-known/")
        )

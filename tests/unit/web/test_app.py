from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.web.sample import CONTEXT, ORIGIN, REQUEST_ID, Sent, event, handler, send

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "other",
    [
        None,
        {},
        [],
        "text",
        {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]},
        {"source": "aws.events", "detail-type": "Scheduled Event"},
        {"version": "2.0", "requestContext": {"http": {"method": "GET", "path": "/"}}},
        {"requestContext": {"resourcePath": 5, "httpMethod": "GET"}},
        {"requestContext": {"resourcePath": "/v1/notice", "httpMethod": None}},
        {"requestContext": []},
        event("GET", "/v1/notice") | {"headers": []},
        event("GET", "/v1/notice") | {"multiValueHeaders": "x"},
        event("GET", "/v1/notice") | {"queryStringParameters": 5},
        event("GET", "/v1/notice") | {"pathParameters": "x"},
    ],
)
def test_events_that_are_not_api_gateways_are_refused(other: Any) -> None:
    sent = Sent(handler(other, None))
    assert sent.status == 400
    assert sent.json["type"] == "urn:riserbo:problem:bad-request"


def test_only_what_api_gateway_must_send_is_needed() -> None:
    bare = {"requestContext": {"resourcePath": "/v1/notice", "httpMethod": "GET"}}
    assert Sent(handler(bare, None)).status == 200


def test_an_unknown_path() -> None:
    sent = send("GET", "/v1/nowhere", headers={"Origin": ORIGIN})
    assert sent.status == 404
    assert sent.json["type"] == "urn:riserbo:problem:not-found"
    assert sent.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "TRACE", "get", "\x00", ""])
def test_an_unknown_method(method: str) -> None:
    sent = send(method, "/v1/items")
    assert sent.status == 405
    assert sent.headers["Allow"] == "GET, OPTIONS"
    assert sent.json["type"] == "urn:riserbo:problem:method-not-allowed"


def test_asking_for_an_unknown_path_leaves_no_trace() -> None:
    assert send("GET", "/v1/nowhere").status == 404
    assert send("GET", "/v1/nowhere").status == 404


def test_missing_path_parameters() -> None:
    assert send("POST", "/v1/echo/{id}", "{}").status == 404


def test_the_request_id_is_lambdas_then_the_gateways_and_never_the_clients() -> None:
    assert send("GET", "/v1/items").headers["Riserbo-Request-Id"] == REQUEST_ID
    asked = event("GET", "/v1/items", headers={"X-Request-Id": "mine"})
    assert Sent(handler(asked, None)).headers["Riserbo-Request-Id"] == "gateway-id"
    asked["requestContext"]["requestId"] = "bad id\r\n"
    assert "Riserbo-Request-Id" not in Sent(handler(asked, None)).headers


def test_refusals_are_logged_with_the_functions_name(capsys: pytest.CaptureFixture[str]) -> None:
    send("GET", "/v1/nobody@example.org")
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert line == {
        "level": "INFO",
        "event": "http.refused",
        "function": "sample",
        "request_id": REQUEST_ID,
        "problem": "not-found",
        "status": 404,
    }


def test_the_environment_is_left_alone() -> None:
    assert "chalice" not in os.environ.get("AWS_EXECUTION_ENV", "")


def modules_after(statements: str) -> set[str]:
    code = f"import sys; {statements}; sys.stdout.write(' '.join(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


def test_what_is_heavy_is_not_loaded_before_it_is_needed() -> None:
    loaded = modules_after(
        "import chalicelib.web.app, chalicelib.web.cursor, chalicelib.pages.page"
    )
    heavy = {"babel", "jinja2", "jsonschema", "botocore", "boto3", "pynamodb", "cryptography"}
    assert not heavy & loaded


def test_the_kernel_loads_no_capability() -> None:
    loaded = modules_after("import chalicelib.web.app, chalicelib.web.openapi, chalicelib.web.view")
    capabilities = ("accounts", "consents", "notices", "requests", "retention", "sessions")
    assert not [
        name
        for name in loaded
        if name.split(".")[1:2]
        and name.startswith(tuple(f"chalicelib.{capability}" for capability in capabilities))
    ]


def test_an_answer_can_be_sent_by_lambda() -> None:
    raw = handler(event("GET", "/v1/notice", headers={"Accept": "text/html"}), CONTEXT)
    assert json.loads(json.dumps(raw)) == raw

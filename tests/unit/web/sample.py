"""A small blueprint with one operation of each sort, and the events that call it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from chalice.app import Blueprint

from chalicelib.errors import Conflict, Problem, TooManyRequests
from chalicelib.notices.model import UndeclaredField
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import HTML, JSON, MARKDOWN, Auth, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY
from chalicelib.web.view import Answer, Call, route

ORIGIN = "https://shop.example"
TOKEN = "t0ken." + "a" * 40
VISITOR = "v" * 43
REQUEST_ID = "11111111-2222-3333-4444-555555555555"

PERSON: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["email"],
    "properties": {
        "email": {"type": "string", "format": "email", "minLength": 3, "maxLength": 320},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "tags": {
            "type": "array",
            "maxItems": 5,
            "uniqueItems": True,
            "items": {"type": "string", "maxLength": 10, "pattern": "^[a-z]+$"},
        },
        "at": {"type": "string", "format": "date-time", "maxLength": 40},
    },
}


def choices(notice: Any) -> Schema:
    """A body that only the notice knows: one member a purpose."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {purpose: {"enum": ["granted", "denied"]} for purpose in notice.purposes},
    }


ECHO = Operation(
    id="echo",
    method="POST",
    path="/v1/echo/{id}",
    summary="Answers what was sent.",
    auth=Auth.NONE,
    body=PERSON,
    answers={201: Response("What was sent.", PERSON)},
    example={"email": "ada@example.org"},
)
CHOOSE = Operation(
    id="choose",
    method="POST",
    path="/v1/choices",
    summary="Takes choices.",
    auth=Auth.VISITOR_OR_SESSION,
    body=choices,
    idempotent=True,
    problems=frozenset({429}),
    answers={201: Response("Done.", {"type": "object"})},
)
GIVE = Operation(
    id="give",
    method="POST",
    path="/v1/gifts",
    summary="Hands out a token.",
    auth=Auth.VISITOR_OR_SESSION,
    body=choices,
    idempotent=True,
    hands_out=True,
    answers={201: Response("Done.", {"type": "object"})},
)
ITEMS = Operation(
    id="items",
    method="GET",
    path="/v1/items",
    summary="Lists.",
    auth=Auth.SESSION,
    query=PAGE_QUERY,
    answers={200: Response("A page.", {"type": "object"})},
)
VISITS = Operation(
    id="visits",
    method="GET",
    path="/v1/visits",
    summary="A visitor's own.",
    auth=Auth.VISITOR,
    answers={204: Response("Nothing.")},
)
NOTICE = Operation(
    id="notice",
    method="GET",
    path="/v1/notice",
    summary="The notice.",
    auth=Auth.NONE,
    answers={
        200: Response(
            "It.",
            {"type": "object"},
            (JSON, HTML, MARKDOWN),
            headers={"ETag": "Its tag."},
        )
    },
)
LINK = Operation(
    id="follow",
    method="POST",
    path="/v1/link",
    summary="Follows a link.",
    auth=Auth.LINK,
    body={
        "type": "object",
        "additionalProperties": False,
        "required": ["token"],
        "properties": {"token": {"type": "string", "minLength": 1, "maxLength": 200}},
    },
    form=True,
    answers={200: Response("Done.", {"type": "object"}, (JSON, HTML))},
)
FAIL = Operation(
    id="fail",
    method="GET",
    path="/v1/fail",
    summary="Fails.",
    auth=Auth.NONE,
    query={"how": {"type": "string", "maxLength": 20}},
    answers={200: Response("Never.")},
)
OPERATIONS = (ECHO, CHOOSE, GIVE, ITEMS, VISITS, NOTICE, LINK, FAIL)

SECRET = "ada@example.org"
runs: list[Call] = []
calls: list[Call] = []

bp = Blueprint(__name__)


@route(bp, ECHO)
def echo(call: Call, id: str) -> Answer:
    calls.append(call)
    return Answer(201, {"id": id, "body": call.body}, {"Riserbo-Sample": "1"})


@route(bp, CHOOSE)
def choose(call: Call) -> Answer:
    runs.append(call)
    if call.gpc:
        raise Conflict("The browser objects.")
    if "X-Refuse" in call.headers:
        return Answer(409, {"refused": len(runs)})
    return Answer(201, {"run": len(runs)}, {"Location": "/v1/choices/1"})


@route(bp, GIVE)
def give(call: Call) -> Answer:
    runs.append(call)
    return Answer(201, {"token": len(runs)})


@route(bp, ITEMS)
def items(call: Call) -> Answer:
    calls.append(call)
    return Answer(200, {"query": dict(call.query)})


@route(bp, VISITS)
def visits(call: Call) -> Answer:
    calls.append(call)
    return Answer(204)


@route(bp, NOTICE)
def notice(call: Call) -> Answer:
    calls.append(call)
    body = {"locale": call.locale(["it", "en"])} if call.media_type == JSON else "<p>è</p>"
    headers = {"ETag": '"abc"', "Cache-Control": "public, max-age=60"}
    return Answer(200, body, headers, call.media_type)


@route(bp, LINK)
def follow(call: Call) -> Answer:
    calls.append(call)
    return Answer(200, call.body)


@route(bp, FAIL)
def fail(call: Call) -> Answer:
    match call.query.get("how"):
        case "limit":
            raise TooManyRequests("Wait.", retry_after=7)
        case "teapot":
            raise Problem(f"cannot reach {SECRET}")
        case "old":
            raise UndeclaredField("request", ["extended"])
        case "unwritable":
            return Answer(200, {"x": object()})
        case "header":
            return Answer(200, {}, {"X-Bad": "a\r\nSet-Cookie: b"})
        case _:
            raise ValueError(f"no such person: {SECRET}")


handler = lambda_handler(bp, "sample")
CONTEXT = SimpleNamespace(aws_request_id=REQUEST_ID)


def event(
    method: str,
    resource: str,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, list[str]] | None = None,
    path: Mapping[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """An API Gateway REST proxy event with the members that AWS sends."""
    return {
        "resource": resource,
        "path": resource,
        "httpMethod": method,
        "headers": dict(headers) if headers else None,
        "multiValueHeaders": {k: [v] for k, v in headers.items()} if headers else None,
        "queryStringParameters": {k: v[-1] for k, v in query.items()} if query else None,
        "multiValueQueryStringParameters": dict(query) if query else None,
        "pathParameters": dict(path) if path else None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "requestId": "gateway-id",
            "identity": {"sourceIp": "192.0.2.77"},
        },
        "body": body,
        "isBase64Encoded": False,
        **more,
    }


class Sent:
    """A Lambda proxy answer, easier to look at."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.status: int = raw["statusCode"]
        self.headers = {**raw["headers"], **raw["multiValueHeaders"]}
        body = raw["body"]
        self.text = base64.b64decode(body).decode() if raw.get("isBase64Encoded") else body

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def findings(self) -> dict[str, str]:
        return {error["pointer"]: error["detail"] for error in self.json["errors"]}


def send(*args: Any, **kwargs: Any) -> Sent:
    """Call the sample's Lambda."""
    return Sent(handler(event(*args, **kwargs), CONTEXT))


def post_json(body: Any, headers: Mapping[str, str] | None = None) -> Sent:
    """POST to ECHO: a text as it is, anything else as JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    all_headers = {"Content-Type": "application/json", **(headers or {})}
    return send("POST", "/v1/echo/{id}", text, all_headers, path={"id": "one"})

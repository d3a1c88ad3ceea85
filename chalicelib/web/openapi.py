"""The OpenAPI 3.1 document, made from the same values that requests are checked against."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib import errors
from chalicelib.web.contract import FORM, JSON, PROBLEM, Auth, Operation, Response, Schema
from chalicelib.web.docs import docs_page
from chalicelib.web.query import LANGUAGE

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice

__all__ = ["docs_page", "openapi", "problem_statuses"]

_DOCUMENT_VERSION = "1"

_PROBLEMS: dict[int, type[errors.Problem]] = {
    kind.status: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.Problem)
}

_SECURITY: dict[Auth, list[dict[str, list[str]]]] = {
    Auth.NONE: [],
    Auth.SESSION: [{"session": []}],
    Auth.VISITOR: [{"visitor": []}],
    Auth.VISITOR_OR_SESSION: [{"visitor": []}, {"session": []}, {}],
    Auth.SERVICE: [{"service": []}],
    Auth.STAFF: [{"staff": []}],
    Auth.LINK: [],
    Auth.SESSION_OR_LINK: [{"session": []}, {}],
}

_SCHEMES = {
    "session": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of POST /v1/sessions.",
    },
    "visitor": {
        "type": "apiKey",
        "in": "header",
        "name": "Riserbo-Visitor",
        "description": "At least 128 random bits in base64url that stand for one browser.",
    },
    "service": {
        "type": "http",
        "scheme": "bearer",
        "description": "The API key of one of the controller's own systems.",
    },
    "staff": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a session whose account works at the privacy desk.",
    },
}

_PROBLEM_SCHEMA: Schema = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "additionalProperties": False,
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "maxLength": 200},
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

_VISITOR = {
    "name": "Riserbo-Visitor",
    "in": "header",
    "required": False,
    "description": "The browser's token, if it has one: at least 128 random bits in base64url.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{22,128}$", "maxLength": 128},
}

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeats of a request with the same key get the answer of the first, for 24 h.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
}


def openapi(operations: Iterable[Operation], notice: Notice, public_url: str) -> dict[str, Any]:
    """The document of these operations as they are under this notice, served at `public_url`."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        described = _operation(operation, notice)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Riserbo",
            "version": _DOCUMENT_VERSION,
            "summary": "The privacy back office of a website.",
            "description": f"As it is under the privacy notice of version {notice.version}.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM_SCHEMA},
            "securitySchemes": _SCHEMES,
            "responses": {str(status): _problem(status) for status in sorted(_PROBLEMS)},
            "parameters": {
                "lang": {"name": "lang", "in": "query", "required": False, "schema": LANGUAGE},
                "idempotencyKey": _IDEMPOTENCY_KEY,
            },
        },
    }


def problem_statuses(operation: Operation) -> list[int]:
    """Every refusal that an operation may answer with: those its contract implies, and its own."""
    implied = {400, 500}
    if operation.auth not in (Auth.NONE, Auth.LINK):
        implied.add(401)
    if "{" in operation.path:
        implied.add(404)
    if len(operation.media_types) > 1:
        implied.add(406)
    if operation.body is not None:
        implied |= {413, 415}
    if operation.idempotent:
        implied |= {409, 422}
    return sorted(implied | operation.problems)


def _operation(operation: Operation, notice: Notice) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "security": _SECURITY[operation.auth],
        "parameters": _parameters(operation),
        "responses": {
            **{str(status): _answer(answer) for status, answer in operation.answers.items()},
            **{
                str(status): {"$ref": f"#/components/responses/{_PROBLEMS[status].status}"}
                for status in problem_statuses(operation)
            },
        },
    }
    if operation.summaries:
        described["x-summaries"] = dict(operation.summaries)
    if operation.description:
        described["description"] = operation.description
    schema = operation.body_schema(lambda: notice)
    if schema is not None:
        kinds = (JSON, FORM) if operation.form else (JSON,)
        content = {kind: _content(schema, operation.example) for kind in kinds}
        size = f"At most {operation.max_body // 1024} KiB."
        described["requestBody"] = {"required": True, "description": size, "content": content}
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {
                "type": "string",
                "minLength": 1,
                "maxLength": 128,
                "pattern": "^[A-Za-z0-9._~-]+$",
            },
        }
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    query = [
        {
            "name": name,
            "in": "query",
            "required": name in operation.required_query,
            "schema": schema,
        }
        for name, schema in operation.query.items()
        if name != "lang"
    ]
    headers = [
        {
            "name": name,
            "in": "header",
            "required": False,
            "description": text,
            "schema": {"type": "string"},
        }
        for name, text in operation.headers.items()
    ]
    if operation.visitor:
        headers.append(_VISITOR)
    shared = [{"$ref": "#/components/parameters/lang"}]
    if operation.idempotent:
        shared.append({"$ref": "#/components/parameters/idempotencyKey"})
    return [*path, *query, *headers, *shared]


def _answer(answer: Response) -> dict[str, Any]:
    described: dict[str, Any] = {"description": answer.description}
    if answer.headers:
        described["headers"] = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in answer.headers.items()
        }
    content = {
        kind: _content(answer.schema, answer.example)
        if kind.endswith("json") and answer.schema is not None
        else {"schema": {"type": "string"}}
        for kind in answer.media_types
        if answer.schema is not None or not kind.endswith("json")
    }
    return described | ({"content": content} if content else {})


def _content(schema: Schema, example: Any) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema}
    return content | ({"example": example} if example is not None else {})


def _problem(status: int) -> dict[str, Any]:
    kind = _PROBLEMS[status]
    example: Mapping[str, Any] = {
        "type": f"urn:riserbo:problem:{kind.default_type}",
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

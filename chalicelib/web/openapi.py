"""The OpenAPI 3.1 document, made from the same values that requests are checked against."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from chalicelib.pages.languages import languages
from chalicelib.pages.words import translations
from chalicelib.web import examples, problems, tags
from chalicelib.web.components import Components, published
from chalicelib.web.contract import FORM, JSON, Auth, Operation, Schema
from chalicelib.web.query import LANGUAGE

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice

__all__ = ["openapi", "problem_statuses"]

_DOCUMENT_VERSION = "1"

_SECURITY: dict[Auth, list[dict[str, list[str]]]] = {
    Auth.NONE: [],
    Auth.SESSION: [{"session": []}],
    Auth.REQUEST: [{"session": []}, {"request": []}],
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
    "request": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of POST /v1/requests/{id}/verification, for that request.",
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
    """Returns the document of these operations under this notice, served at `public_url`."""
    known, named = tuple(operations), Components()
    paths: dict[str, dict[str, Any]] = {}
    for operation in known:
        described = _operation(operation, notice, named)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    used = {status for operation in known for status in problem_statuses(operation)}
    parameters: dict[str, Any] = {
        "lang": {"name": "lang", "in": "query", "required": False, "schema": LANGUAGE}
    }
    if any(operation.idempotent for operation in known):
        parameters["idempotencyKey"] = _IDEMPOTENCY_KEY
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Riserbo",
            "version": _DOCUMENT_VERSION,
            "summary": "The privacy back office of a website.",
            "description": f"As it is under the privacy notice of version {notice.version}.",
            "contact": {"name": "Riserbo", "url": public_url},
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": public_url}],
        "tags": tags.described(known),
        "paths": paths,
        "components": {
            "schemas": {"Problem": problems.schema(), **named.all()},
            "securitySchemes": _SCHEMES,
            "responses": {str(one): problems.response(one) for one in sorted(problems.KINDS)},
            "parameters": parameters,
        },
        # Of methods that a path does not have, and of the gateway before an operation is reached.
        "x-other-refusals": {
            str(one): {"$ref": f"#/components/responses/{one}"}
            for one in sorted(problems.KINDS.keys() - used)
        },
    }


def problem_statuses(operation: Operation) -> list[int]:
    """Lists every refusal of an operation: those that its contract implies, and its own."""
    implied = {400, 500}
    if operation.auth not in (Auth.NONE, Auth.LINK):
        implied.add(401)
    if "{" in operation.path or operation.opens_accounts:
        implied.add(404)
    if len(operation.media_types) > 1:
        implied.add(406)
    if operation.body is not None:
        implied |= {413, 415}
    if operation.idempotent:
        implied |= {409, 422}
    return sorted(implied | operation.problems)


def _operation(operation: Operation, notice: Notice, named: Components) -> dict[str, Any]:
    body = _body(operation, notice, named)
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [tags.of(operation)],
        "summary": operation.summary,
        "description": operation.description or f"{operation.summary}.",
        "security": _security(operation),
        "parameters": _parameters(operation),
        "responses": {
            **{str(status): _answer(operation, status, named) for status in operation.answers},
            **{
                str(status): {"$ref": f"#/components/responses/{status}"}
                for status in problem_statuses(operation)
            },
        },
    }
    translated = _translated(operation.summary)
    if translated:
        described["x-summaries"] = translated
    return described | ({"requestBody": body} if body else {})


def _translated(english: str) -> dict[str, str]:
    """Returns a text by language, of those languages that it is translated into."""
    texts = {language: translations("interface", language) for language in languages()}
    return {language: told[english] for language, told in texts.items() if english in told}


def _body(operation: Operation, notice: Notice, named: Components) -> dict[str, Any]:
    schema = operation.body_schema(lambda: notice)
    if schema is None:
        return {}
    content = _content(f"{_title(operation)}Body", schema, named)
    example = examples.body(operation, schema)
    content |= {} if example is None else {"example": example}
    return {
        "required": True,
        "description": f"At most {operation.max_body // 1024} KiB.",
        "content": dict.fromkeys((JSON, FORM) if operation.form else (JSON,), content),
    }


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
            "schema": published(schema),
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


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    """Returns the credentials, one of which is needed."""
    known = _SECURITY[operation.auth]
    by_browser = operation.visitor and operation.auth is Auth.REQUEST
    return [*known, {"visitor": []}] if by_browser else known


def _answer(operation: Operation, status: int, named: Components) -> dict[str, Any]:
    answer = operation.answers[status]
    described: dict[str, Any] = {"description": answer.description}
    if answer.headers:
        described["headers"] = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in answer.headers.items()
        }
    content = {
        kind: _answered(operation, status, named)
        if kind.endswith("json") and answer.schema is not None
        else {"schema": {"type": "string"}, "example": examples.text(kind)}
        for kind in answer.media_types
        if answer.schema is not None or not kind.endswith("json")
    }
    return described | ({"content": content} if content else {})


def _answered(operation: Operation, status: int, named: Components) -> dict[str, Any]:
    answer = operation.answers[status]
    schema = answer.schema or {}
    is_first = status == next(iter(operation.answers))
    name = f"{_title(operation)}Answer" if is_first else f"{_title(operation)}Answer{status}"
    example = examples.answer(operation, answer, schema)
    return _content(name, schema, named) | ({} if example is None else {"example": example})


def _content(name: str, schema: Schema, named: Components) -> dict[str, Any]:
    return {"schema": named.named(name, schema)}


def _title(operation: Operation) -> str:
    """Returns the operation's id as the beginning of a class's name."""
    return operation.id[:1].upper() + operation.id[1:]

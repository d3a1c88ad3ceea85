"""The functions' entry points, and the events with which AWS calls them."""

from __future__ import annotations

import contextlib
import io
import json
import secrets
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]

HTML = "text/html"


@cache
def handler_of(folder: str, name: str) -> Callable[[Any, Any], Any]:
    """A function's entry point, which says what it logs to nobody."""
    module = import_module(f"functions.{folder}.{name}")
    entry = getattr(module, "handler" if folder == "http" else name)

    def quiet(event: Any, context: Any) -> Any:
        with contextlib.redirect_stdout(io.StringIO()):
            return entry(event, context)

    return quiet


def api_event(
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
    form: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    at: Mapping[str, str] | None = None,
) -> Json:
    """A REST API's proxy event, as API Gateway writes it; a body is JSON, or a page's form."""
    sent = {"Accept": "application/json", "Host": "api.example", **(headers or {})}
    if body is not None:
        sent["Content-Type"] = "application/json"
    elif form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    return {
        "resource": path,
        "path": path.format(**(at or {})),
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} if query else None,
        "pathParameters": dict(at) if at else None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": method,
            "requestId": secrets.token_hex(16),
            # Each call from a network of its own, or the limits would end the measuring.
            "identity": {"sourceIp": f"2001:db8:{secrets.token_hex(2)}::1"},
            "stage": "api",
        },
        "body": _body(body, form),
        "isBase64Encoded": False,
    }


def _body(body: Any, form: Mapping[str, str] | None) -> str | None:
    if form is not None:
        return urlencode(form)
    return None if body is None else json.dumps(body)


def queue_event(queue: str, body: str) -> Json:
    """One message of a queue, as Lambda hands it over."""
    record = {
        "messageId": secrets.token_hex(8),
        "receiptHandle": "r",
        "body": body,
        "attributes": {},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-south-1:000000000000:{queue}",
        "awsRegion": "eu-south-1",
    }
    return {"Records": [record]}


def schedule_event() -> Json:
    """A run of a schedule, as EventBridge asks for it."""
    return {
        "version": "0",
        "id": "bench",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": "2026-11-22T00:00:00Z",
        "region": "eu-south-1",
        "resources": [],
        "detail": {},
    }


class Context:
    """What Lambda hands over beside a schedule's event: all the time that one needs."""

    def get_remaining_time_in_millis(self) -> int:
        """The time that is left never gets less."""
        return 300_000

"""Whatever bytes, headers, paths and queries come in: an answer below 500, never an exception."""

from __future__ import annotations

import base64
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.unit.web.sample import CONTEXT, OPERATIONS, PERSON, TOKEN, VISITOR, Sent, handler

ROUTES = [one for one in OPERATIONS if one.id != "fail"]

FINE = {
    "Content-Type": "application/json",
    "Authorization": f"Bearer {TOKEN}",
    "Riserbo-Visitor": VISITOR,
}

any_text = st.text(st.characters(), max_size=60)
header_names = st.sampled_from(
    [
        "Accept",
        "Accept-Language",
        "Authorization",
        "Content-Length",
        "Content-Type",
        "Idempotency-Key",
        "If-None-Match",
        "Origin",
        "Riserbo-Visitor",
        "Sec-GPC",
        "X-Forwarded-For",
        "sec-gpc",
    ]
)
header_values = any_text | st.sampled_from(
    [
        "application/json",
        "application/x-www-form-urlencoded",
        f"Bearer {TOKEN}",
        VISITOR,
        "text/html;q=0.1, */*;q=0",
        "it;q=1.0, en;q=0.999",
        "https://shop.example",
        '"abc", W/"x"',
        "1",
    ]
)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(sorted(PERSON["properties"])) | any_text, inner)
    ),
    max_leaves=20,
)
bodies = (
    st.none()
    | any_text
    | values.map(json.dumps)
    | st.sampled_from(
        ['{"email":"a@b"}', '{"token":"t"}', "{}", '{"offers":"granted"}', "token=t&a=%"]
    )
    | st.binary(max_size=80).map(lambda raw: base64.b64encode(raw).decode())
    | st.binary(max_size=80).map(lambda raw: raw.decode("latin-1"))
    | st.integers()
)
queries = st.sampled_from([None, {}, {"lang": ["en"]}]) | st.dictionaries(
    st.sampled_from(["lang", "limit", "cursor"]) | any_text,
    st.lists(any_text | st.sampled_from(["it", "7", "-1"]), max_size=3),
    max_size=4,
)


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    operation = draw(st.sampled_from(ROUTES))
    hostile = draw(st.dictionaries(header_names, header_values, max_size=8))
    headers = draw(st.sampled_from([None, hostile, FINE, FINE | hostile, hostile | FINE]))
    multiple = draw(
        st.none()
        | st.dictionaries(header_names, st.lists(header_values, max_size=3), max_size=4)
        | st.just({name: [value] for name, value in (headers or {}).items()})
    )
    return {
        "resource": operation.path,
        "headers": headers,
        "multiValueHeaders": multiple,
        "queryStringParameters": draw(
            st.none() | st.none() | st.dictionaries(any_text, any_text, max_size=3)
        ),
        "multiValueQueryStringParameters": draw(queries),
        "pathParameters": draw(
            st.none() | st.just({"id": "one"}) | st.fixed_dictionaries({"id": any_text | st.none()})
        ),
        "stageVariables": None,
        "requestContext": {
            "resourcePath": operation.path,
            "httpMethod": draw(
                st.sampled_from([operation.method] * 9 + ["HEAD", "OPTIONS", "\x00"])
            ),
            "requestId": draw(any_text),
            "identity": draw(st.none() | st.fixed_dictionaries({"sourceIp": any_text})),
        },
        "body": draw(bodies),
        "isBase64Encoded": draw(st.booleans() | st.none()),
    }


def check(sent: Sent) -> None:
    assert sent.status < 500
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    json.dumps(sent.raw).encode()
    sent.text.encode()
    if sent.status >= 400 and sent.headers["Content-Type"] == "application/problem+json":
        assert sent.json["status"] == sent.status
    for value in sent.headers.values():
        assert "\n" not in value
        assert "\r" not in value


@settings(max_examples=examples(400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events())
def test_no_request_makes_the_kernel_fail(event: dict[str, Any]) -> None:
    check(Sent(handler(event, CONTEXT)))


@settings(max_examples=examples(200), deadline=None)
@given(values | st.dictionaries(any_text, values | st.dictionaries(any_text, values)))
def test_no_event_makes_the_function_raise(event: Any) -> None:
    check(Sent(handler(event, None)))


@settings(max_examples=examples(200), deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_kernel_fail(body: bytes) -> None:
    event = {
        "headers": {"Content-Type": "application/json"},
        "pathParameters": {"id": "one"},
        "requestContext": {"resourcePath": "/v1/echo/{id}", "httpMethod": "POST"},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    check(Sent(handler(event, CONTEXT)))


@settings(max_examples=examples(200), deadline=None)
@given(st.sampled_from(["/v1/echo/{id}", "/v1/choices", "/v1/link"]), values)
def test_no_json_value_makes_the_kernel_fail(path: str, value: Any) -> None:
    event = {
        "headers": {"Content-Type": "application/json"},
        "pathParameters": {"id": "one"},
        "requestContext": {"resourcePath": path, "httpMethod": "POST"},
        "body": json.dumps(value),
    }
    check(Sent(handler(event, CONTEXT)))

"""Hostile bodies through real dispatch: refused with a pointer, never a 5xx."""

from __future__ import annotations

import base64
import json
import time

import pytest

from chalicelib.errors import BadRequest, TooLarge
from chalicelib.web.contract import MAX_BODY
from chalicelib.web.json_body import read_json
from chalicelib.web.request import raw_body
from tests.unit.web.sample import Sent, calls, post_json, send

JSON_TYPE = {"Content-Type": "application/json"}

UNREADABLE = [
    ("", "", "is empty"),
    ("   ", "", "is not JSON at line 1, column 4"),
    ("\ufeff{}", "", "starts with a byte order mark"),
    ('{"email":', "", "is not JSON at line 1, column 10"),
    ("{'email': 1}", "", "is not JSON at line 1, column 2"),
    ('{"email":"a"} x', "", "is not JSON at line 1, column 15"),
    ('{"email":"a"}{}', "", "is not JSON at line 1, column 14"),
    ('{"email":"a\nb"}', "", "is not JSON at line 1, column 12"),
    ("\udc80", "", "is not UTF-8"),
    ('{"email":"\\ud800"}', "/email", "holds a NUL or half of a surrogate pair"),
    ('{"email":"\\u0000"}', "/email", "holds a NUL or half of a surrogate pair"),
    ('{"a":{"\\udfff":1}}', "/a", "has a name that holds a NUL or half of a surrogate pair"),
    ('{"age":NaN}', "/age", "is not a finite number"),
    ('{"age":-Infinity}', "/age", "is not a finite number"),
    ('{"age":1e999}', "/age", "is a number out of range"),
    ('{"age":9007199254740993}', "/age", "is an integer beyond 2^53"),
    ('{"age":-9007199254740993}', "/age", "is an integer beyond 2^53"),
    ('{"age":' + "9" * 60_000 + "}", "/age", "is an integer beyond 2^53"),
    ('{"a":[1,{"b":1,"b":2}]}', "/a/1/b", "is given twice"),
    ('{"a/~b":1,"a/~b":1}', "/a~1~0b", "is given twice"),
    ("[" * 5_000 + "]" * 5_000, "", "is nested deeper than 32 levels"),
    ("[" * 5_000, "", "is nested deeper than 32 levels"),
    ('{"a":' * 5_000 + "1" + "}" * 5_000, "", "is nested deeper than 32 levels"),
    ("[" * 33 + "]" * 33, "", "is nested deeper than 32 levels"),
]


@pytest.mark.parametrize(("body", "pointer", "detail"), UNREADABLE)
def test_unreadable_body(body: str, pointer: str, detail: str) -> None:
    sent = post_json(body)
    assert sent.status == 400
    assert sent.headers["Content-Type"] == "application/problem+json"
    assert sent.json["type"] == "urn:riserbo:problem:invalid-json"
    assert sent.findings == {pointer: detail}
    assert calls == []


def test_all_defects_are_listed() -> None:
    sent = post_json('{"a":NaN,"b":["\\u0000",1e999],"c":1,"c":2}')
    assert set(sent.findings) == {"/a", "/b/0", "/b/1", "/c"}


def test_findings_are_bounded() -> None:
    sent = post_json("[" + ",".join(["NaN"] * 5_000) + "]")
    assert sent.status == 400
    assert len(sent.json["errors"]) == 100


@pytest.mark.parametrize(
    "text",
    [
        '{"a":"[[[[' + "[" * 100 + '"}',
        '{"a":"\\\\","b":"{{\\"' + "{" * 100 + '"}',
        "[" * 32 + "]" * 32,
        "[" + ",".join(["[]"] * 100) + "]",
    ],
)
def test_brackets_in_strings_and_side_by_side_are_no_depth(text: str) -> None:
    assert read_json(text.encode()) == json.loads(text)


@pytest.mark.parametrize("unit", ['\\"', '"', '"\\', "\\", '"a', "{", "}", '[",'])
def test_depth_scan_is_linear(unit: str) -> None:
    body = (unit * MAX_BODY)[:MAX_BODY].encode()
    started = time.process_time()
    with pytest.raises(BadRequest):
        read_json(body)
    assert time.process_time() - started < 0.5


def test_numbers_up_to_the_bound_are_read() -> None:
    assert read_json(b"[9007199254740992,-9007199254740992,0.5,1e10,-0.0]") == [
        2**53,
        -(2**53),
        0.5,
        1e10,
        0.0,
    ]


def body_of(length: int) -> str:
    return '{"email":"a@b"' + " " * (length - 15) + "}"


def test_size_is_counted_in_bytes_and_exactly() -> None:
    assert post_json(body_of(MAX_BODY)).status == 201
    assert post_json(body_of(MAX_BODY + 1)).status == 413
    assert post_json('"' + "è" * (MAX_BODY // 2) + '"').status == 413


@pytest.mark.parametrize("binary", [False, True])
def test_an_operation_may_take_more(binary: bool) -> None:
    most = 2 * MAX_BODY
    for length, taken in ((MAX_BODY + 1, True), (most, True), (most + 1, False), (9 * most, False)):
        body = b"x" * length
        text = base64.b64encode(body).decode() if binary else body.decode()
        event = {"body": text, "isBase64Encoded": binary}
        if taken:
            assert raw_body(event, most) == body
        else:
            with pytest.raises(TooLarge):
                raw_body(event, most)


def test_content_length_is_not_believed() -> None:
    assert post_json(body_of(MAX_BODY + 1), {"Content-Length": "2"}).status == 413
    assert post_json({"email": "a@b"}, {"Content-Length": "99999999"}).status == 201


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/jsonx",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin-1",
        "application/json, text/plain",
        "\x00",
        "*/*",
    ],
)
def test_wrong_content_type(content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    sent = send("POST", "/v1/echo/{id}", '{"email":"a@b"}', headers, path={"id": "one"})
    assert sent.status == 415
    assert sent.json["type"] == "urn:riserbo:problem:unsupported-media-type"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON ; charset=UTF-8",
        'application/json;charset="utf-8"',
        "application/json; charset=utf8",
        "application/json; charset=UTF8",
        "application/json; charset = 'utf_8'",
        "application/json; charset=us-ascii",
        "application/json; charset=",
        "application/json; version=1",
    ],
)
def test_json_content_types(content_type: str) -> None:
    sent = send(
        "POST",
        "/v1/echo/{id}",
        '{"email":"a@b"}',
        {"content-type": content_type},
        path={"id": "one"},
    )
    assert sent.status == 201


def send_binary(body: str) -> Sent:
    return send("POST", "/v1/echo/{id}", body, JSON_TYPE, path={"id": "one"}, isBase64Encoded=True)


def test_base64_body() -> None:
    sent = send_binary(base64.b64encode('{"email":"è@b"}'.encode()).decode())
    assert sent.status == 201
    assert sent.json["body"] == {"email": "è@b"}


@pytest.mark.parametrize("body", ["*", "YQ", "é", "YQ==YQ==x"])
def test_broken_base64(body: str) -> None:
    assert send_binary(body).status == 400


def test_base64_of_bad_utf8_and_of_too_much() -> None:
    assert send_binary(base64.b64encode(b'{"email":"\xff"}').decode()).status == 400
    assert send_binary(base64.b64encode(b" " * (MAX_BODY + 1)).decode()).status == 413
    assert send_binary("A" * 200_000).status == 413

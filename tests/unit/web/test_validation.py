from __future__ import annotations

import json
import time
from typing import Any

import pytest

from chalicelib.errors import BadRequest
from chalicelib.web.validation import findings, validate
from tests.unit.web.sample import PERSON, SECRET, calls, post_json, send

INVALID: list[tuple[Any, dict[str, str]]] = [
    ([], {"": "must be an object"}),
    (None, {"": "must be an object"}),
    ({}, {"/email": "is required"}),
    ({"email": 5}, {"/email": "must be a text"}),
    ({"email": "x@"}, {"/email": "must have at least 3 characters"}),
    ({"email": "not an address"}, {"/email": "must have the form of: email"}),
    ({"email": "a@b", "age": -1}, {"/age": "must be at least 0"}),
    ({"email": "a@b", "age": 151}, {"/age": "must be at most 150"}),
    ({"email": "a@b", "age": True}, {"/age": "must be a whole number"}),
    ({"email": "a@b", "age": 1.5}, {"/age": "must be a whole number"}),
    ({"email": "a@b", "tags": ["a", "a"]}, {"/tags": "must not repeat an entry"}),
    ({"email": "a@b", "tags": ["a"] * 6}, {"/tags": "must have at most 5 entries"}),
    ({"email": "a@b", "tags": ["A"]}, {"/tags/0": "does not have the expected form"}),
    ({"email": "a@b", "tags": ["a\n"]}, {"/tags/0": "does not have the expected form"}),
    ({"email": "a@b", "at": "2026-02-30T00:00:00Z"}, {"/at": "must have the form of: date-time"}),
    ({"email": "a@b", "at": "2026-02-20T00:00:00"}, {"/at": "must have the form of: date-time"}),
    ({"email": "a@b", "at": "٢٠٢٦-02-20T00:00:00Z"}, {"/at": "must have the form of: date-time"}),
    ({"email": "a@b", "x/y~z": 1}, {"/x~1y~0z": "is not known here"}),
    (
        {"age": "1", "zip": 1, "tags": [1, "ok", "B"]},
        {
            "/age": "must be a whole number",
            "/email": "is required",
            "/tags/0": "must be a text",
            "/tags/2": "does not have the expected form",
            "/zip": "is not known here",
        },
    ),
]


@pytest.mark.parametrize(("body", "expected"), INVALID)
def test_every_finding_with_its_pointer(body: Any, expected: dict[str, str]) -> None:
    sent = post_json(body)
    assert sent.status == 400
    assert sent.json["type"] == "urn:riserbo:problem:validation"
    assert sent.findings == expected
    assert calls == []


@pytest.mark.parametrize(
    "body",
    [
        {"email": "ada@example.org", "age": 0, "tags": ["a", "b"]},
        {"email": "a@b", "at": "2026-02-20T23:59:59.123456789Z"},
        {"email": "a@b", "at": "2026-02-20t23:59:59+02:00"},
        {"email": "a@b", "age": 1.0},
    ],
)
def test_what_fits_reaches_the_handler(body: dict[str, Any]) -> None:
    sent = post_json(body)
    assert sent.status == 201
    assert sent.json == {"id": "one", "body": body}


def test_values_are_never_echoed() -> None:
    sent = post_json({"email": [SECRET], "age": SECRET, "tags": [SECRET], "at": SECRET})
    assert sent.status == 400
    assert SECRET not in sent.text
    assert SECRET not in json.dumps(sent.headers)


def test_thousands_of_unknown_members_are_answered_briefly() -> None:
    sent = post_json({f"m{index}": 1 for index in range(4_000)})
    assert sent.status == 400
    assert len(sent.json["errors"]) == 100


def test_an_unknown_member_with_a_huge_name_is_not_repeated() -> None:
    sent = post_json({"email": "a@b", "n" * 50_000: 1})
    assert sent.status == 400
    assert len(sent.text) < 1_000


@pytest.mark.parametrize(
    "value",
    [
        {"email": "a@b", "tags": [["x", n] for n in range(8_000)]},
        {"email": "@" * 60_000},
        {"email": "a@b", "at": "9" * 60_000},
        {"email": "a@b", "tags": ["a" * 60_000]},
    ],
)
def test_time_is_bounded_by_the_schema(value: dict[str, Any]) -> None:
    started = time.process_time()
    with pytest.raises(BadRequest):
        validate(PERSON, value)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("date", "2028-02-29", "2027-02-29"),
        ("date", "2028-02-29", "20280229"),
        ("uuid", "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "6F9619FF8B86D011B42D00CF4FC964FF"),
        ("uri", "https://example.org/a?b", "javascript:alert(1)"),
        ("email", "a.b+c@example.org", "a b@example.org"),
        ("email", "a@b", "a@b@c"),
    ],
)
def test_formats(form: str, good: str, bad: str) -> None:
    schema = {"type": "string", "format": form}
    assert findings(schema, good) == ()
    assert [finding.pointer for finding in findings(schema, bad)] == [""]
    assert findings({"format": form}, 5) == ()


def test_the_body_schema_follows_the_notice() -> None:
    def choose(body: str) -> Any:
        headers = {"Content-Type": "application/json"}
        return send("POST", "/v1/choices", body, headers)

    assert choose('{"offers":"granted","news":"denied"}').status == 201
    assert choose('{"offers":"maybe"}').findings == {"/offers": "must be one of: granted, denied"}
    assert choose('{"profiling":"granted"}').findings == {"/profiling": "is not known here"}


def test_a_new_notice_is_obeyed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    from chalicelib.web.wiring import wired

    headers = {"Content-Type": "application/json"}
    assert send("POST", "/v1/choices", '{"news":"granted"}', headers).status == 201
    newer: Any = SimpleNamespace(digest="d2", purposes=["calls"])
    monkeypatch.setattr(wired(), "notice", lambda: newer)
    assert send("POST", "/v1/choices", '{"news":"granted"}', headers).status == 400
    assert send("POST", "/v1/choices", '{"calls":"granted"}', headers).status == 201

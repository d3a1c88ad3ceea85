"""Path, query, headers and credentials."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.web.sample import (
    CONTEXT,
    TOKEN,
    VISITOR,
    Sent,
    calls,
    event,
    handler,
    post_json,
    runs,
    send,
)

BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "value", ["", " ", "a b", "..%2f", "%00", "é", "a" * 129, "a/b", "a\n", "<x>", "S#1", 5, None]
)
def test_a_path_that_can_be_no_id_is_not_found(value: Any) -> None:
    headers = {"Content-Type": "application/json"}
    sent = send("POST", "/v1/echo/{id}", '{"email":"a@b"}', headers, path={"id": value})
    assert sent.status == 404
    assert calls == []


@pytest.mark.parametrize("value", ["a", "A-z_0.9~", "a" * 128])
def test_a_path_parameter_reaches_the_handler(value: str) -> None:
    headers = {"Content-Type": "application/json"}
    sent = send("POST", "/v1/echo/{id}", '{"email":"a@b"}', headers, path={"id": value})
    assert sent.json["id"] == value


def test_query_values_are_typed() -> None:
    sent = send("GET", "/v1/items", None, BEARER, query={"limit": ["7"], "cursor": ["abc"]})
    assert sent.json == {"query": {"limit": 7, "cursor": "abc"}}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"limit": ["0"]}, {"/query/limit": "must be at least 1"}),
        ({"limit": ["101"]}, {"/query/limit": "must be at most 100"}),
        ({"limit": ["ten"]}, {"/query/limit": "must be a whole number"}),
        ({"limit": ["٣"]}, {"/query/limit": "must be a whole number"}),
        ({"limit": ["1e1"]}, {"/query/limit": "must be a whole number"}),
        ({"limit": ["9" * 5_000]}, {"/query/limit": "must be a whole number"}),
        ({"limit": ["1", "2"]}, {"/query/limit": "is given more than once"}),
        ({"cursor": [""]}, {"/query/cursor": "does not have the expected form"}),
        ({"other": ["1"]}, {"/query/other": "is not known here"}),
        (
            {"limit": ["x"], "other": ["1"], "cursor": ["\x00"]},
            {
                "/query/cursor": "does not have the expected form",
                "/query/limit": "must be a whole number",
                "/query/other": "is not known here",
            },
        ),
    ],
)
def test_bad_queries(query: dict[str, list[str]], expected: dict[str, str]) -> None:
    sent = send("GET", "/v1/items", None, BEARER, query=query)
    assert sent.status == 400
    assert sent.findings == expected
    assert calls == []


@pytest.mark.parametrize(
    "value",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "Bearer " + "a" * 513, "Bearer é", "a"],
)
def test_credentials_of_no_use(value: str) -> None:
    sent = send("GET", "/v1/items", None, {"Authorization": value})
    assert sent.status == 401
    assert sent.headers["WWW-Authenticate"] == 'Bearer realm="riserbo"'
    assert calls == []


def test_missing_credentials() -> None:
    assert send("GET", "/v1/items").status == 401
    assert send("GET", "/v1/visits").status == 401


def test_the_bearer_token_reaches_the_handler() -> None:
    assert send("GET", "/v1/items", None, {"authorization": f"bearer {TOKEN}"}).status == 200
    assert calls[0].bearer == TOKEN
    assert TOKEN not in repr(calls[0])


def test_credentials_are_not_read_where_none_are_needed() -> None:
    sent = post_json({"email": "a@b"}, {"Authorization": "Basic x", "Riserbo-Visitor": "?"})
    assert sent.status == 201
    assert calls[0].bearer is None
    assert calls[0].visitor is None


@pytest.mark.parametrize("value", ["short", "a" * 21, "a" * 129, "a" * 30 + "!", ""])
def test_visitor_tokens_need_128_bits(value: str) -> None:
    sent = send("GET", "/v1/visits", None, {"Riserbo-Visitor": value})
    assert sent.status == 400
    assert list(sent.findings) == ["/header/Riserbo-Visitor"]


def test_a_visitor() -> None:
    sent = send("GET", "/v1/visits", None, {"Riserbo-Visitor": VISITOR})
    assert (sent.status, sent.text) == (204, "")
    assert calls[0].visitor == VISITOR


def test_a_header_given_twice() -> None:
    twice = event("GET", "/v1/visits", headers={"Riserbo-Visitor": VISITOR})
    twice["multiValueHeaders"] = {"Riserbo-Visitor": [VISITOR, VISITOR]}
    sent = Sent(handler(twice, CONTEXT))
    assert sent.status == 400
    assert sent.findings == {"/header/Riserbo-Visitor": "is given more than once"}


@pytest.mark.parametrize("value", ["", "k" * 129, "a b", "clé", "\x00"])
def test_idempotency_keys_are_bounded(value: str) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": value}
    sent = send("POST", "/v1/choices", "{}", headers)
    assert sent.status == 400
    assert list(sent.findings) == ["/header/Idempotency-Key"]


APPENDED = {"utm_source": ["x"], "fbclid": ["y", "z"], "<script>": [""], "": ["1"]}


@pytest.mark.parametrize(
    ("method", "path", "body"), [("GET", "/v1/notice", None), ("POST", "/v1/link", "token=t")]
)
def test_what_is_appended_to_addresses_of_people_is_ignored(
    method: str, path: str, body: str | None
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = send(method, path, body, headers, query=APPENDED)
    assert sent.status == 200
    assert calls[-1].query == {}


def test_what_programs_send_too_much_is_refused() -> None:
    sent = send("GET", "/v1/items", None, BEARER, query=APPENDED)
    assert sent.status == 400
    assert sent.findings.keys() == {f"/query/{name}" for name in APPENDED}


def test_findings_of_query_headers_and_body_come_together() -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "a b"}
    sent = send("POST", "/v1/choices", '{"x":1}', headers, query={"y": ["1"]})
    assert set(sent.findings) == {"/header/Idempotency-Key", "/query/y", "/x"}


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("0", False), ("true", False)])
def test_global_privacy_control(value: str, expected: bool) -> None:
    post = {"Content-Type": "application/json", "Sec-GPC": value}
    send("POST", "/v1/choices", "{}", post)
    assert runs[0].gpc is expected


def test_what_the_caller_is_told_apart_by() -> None:
    post_json({"email": "a@b"})
    assert calls[0].source_ip == "192.0.2.77"
    assert "192.0.2.77" not in repr(calls[0])
    assert "a@b" in repr(calls[0].body)

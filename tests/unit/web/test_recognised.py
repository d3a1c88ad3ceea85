"""Who calls is asked before a large body is read, and before anything is said about a body."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import BadRequest, Forbidden, TooLarge, Unauthenticated
from chalicelib.web import call as calls
from chalicelib.web.call import Call, read_call
from chalicelib.web.contract import HTML, JSON, MARKDOWN, MAX_BODY, Auth, Response
from chalicelib.web.wiring import wired
from tests.unit.web.sample import ECHO, TOKEN, event

BEARER = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
BODIES = [
    "",
    "{",
    "[]",
    "null",
    '{"email": "no address"}',
    '{"email": "a@b", "x": 1}',
    "[" * 60_000,
]
BY_BEARER = (Auth.SESSION, Auth.SERVICE, Auth.STAFF)


def read(auth: Auth, body: str, max_body: int = MAX_BODY, **more: Any) -> Call:
    operation = replace(ECHO, auth=auth, max_body=max_body)
    sent = event("POST", ECHO.path, body, BEARER, path={"id": "a"}, **more)
    return read_call(operation, sent, {"id": "a"}, "id")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """Everybody is somebody: who was asked."""
    known: list[Call] = []
    monkeypatch.setattr(wired(), "recognise", known.append)
    return known


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is known."""

    def refuse(call: Call) -> None:
        assert call.bearer == TOKEN
        raise Unauthenticated("There is no such session, or it has ended.")

    monkeypatch.setattr(wired(), "recognise", refuse)


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("auth", BY_BEARER)
@pytest.mark.parametrize("body", [*BODIES, "x" * (MAX_BODY + 1)], ids=range(len(BODIES) + 1))
def test_who_is_nobody_is_told_so_whatever_the_body(auth: Auth, body: str) -> None:
    with pytest.raises(Unauthenticated):
        read(auth, body)
    with pytest.raises(Unauthenticated):
        read(auth, body, max_body=8 * MAX_BODY)


@pytest.mark.usefixtures("nobody")
def test_nor_is_anything_else_said_of_what_was_sent() -> None:
    wrong: dict[str, Any] = {
        "queryStringParameters": {"x": "1"},
        "multiValueQueryStringParameters": {"x": ["1"]},
    }
    with pytest.raises(Unauthenticated):
        read(Auth.STAFF, '{"email": "a@b"}', **wrong)
    offers = {200: Response("It.", media_types=(JSON, HTML, MARKDOWN))}
    operation = replace(ECHO, auth=Auth.SESSION, answers=offers)
    sent = event("POST", ECHO.path, "{}", {**BEARER, "Accept": "image/png"}, path={"id": "a"})
    with pytest.raises(Unauthenticated):
        read_call(operation, sent, {"id": "a"}, "id")


@pytest.mark.parametrize("auth", BY_BEARER)
def test_a_large_body_is_read_of_somebody_only(
    auth: Auth, monkeypatch: pytest.MonkeyPatch, nobody: None
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the body was read")

    for reader in ("_body", "read_json"):
        monkeypatch.setattr(calls, reader, never)
    with pytest.raises(Unauthenticated):
        read(auth, json.dumps({"email": "a@b"}), max_body=MAX_BODY + 1)


def test_somebody_without_the_right_is_told_that(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Call) -> None:
        raise Forbidden("This is for staff only.", type="staff-only")

    monkeypatch.setattr(wired(), "recognise", refuse)
    with pytest.raises(Forbidden):
        read(Auth.STAFF, "{")


@pytest.mark.parametrize("auth", BY_BEARER)
def test_of_what_is_well_formed_nothing_is_asked_twice(auth: Auth, asked: list[Call]) -> None:
    found = read(auth, '{"email": "a@b"}')
    assert asked == []  # the handler asks, together with what else it reads
    assert not found.recognised
    found = read(auth, '{"email": "a@b"}', max_body=MAX_BODY + 1)
    assert len(asked) == 1
    assert found.recognised
    assert found.body == {"email": "a@b"}


@pytest.mark.parametrize("auth", BY_BEARER)
def test_somebody_hears_what_is_wrong(auth: Auth, asked: list[Call]) -> None:
    with pytest.raises(BadRequest):
        read(auth, "{}")
    with pytest.raises(TooLarge):
        read(auth, "x" * (MAX_BODY + 1))
    with pytest.raises(BadRequest):
        read(auth, "{}", max_body=MAX_BODY + 1)
    assert len(asked) == 3


@pytest.mark.parametrize("auth", [Auth.NONE, Auth.LINK, Auth.VISITOR_OR_SESSION])
def test_where_nobody_has_to_be_known_nobody_is_asked(auth: Auth, asked: list[Call]) -> None:
    with pytest.raises(BadRequest):
        read(auth, "{}")
    assert asked == []


def by_browser(auth: Auth, token: str = "b" * 32, *, visitor: bool = True) -> Call:
    operation = replace(ECHO, auth=auth, visitor=visitor)
    headers = {"Riserbo-Visitor": token, "Content-Type": "application/json"}
    sent = event("POST", ECHO.path, '{"email": "a@b"}', headers, path={"id": "a"})
    return read_call(operation, sent, {"id": "a"}, "id")


def test_the_token_of_a_browser_opens_requests_that_say_so() -> None:
    found = by_browser(Auth.REQUEST)
    assert (found.bearer, found.visitor) == (None, "b" * 32)
    with pytest.raises(Unauthenticated):
        by_browser(Auth.REQUEST, visitor=False)
    with pytest.raises(BadRequest):
        by_browser(Auth.REQUEST, "short")


@pytest.mark.parametrize("auth", BY_BEARER)
def test_and_stands_for_no_other_bearer(auth: Auth) -> None:
    with pytest.raises(Unauthenticated):
        by_browser(auth)

"""Where a proxy stands in front, nobody is answered who comes past it."""

from __future__ import annotations

import hashlib
import json

import pytest

from chalicelib.web.proxy import HEADER
from functions.http.site import handler

SECRET, NEXT = "5e" * 32, "7a" * 32


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def status(sent: dict[str, str], path: str = "/nothing/here") -> int:
    """How a request with these headers is answered: 404 is the function's own, by the path."""
    event = {
        "requestContext": {"resourcePath": path, "httpMethod": "GET", "requestId": "r"},
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
    }
    answer = handler(event, None)
    if answer["statusCode"] == 403:
        problem = json.loads(answer["body"])
        assert problem["type"] == "urn:riserbo:problem:forbidden"
        assert SECRET not in answer["body"]
    return int(answer["statusCode"])


def test_without_a_proxy_everybody_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RISERBO_PROXY_SECRET_HASH", raising=False)
    assert status({}) == 404
    assert status({HEADER: "anything"}) == 404


@pytest.mark.parametrize(
    "sent", [{}, {HEADER: ""}, {HEADER: "no"}, {HEADER: _hash(SECRET)}, {HEADER: "\ud800"}]
)
def test_past_the_proxy_nothing_is_answered(
    monkeypatch: pytest.MonkeyPatch, sent: dict[str, str]
) -> None:
    monkeypatch.setenv("RISERBO_PROXY_SECRET_HASH", _hash(SECRET))
    assert status(sent) == 403
    assert status(sent, "/openapi.json") == 403


def test_through_it_all_is_answered_also_while_its_secret_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RISERBO_PROXY_SECRET_HASH", f"{_hash(SECRET)},{_hash(NEXT)}")
    for name in (HEADER, HEADER.lower()):
        assert status({name: SECRET}) == status({name: NEXT}) == 404
    monkeypatch.setenv("RISERBO_PROXY_SECRET_HASH", _hash(NEXT))
    assert status({HEADER: SECRET}) == 403

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import Unauthenticated
from chalicelib.web.call import Call
from chalicelib.web.idempotency import caller_of, is_remembered, payload_hash
from chalicelib.web.wiring import wired
from tests.unit.web.conftest import MemoryStore
from tests.unit.web.sample import CONTEXT, LINK, TOKEN, VISITOR, Sent, event, handler, runs, send

JSON_TYPE = {"Content-Type": "application/json"}


def choose(body: str = '{"offers":"granted"}', key: str | None = "key-1", **headers: str) -> Sent:
    sent = JSON_TYPE | ({"Idempotency-Key": key} if key else {}) | headers
    return send("POST", "/v1/choices", body, sent)


def test_a_repeat_gets_the_same_bytes_and_runs_once() -> None:
    first, second = choose(), choose()
    assert first.status == second.status == 201
    assert first.raw == second.raw
    assert first.headers["Location"] == "/v1/choices/1"
    assert len(runs) == 1


def test_without_a_key_each_request_runs() -> None:
    choose(key=None)
    choose(key=None)
    assert len(runs) == 2


def test_the_same_content_written_otherwise_is_the_same() -> None:
    choose('{"offers":"granted","news":"denied"}')
    assert choose('{ "news": "denied", "offers": "granted" }').status == 201
    assert len(runs) == 1


def test_another_payload_is_refused() -> None:
    choose()
    sent = choose('{"offers":"denied"}')
    assert sent.status == 422
    assert len(runs) == 1


def test_in_flight_is_refused(store: MemoryStore) -> None:
    choose()
    ((place, (payload, _)),) = store.claims.items()
    store.claims[place] = (payload, None)
    assert choose().status == 409
    assert len(runs) == 1


def test_a_refusal_gives_the_key_back(store: MemoryStore) -> None:
    assert choose(**{"Sec-GPC": "1"}).status == 409
    assert store.claims == {}
    assert choose().status == 201


def test_a_refusal_that_is_answered_gives_the_key_back(store: MemoryStore) -> None:
    assert choose(**{"X-Refuse": "1"}).status == 409
    assert store.claims == {}


def test_a_failure_gives_the_key_back(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full(list[Any]):
        def append(self, item: Any) -> None:
            raise MemoryError

    monkeypatch.setattr("tests.unit.web.sample.runs", Full())
    assert choose().status == 500
    assert store.claims == {}
    store.broken = "abandon"
    assert choose().status == 500
    assert "idempotency.not_abandoned" in capsys.readouterr().out


def test_an_answer_survives_a_store_that_cannot_keep_it(
    store: MemoryStore, capsys: pytest.CaptureFixture[str]
) -> None:
    store.broken = "finish"
    assert choose().status == 201
    assert "idempotency.not_finished" in capsys.readouterr().out
    assert choose().status == 409


def test_callers_do_not_share_keys() -> None:
    assert choose(**{"Riserbo-Visitor": VISITOR}).json == {"run": 1}
    assert choose(**{"Riserbo-Visitor": "w" * 43}).json == {"run": 2}
    assert choose(Authorization=f"Bearer {TOKEN}").json == {"run": 3}
    assert choose().json == {"run": 4}
    elsewhere = event("POST", "/v1/choices", '{"offers":"granted"}', JSON_TYPE)
    elsewhere["headers"]["Idempotency-Key"] = "key-1"
    elsewhere["requestContext"]["identity"]["sourceIp"] = "198.51.100.1"
    assert Sent(handler(elsewhere, CONTEXT)).json == {"run": 5}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.250", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:1::1", "2001:db8:1:ffff::2", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        (None, "not an address", True),
        ("192.0.2.1", None, False),
    ],
)
def test_strangers_are_told_apart_by_network(
    one: str | None, other: str | None, same: bool
) -> None:
    first, second = caller_of("op", None, None, one), caller_of("op", None, None, other)
    assert (first == second) is same
    assert one is None or one not in first


@pytest.mark.parametrize("body", ['{"offers":"granted"}', '{"offers":"denied"}'])
def test_who_may_not_call_any_more_learns_nothing(
    monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    """Neither the answer nor, with another payload, that the key was used."""
    who = {"Authorization": f"Bearer {TOKEN}"}
    assert choose(**who).status == 201

    def refuse(call: Call) -> None:
        raise Unauthenticated("ended")

    monkeypatch.setattr(wired(), "recognise", refuse)
    refused = choose(body, **who)
    assert refused.status == 401
    assert "run" not in refused.text
    assert len(runs) == 1


def test_the_first_time_the_operation_asks_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Call] = []
    monkeypatch.setattr(wired(), "recognise", asked.append)
    choose(key="first")
    assert asked == []
    choose(key="first")
    assert len(asked) == 1


def give(**headers: str) -> Sent:
    sent = JSON_TYPE | {"Idempotency-Key": "accept-all"} | headers
    return send("POST", "/v1/gifts", "{}", sent)


def test_a_token_is_repeated_only_to_who_has_one(store: MemoryStore) -> None:
    assert [give().json["token"] for _ in "ab"] == [1, 2]
    assert store.claims == {}
    assert {give(**{"Riserbo-Visitor": VISITOR}).json["token"] for _ in "ab"} == {3}
    assert {give(Authorization=f"Bearer {TOKEN}").json["token"] for _ in "ab"} == {4}


def test_a_link_is_never_remembered() -> None:
    assert not is_remembered(replace(LINK, idempotent=True), None, None)


def test_callers_are_told_apart_by_operation_and_kind_of_token() -> None:
    digests = {
        caller_of("a", "x", None, None),
        caller_of("b", "x", None, None),
        caller_of("a", None, "x", None),
        caller_of("a", None, None, "x"),
    }
    assert len(digests) == 4


def test_what_is_kept_tells_nothing_without_the_key(store: MemoryStore) -> None:
    choose(Authorization=f"Bearer {TOKEN}", key="my-own-key")
    kept = json.dumps([[*place, claim[0]] for place, claim in store.claims.items()])
    assert TOKEN not in kept
    assert "my-own-key" not in kept
    assert "granted" not in kept
    assert payload_hash("k1", {}, {}, {"a": 1}) != payload_hash("k2", {}, {}, {"a": 1})


def test_an_operation_that_is_not_idempotent_ignores_the_key(store: MemoryStore) -> None:
    headers = JSON_TYPE | {"Idempotency-Key": "key with spaces"}
    sent = send("POST", "/v1/link", '{"token":"x"}', headers)
    assert sent.status == 200
    assert store.claims == {}

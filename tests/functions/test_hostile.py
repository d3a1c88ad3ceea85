"""Whatever is sent, the answer is a problem that says what is wrong, and nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from infra.local.stack import ORIGINS
from tests.functions import hostile, people, tables
from tests.functions.api import HTML, Api, pointers, problem, whats_wrong_with
from tests.functions.people import Person
from tests.functions.stack import DeployedStack

POSTS = (
    "/v1/accounts",
    "/v1/accounts/verification",
    "/v1/sessions",
    "/v1/consents",
    "/v1/requests",
)
LISTS = ("/v1/sessions", "/v1/consents/ledger", "/v1/requests", "/v1/notices")
PAGES = ("/v1/notice", "/v1/cookies", "/v1/health", "/docs", "/openapi.json", "/v1/account")
FREE = {"/profile/identity/name", "/password", "/details", "/event_id"}
"""Members that may hold any text; it is sealed or hashed, and never shown as HTML."""


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def person(api: Api) -> Person:
    return people.signed_in(api)


@pytest.fixture(scope="module")
def valid(api: Api) -> dict[str, dict[str, Any]]:
    """A body that would be accepted, for each POST."""
    decisions = {
        "notice_version": api.notice_version(),
        "decisions": {"surveys": "granted"},
        "source": "banner",
        "locale": "it",
        "event_id": "one",
        "evidence": api.get("/v1/notice").headers["Riserbo-Notice-Evidence"],
    }
    profile = {"identity": {"name": "A Name", "phone": "+390612345678"}}
    return {
        "/v1/accounts": people.registration(
            api, people.new_address(), decisions={"surveys": "denied"}, profile=profile
        ),
        "/v1/accounts/verification": {"token": f"{'a' * 26}.{'b' * 43}"},
        "/v1/sessions": {"email": "nobody@example.com", "password": "no such password"},
        "/v1/consents": decisions,
        "/v1/requests": {"right": "copy", "details": "Please.", "locale": "en"},
    }


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_stored(stack: DeployedStack, person: Person) -> Iterator[None]:
    before = held(stack)
    yield
    assert held(stack) == before


def held(stack: DeployedStack) -> tuple[list[str], list[int], int]:
    """The keys of all items, how many messages there are, and how many mails were sent."""
    keys = sorted(
        f"{item['pk']['S']} {item['sk']['S']}"
        for table in tables.TABLES
        for item in tables.scan(stack, table)
    )
    messages = [tables.waiting(stack, queue) for queue in tables.QUEUES]
    return keys, messages, len(stack.mails())


@pytest.mark.parametrize("path", POSTS)
def test_bodies(api: Api, person: Person, valid: dict[str, dict[str, Any]], path: str) -> None:
    who = person.headers if path in ("/v1/consents", "/v1/requests") else {}
    found, before = [], held(api.stack)
    for name, body, headers, expected in hostile.bodies(valid[path], FREE):
        answer = api.post(path, data=body, headers={**who, **headers})
        wrong = whats_wrong_with(answer)
        if not wrong and answer.status_code not in expected:
            wrong = f"{answer.status_code} instead of {expected}: {answer.text[:150]}"
        if wrong:
            found.append(f"{name}: {wrong}")
    assert found == []
    assert held(api.stack) == before


@pytest.mark.parametrize("name", hostile.FORMS)
@pytest.mark.parametrize("accept", ["application/json", HTML])
def test_forms(api: Api, name: str, accept: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
    answer = api.post("/v1/accounts/verification", data=hostile.FORMS[name], headers=headers)
    if accept != HTML:
        assert whats_wrong_with(answer) == ""
        return
    assert 400 <= answer.status_code < 500
    assert answer.headers["Content-Type"].startswith(HTML)
    assert "<script" not in answer.text


@pytest.mark.parametrize("path", LISTS)
def test_queries_of_lists(api: Api, person: Person, path: str) -> None:
    found = []
    for query in hostile.QUERIES:
        wrong = whats_wrong_with(api.get(f"{path}?{query}", headers=person.headers))
        if wrong:
            found.append(f"{query[:50]}: {wrong}")
    assert found == []


@pytest.mark.parametrize("number", ["9" * 13, "9" * 30, "-1", "1e3", "x", "\u0661"])
def test_a_cursor_of_the_ledger_is_a_number(api: Api, person: Person, number: str) -> None:
    cursor = hostile.cursor(json.dumps({"id": number}))
    answer = api.get("/v1/consents/ledger", headers=person.headers, params={"cursor": cursor})
    assert pointers(problem(answer, 400)) == ["/query/cursor"]


@pytest.mark.parametrize("path", PAGES)
def test_queries_of_pages(api: Api, person: Person, path: str) -> None:
    found = []
    for query in (one for one in hostile.QUERIES if not one.startswith(("limit", "cursor"))):
        wrong = whats_wrong_with(api.get(f"{path}?{query}", headers=person.headers))
        if wrong:
            found.append(f"{query[:50]}: {wrong}")
    assert found == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/notices/{}"),
        ("GET", "/v1/requests/{}"),
        ("GET", "/v1/requests/{}/export"),
        ("GET", "/v1/{}"),
    ],
)
def test_paths(api: Api, person: Person, method: str, path: str) -> None:
    found = []
    for segment in hostile.SEGMENTS:
        answer = api.call(method, path.format(segment), headers=person.headers)
        wrong = whats_wrong_with(answer)
        if wrong:
            found.append(f"{segment[:50]}: {wrong}")
    assert found == []


@pytest.mark.parametrize(("headers", "status"), hostile.HEADERS)
@pytest.mark.parametrize("path", ["/v1/consents", "/v1/consents/ledger"])
def test_credentials(api: Api, path: str, headers: dict[str, str], status: int) -> None:
    sent = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    problem(api.get(path, headers=sent), status)


@pytest.mark.parametrize("path", ["/v1/account", "/v1/sessions", "/v1/requests"])
def test_a_visitor_is_no_account(api: Api, path: str) -> None:
    problem(api.get(path, headers=people.visitor(people.new_visitor())), 401)


def test_all_findings_come_at_once(api: Api, valid: dict[str, dict[str, Any]]) -> None:
    body = {
        **valid["/v1/accounts"],
        "locale": "xx",
        "decisions": {"nonsense": "granted", "surveys": "perhaps"},
        "profile": {"identity": {"shoe_size": "43"}},
        "more": 1,
        "password": "short",
    }
    del body["email"]
    assert pointers(problem(api.post("/v1/accounts", json=body), 400)) == [
        "/decisions/nonsense",
        "/decisions/surveys",
        "/email",
        "/locale",
        "/more",
        "/password",
        "/profile/identity/shoe_size",
    ]


def test_what_was_sent_is_not_repeated(api: Api, valid: dict[str, dict[str, Any]]) -> None:
    body = {**valid["/v1/accounts"], "email": "my-secret-address", "password": "my-secret"}
    assert "my-secret" not in api.post("/v1/accounts", json=body).text


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nothing", "/v2/notice", "/v1/accounts/x/y"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_is_not_found(api: Api, method: str, path: str) -> None:
    problem(api.call(method, path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/notice", {"GET", "OPTIONS"}),
        ("PUT", "/v1/accounts", {"POST", "OPTIONS"}),
        ("PATCH", "/v1/consents", {"GET", "POST", "OPTIONS"}),
        ("GET", "/v1/accounts", {"POST", "OPTIONS"}),
        ("POST", "/v1/sessions/current", {"DELETE", "OPTIONS"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    api: Api, method: str, path: str, allowed: set[str]
) -> None:
    answer = api.call(method, path)
    problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == allowed


def preflight(api: Api, origin: str) -> requests.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = api.call("OPTIONS", "/v1/consents", headers=asked)
    assert answer.status_code in (200, 204)
    return answer


@pytest.mark.parametrize("origin", ORIGINS.split(","))
def test_an_allowed_site_may_call(api: Api, origin: str) -> None:
    headers = preflight(api, origin).headers
    assert headers["Access-Control-Allow-Origin"] == origin
    assert {"GET", "POST"} <= set(headers["Access-Control-Allow-Methods"].split(", "))
    wanted = {"Authorization", "Content-Type", "Idempotency-Key", "Riserbo-Visitor"}
    assert wanted <= set(headers["Access-Control-Allow-Headers"].split(", "))
    assert "Access-Control-Allow-Credentials" not in headers
    answer = api.get("/v1/notice", headers={"Origin": origin})
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    exposed = answer.headers["Access-Control-Expose-Headers"]
    assert {"ETag", "Riserbo-Notice-Version", "Riserbo-Notice-Evidence"} <= set(exposed.split(", "))
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000.evil"])
def test_a_foreign_site_may_not(api: Api, origin: str) -> None:
    for answer in (preflight(api, origin), api.get("/v1/notice", headers={"Origin": origin})):
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Access-Control-Allow-Methods" not in answer.headers

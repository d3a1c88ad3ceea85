"""Whatever is sent, the answer is a problem that says what is wrong, and nothing is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import requests

from chalicelib.web.pages.contract import Session
from functions.http.site import OPERATIONS
from functions.pages import page_operations
from infra.local.stack import ORIGINS
from tests.functions import desk, hostile, people, tables
from tests.functions.api import HTML, Api, pointers, problem, whats_wrong_with
from tests.functions.bodies import Accepted, accepted
from tests.functions.commands import make_key
from tests.functions.pages import SAME
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.strangers import all_mail_is_out
from tests.functions.test_malformed import WRITES

WITH_BODY = [one.id for one in OPERATIONS if one.body and one.id not in WRITES]
"""Operations that get these bodies: the table of test_malformed, for the others, has them all."""

FORMS = [
    one.path.format(id="a" * 26, token="a" * 26)
    for one in page_operations()
    if one.method == "POST" and one.session is Session.NONE
]
"""The forms that anybody may send who has no session."""

BEHIND_LINKS = [
    one.path.format(id="a" * 26)
    for one in page_operations()
    if one.method == "GET" and "token" in one.query
]
LISTS = [operation.path for operation in OPERATIONS if "cursor" in operation.query]
PAGES = (
    "/v1/notice",
    "/v1/cookies",
    "/v1/health",
    "/docs",
    "/openapi.json",
    "/v1/account",
    "/v1/accounts/form",
    "/v1/notices",
    "/.well-known/security.txt",
    "/.well-known/gpc.json",
    "/.well-known/jwks.json",
)
FOR_PROGRAMS = ("/v1/account", "/v1/accounts/form", "/v1/notices")
"""What no address leads to that people open: who sends too much is told so."""


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def person(api: Api) -> Person:
    return people.signed_in(api)


@pytest.fixture(scope="module")
def staff(api: Api) -> Person:
    return desk.officer(api)[0]


@pytest.fixture(scope="module")
def known(api: Api, person: Person, staff: Person) -> dict[str, Accepted]:
    """A body that would be accepted, for each operation that takes one."""
    scopes = "introspection,accounts,decisions,disclosures,records,answers"
    key = make_key(api.stack, "hostile", scopes, recipient="aws")[1]
    return accepted(api, person, staff, key)


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_stored(
    stack: DeployedStack, known: dict[str, Accepted], person: Person
) -> Iterator[None]:
    """That all tests of this file together change no item: to read them all takes seconds.

    But for the last use of a session, which is noted every few minutes.
    """
    all_mail_is_out(stack)
    before = set(tables.everything(stack)), under_way(stack)
    yield
    after = set(tables.everything(stack)), under_way(stack)
    assert [one for one in sorted(after[0] ^ before[0]) if "core#limit#use" not in one] == []
    assert after[1] == before[1]


def under_way(stack: DeployedStack) -> tuple[list[int], int]:
    """How many messages there are, and how many mails were sent."""
    return [tables.waiting(stack, queue) for queue in tables.QUEUES], len(stack.mails())


@pytest.mark.parametrize("id", WITH_BODY)
def test_bodies(api: Api, known: dict[str, Accepted], id: str) -> None:
    (operation,) = [one for one in OPERATIONS if one.id == id]
    valid, found, before = known[id], [], under_way(api.stack)
    path = operation.path.format(id=valid.id)
    for name, body, headers, expected in hostile.bodies(
        valid.body, valid.free, valid.nullable, valid.open, operation.max_body
    ):
        answer = api.call(operation.method, path, data=body, headers={**valid.headers, **headers})
        wrong = whats_wrong_with(answer)
        if not wrong and answer.status_code not in expected:
            wrong = f"{answer.status_code} instead of {expected}: {answer.text[:150]}"
        if wrong:
            found.append(f"{name}: {wrong}")
    assert found == []
    assert under_way(api.stack) == before


@pytest.mark.parametrize("path", FORMS)
def test_forms(api: Api, path: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": HTML, **SAME}
    found = []
    for name, form in hostile.FORMS.items():
        if wrong := what_a_page_does_wrong(api.post(path, data=form, headers=headers)):
            found.append(f"{name}: {wrong}")
    assert found == []


def what_a_page_does_wrong(answer: requests.Response) -> str:
    """Why an answer is no proper refusal for a person; empty if it is one."""
    if not 400 <= answer.status_code < 500:
        return f"status {answer.status_code}"
    if not answer.headers["Content-Type"].startswith(HTML):
        return f"{answer.status_code} with content type {answer.headers['Content-Type']}"
    return "a script" if "<script" in OWN_SCRIPT.sub("", answer.text) else ""


OWN_SCRIPT = re.compile(r'<script src="[^"<>]*/assets/[0-9a-f]+\.js" defer></script>')
"""The one script of all pages, a file of ours."""


@pytest.mark.parametrize("path", BEHIND_LINKS)
def test_tokens_in_addresses_of_pages(api: Api, path: str) -> None:
    found = []
    for query in (*(f"token={token}" for token in hostile.TOKENS), "", "token=", "token=a&token=b"):
        answer = api.get(f"{path}?{query}", headers={"Accept": HTML})
        if answer.status_code not in (200, 400):
            found.append(f"{query[:50]}: status {answer.status_code}")
        elif not answer.headers["Content-Type"].startswith(HTML):
            found.append(f"{query[:50]}: {answer.headers['Content-Type']}")
        elif re.search(r"<script|\bonmouseover=alert|49", _without_style(answer.text)):
            found.append(f"{query[:50]}: shown as it is")
    assert found == []


def _without_style(page: str) -> str:
    """A page's own content, with what is quoted in attributes taken for text."""
    page = OWN_SCRIPT.sub("", re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL))
    return re.sub(r'"[^"]*"', "", page)


@pytest.mark.parametrize("path", LISTS)
def test_queries_of_lists(api: Api, person: Person, staff: Person, path: str) -> None:
    found, caller = [], staff if path.startswith("/v1/desk/") else person
    for query in hostile.QUERIES:
        wrong = whats_wrong_with(api.get(f"{path}?{query}", headers=caller.headers))
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
    for query in (*hostile.LANGUAGES, *hostile.APPENDED):
        answer = api.get(f"{path}?{query}", headers=person.headers)
        expected = 400 if path in FOR_PROGRAMS and query in hostile.APPENDED else 200
        assert answer.status_code == expected, f"{query[:50]}: {answer.text[:200]}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/notices/{}"),
        ("GET", "/v1/requests/{}"),
        ("GET", "/v1/requests/{}/export"),
        ("GET", "/v1/requests/{}/receipt"),
        ("GET", "/v1/{}"),
        ("GET", "/v1/account/{}"),
        ("POST", "/v1/account/{}"),
        ("PUT", "/v1/account/{}"),
        ("PUT", "/v1/accounts/{}/reference"),
        ("GET", "/v1/desk/notices/{}"),
        ("GET", "/v1/desk/notices/{}/announcement"),
    ],
)
def test_paths(api: Api, person: Person, staff: Person, method: str, path: str) -> None:
    found, caller = [], staff if path.startswith("/v1/desk/") else person
    for segment in hostile.SEGMENTS:
        answer = api.call(method, path.format(segment), headers=caller.headers)
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


def test_all_findings_come_at_once(api: Api, known: dict[str, Accepted]) -> None:
    body = {
        **known["registerAccount"].body,
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


def test_what_was_sent_is_not_repeated(api: Api, known: dict[str, Accepted]) -> None:
    body = {**known["registerAccount"].body, "email": "my-secret-address", "password": "my-secret"}
    assert "my-secret" not in api.post("/v1/accounts", json=body).text


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nothing", "/v2/notice", "/v1/accounts/x/y"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_is_not_found(api: Api, method: str, path: str) -> None:
    # People may look at the root, and programs get the banner's script by its name below /v1.
    expected = 405 if path in ("/", "/v1/nothing") and method != "GET" else 404
    problem(api.call(method, path), expected)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/notice", {"GET", "HEAD", "OPTIONS"}),
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

"""What other software looks for at fixed places: security.txt, a new password, a signal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.web.security import HEADERS
from tests.functions.api import HTML, Api, ok, problem
from tests.functions.stack import DeployedStack

SECURITY = "/.well-known/security.txt"
PASSWORD = "/.well-known/change-password"
GPC = "/.well-known/gpc.json"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def fields(api: Api) -> dict[str, str]:
    """The fields of the file; each may come once."""
    answer = api.get(SECURITY)
    assert answer.status_code == 200, answer.text
    pairs = [line.partition(": ")[::2] for line in answer.text.splitlines()]
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names)
    return dict(pairs)


def test_security_txt_is_a_text_that_may_be_kept_for_a_day(api: Api) -> None:
    answer = api.get(SECURITY)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert answer.text.endswith("\n")


def test_security_txt_says_whom_to_tell_and_where_it_belongs(api: Api) -> None:
    found = fields(api)
    contact = ok(api.get("/v1/notice"))["document"]["controller"]["email"]
    assert found["Contact"] == f"mailto:{contact}"
    assert found["Canonical"] == api.base_url + SECURITY
    assert found["Preferred-Languages"] == "it, en"
    assert found.keys() == {"Contact", "Canonical", "Preferred-Languages", "Expires"}


def test_security_txt_is_renewed_every_day(right_clock: DeployedStack) -> None:
    api = Api(right_clock)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    expires = datetime.fromisoformat(fields(api)["Expires"])
    assert expires in (today + timedelta(days=180), today + timedelta(days=181))
    right_clock.move_clock(int(timedelta(days=10).total_seconds()))
    moved = datetime.fromisoformat(fields(api)["Expires"])
    assert moved - expires in (timedelta(days=10), timedelta(days=11))


def test_password_managers_are_led_to_a_page(api: Api) -> None:
    answer = api.get(PASSWORD)
    assert (answer.status_code, answer.content) == (302, b"")
    assert answer.headers["Location"] == f"{api.base_url}/account/password"
    page = api.get("/account/password", headers={"Accept": HTML})
    assert page.status_code == 303  # nobody is signed in: first to there, and then back
    assert page.headers["Location"] == f"{api.base_url}/sign-in?to=%2Faccount%2Fpassword"


def test_browsers_learn_that_their_signal_is_honoured(api: Api) -> None:
    notice = ok(api.get("/v1/notice"))
    assert notice["document"]["cookies"]["banner"]["signal"]
    answer = api.get(GPC)
    assert ok(answer) == {"gpc": True, "lastUpdate": notice["effective_at"][:10]}
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    unchanged = api.get(GPC, headers={"If-None-Match": answer.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_what_is_not_well_known_is_not_there(api: Api) -> None:
    # A password manager asks for this address first, to learn whether statuses can be believed.
    strange = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200"
    problem(api.get(strange), 404)


@pytest.mark.parametrize("path", [SECURITY, PASSWORD, GPC])
def test_they_can_only_be_read(api: Api, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = api.call(method, path)
        problem(answer, 405)
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    plain, longer = api.get(path), api.get(f"{path}?next=https://elsewhere.example&lang=it_IT")
    assert (longer.status_code, longer.content) == (plain.status_code, plain.content)
    assert longer.headers.get("Location") == plain.headers.get("Location")
    headed = api.call("HEAD", path)
    assert (headed.status_code, headed.content) == (plain.status_code, b"")


def test_an_unknown_address_has_the_headers_of_all_answers(api: Api) -> None:
    answer = api.get("/nothing/here")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    for name, value in HEADERS.items():
        # Pages of ours may know where their reader came from.
        expected = "same-origin" if name == "Referrer-Policy" else value
        assert answer.headers[name] == expected, name

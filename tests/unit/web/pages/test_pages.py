"""Pages: headers, languages, sessions, refusals."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.web.pages import cookie
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.pages.destinations import HOME, destination
from chalicelib.web.pages.view import operations
from chalicelib.web.request import Headers
from chalicelib.web.wiring import wired
from tests.unit.web.pages import sample
from tests.unit.web.pages.sample import OVER, TOKEN, get, signed_in
from tests.unit.web.sample import CONTEXT, ORIGIN, Sent, event


def test_a_page_allows_its_own_style_and_is_for_its_own_site() -> None:
    sent = get("/things", {"Origin": ORIGIN})
    digest = base64.b64encode(hashlib.sha256(b"p{}").digest()).decode()
    assert sent.headers["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'self'; "
        "connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    assert sent.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert sent.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" in sent.headers
    assert "Permissions-Policy" in sent.headers
    assert "Access-Control-Allow-Origin" not in sent.headers
    assert sent.headers["Cache-Control"] == "no-store"
    assert sent.headers["Content-Language"] == "it"


def test_the_address_of_a_page_with_a_token_is_told_to_nobody() -> None:
    assert get("/things").headers["Referrer-Policy"] == "no-referrer"
    assert get("/open").headers["Referrer-Policy"] == "same-origin"


def test_a_shared_page_never_reads_the_cookie() -> None:
    sent = get("/shared", signed_in())
    assert sent.text.endswith("it False None")
    assert sent.headers["Cache-Control"] == "public, max-age=60"
    with pytest.raises(ValueError, match="showMine"):
        PageOperation("showMine", "GET", "/mine", Session.OPTIONAL, shares=60)


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("en", "it", "en"),
        ("en-GB", "it", "en"),
        ("xx", "en", "en"),
        ("", "en-US,en;q=0.8", "en"),
        ("", "ja", "it"),
    ],
)
def test_the_language_is_the_address_s_then_the_browser_s(
    asked: str, accepted: str, language: str
) -> None:
    sent = get("/shared", {"Accept-Language": accepted}, {"lang": asked} if asked else {})
    assert f"</style>{language} " in sent.text


def test_links_to_other_languages_keep_the_address() -> None:
    sent = get("/things", query={"token": "t1", "done": "made", "utm": "x"})
    assert sent.text.endswith(f"{sample.URL}/things?token=t1&amp;lang=en")


def test_an_account_s_language_goes_before_the_browser_s_but_not_before_the_address_s() -> None:
    assert get("/open").text == "False en"
    assert get("/open", query={"lang": "it"}).text == "False it"


def test_only_the_cookie_s_own_form_counts() -> None:
    def read(header: str) -> str | None:
        return cookie.session_token(Headers({"cookie": [header]}))

    assert read(f"{cookie.NAME}={TOKEN}") == TOKEN
    assert read(f"a=b;{cookie.NAME}={TOKEN}; c") == TOKEN
    assert read(f"{cookie.NAME}={TOKEN}; {cookie.NAME}={OVER}") is None
    assert read(f"riserbo-session={TOKEN}") is None
    assert read(f"{cookie.NAME}={TOKEN}x") is None
    assert read("") is None


def own(headers: dict[str, str], **query: str) -> Sent:
    return get("/account/{id}", headers, query, {"id": "7"})


def test_a_page_of_a_session_leads_to_signing_in_and_back() -> None:
    sent = own({}, page="2", lang="en")
    assert sent.status == 303
    assert sent.headers["Location"] == (
        f"{sample.URL}/sign-in?to=%2Faccount%2F7%3Fpage%3D2&lang=en"
    )
    assert "Set-Cookie" not in sent.headers
    assert destination("/account/7?page=2") == "/account/7?page=2"


def test_the_cookie_of_a_session_that_is_over_is_removed() -> None:
    sent = own(signed_in(OVER))
    assert sent.status == 303
    assert sent.headers["Set-Cookie"].startswith(f"{cookie.NAME}=; Max-Age=0;")
    again = get("/open", signed_in(OVER))
    assert (again.status, again.headers["Location"]) == (303, f"{sample.URL}/open")
    assert again.headers["Set-Cookie"].startswith(f"{cookie.NAME}=; Max-Age=0;")


def test_a_page_of_a_session_knows_its_tab() -> None:
    assert own(signed_in()).text.startswith("7 own ")


@pytest.mark.parametrize("parameter", ["a b", "../x", "é"])
def test_an_impossible_id_is_a_page_that_is_not_there(parameter: str) -> None:
    sent = get("/account/{id}", signed_in(), parameters={"id": parameter})
    assert sent.status == 404
    assert sent.text.startswith("<!doctype html>")


def test_a_refusal_is_a_page_for_people_and_a_problem_for_programs() -> None:
    sent = get("/account/{id}", signed_in(), parameters={"id": "others"})
    assert sent.status == 403
    assert f'href="{sample.URL}/"' in sent.text
    assert sent.headers["Cache-Control"] == "no-store"
    raw = sample.handler(
        event(
            "GET", "/account/{id}", None, {"Accept": "*/*", **signed_in()}, None, {"id": "others"}
        ),
        CONTEXT,
    )
    assert json.loads(raw["body"])["type"] == "urn:riserbo:problem:forbidden"


def test_a_page_answers_head() -> None:
    sent = get("/things", method="HEAD")
    assert (sent.status, sent.text) == (200, "")


@pytest.mark.parametrize(
    "text",
    [
        "/account",
        "/account/choices",
        "/account/requests?cursor=abc-_&limit=20",
        "/requests/new?right=copy",
    ],
)
def test_signing_in_leads_back_to_our_pages(text: str) -> None:
    assert destination(text) == text


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "/",
        "account",
        "//evil.example",
        "//evil.example/account",
        "/\\evil.example",
        "\\\\evil.example",
        "/account//evil.example",
        "/account/../../evil",
        "/account/./x",
        "/%2f%2fevil.example",
        "/account/%2e%2e/x",
        "/account%0d%0aSet-Cookie:x",
        "/account\r\nX: y",
        "/account\t",
        " /account",
        "/account\n",
        "/account#x",
        "/account@evil.example",
        "/account:80",
        "https://evil.example/account",
        "javascript:alert(1)",
        "/account?x=%0a",
        "/account?next=//evil.example",
        "/sign-out",
        "/sign-in?to=/account",
        "/v1/account",
        "/openapi.json",
        "/account/" + "a" * 600,
        "/accoùnt",
    ],
)
def test_signing_in_leads_nowhere_else(text: str | None) -> None:
    assert destination(text) == HOME


def test_what_a_blueprint_serves_is_known() -> None:
    assert {one.id for one in operations(sample.bp)} >= {"showThing", "sendThing", "makeOwn"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_former_address_leads_to_the_page_with_its_query(method: str) -> None:
    query = {"token": "a.b-c_d", "lang": "en", "x": "ù&="}
    sent = get("/v1/things", query=query, method=method)
    assert sent.status == 303
    to = urlsplit(sent.headers["Location"])
    assert f"{to.scheme}://{to.netloc}{to.path}" == f"{sample.URL}/things"
    assert parse_qs(to.query) == {name: [value] for name, value in query.items()}
    assert sent.headers["Cache-Control"] == "no-store"
    assert sent.headers["Referrer-Policy"] == "no-referrer"


def test_a_former_address_keeps_its_parameters() -> None:
    sent = get("/v1/things/{id}", parameters={"id": "one"})
    assert sent.headers["Location"] == f"{sample.URL}/account/one"
    assert get("/v1/things/{id}", parameters={"id": "//evil.example"}).status == 404


def test_what_no_page_takes_is_a_page_for_people() -> None:
    sent = Sent(sample.handler(event("PUT", "/shared", None, {"Accept": "text/html"}), CONTEXT))
    assert (sent.status, sent.headers["Allow"]) == (405, "GET, HEAD")
    assert sent.text.startswith("<!doctype html>")
    sent = Sent(sample.handler(event("PUT", "/shared", None, {"Accept": "*/*"}), CONTEXT))
    assert sent.json["type"] == "urn:riserbo:problem:method-not-allowed"


def test_without_a_notice_a_person_still_gets_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_reach() -> None:
        raise OSError("table out of reach")

    monkeypatch.setattr(wired(), "notice", out_of_reach)
    sent = get("/things")
    assert sent.status == 500
    assert sent.text.startswith("<!doctype html>")
    assert CONTEXT.aws_request_id in sent.text

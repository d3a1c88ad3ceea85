"""Answers: security headers, CORS, problems, pages, conditional requests, logs."""

from __future__ import annotations

import json

import pytest
from chalice.app import Chalice
from chalice.test import Client

from chalicelib.pages.assets import style_sources
from chalicelib.web import view
from chalicelib.web.answer import Answer
from chalicelib.web.conditional import not_modified
from chalicelib.web.wiring import wired
from tests.unit.core.samples import shipped
from tests.unit.web import sample
from tests.unit.web.accessible import check_accessible
from tests.unit.web.sample import ORIGIN, REQUEST_ID, SECRET, Sent, post_json, send


@pytest.fixture(scope="module")
def whole_app() -> Chalice:
    """As app.py makes it, after the capability's own Lambda took its routes."""
    app = Chalice("whole", configure_logs=False, env={})
    app.register_blueprint(sample.bp)
    return app


SECURITY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Riserbo-Request-Id": REQUEST_ID,
}


def every_sort_of_answer() -> list[Sent]:
    return [
        post_json({"email": "a@b"}),
        post_json("x"),
        send("GET", "/v1/items"),
        send("GET", "/v1/fail"),
        send("GET", "/v1/fail", query={"how": ["unwritable"]}),
        send("GET", "/v1/nowhere"),
        send("DELETE", "/v1/items"),
        send("OPTIONS", "/v1/items"),
    ]


def test_security_headers_on_every_answer() -> None:
    answers = every_sort_of_answer()
    assert [sent.status for sent in answers] == [201, 400, 401, 500, 500, 404, 405, 204]
    for sent in answers:
        assert {name: sent.headers.get(name) for name in SECURITY} == SECURITY
        assert "Origin" in sent.headers["Vary"]


def test_pages_bring_their_own_style_and_script_and_nothing_else() -> None:
    sent = send("GET", "/v1/notice", headers={"Accept": "text/html"})
    policy = sent.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"style-src {style_sources(sent.text)}; script-src 'self';" in policy
    assert sent.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert sent.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_handlers_own_headers_win() -> None:
    sent = send("GET", "/v1/notice")
    assert sent.headers["Cache-Control"] == "public, max-age=60"


def test_cors_names_one_of_several_origins() -> None:
    for origin in (ORIGIN, "https://b.example"):
        sent = post_json({"email": "a@b"}, {"Origin": origin})
        assert sent.headers["Access-Control-Allow-Origin"] == origin
        exposed = sent.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"ETag", "Retry-After", "Riserbo-Sample", "Riserbo-Request-Id"} <= set(exposed)
        assert {"WWW-Authenticate", "x-amzn-Remapped-WWW-Authenticate"} <= set(exposed)
        assert "Access-Control-Allow-Credentials" not in sent.headers


@pytest.mark.parametrize(
    "origin", [None, "https://evil.example", "null", "*", ORIGIN + ".evil.example", ORIGIN + "/"]
)
def test_other_origins_get_nothing(origin: str | None) -> None:
    sent = post_json({"email": "a@b"}, {"Origin": origin} if origin else None)
    assert sent.status == 201
    assert not [name for name in sent.headers if name.startswith("Access-Control")]
    assert sent.headers["Vary"] == "Accept, Accept-Language, Origin"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/fail", 500), ("GET", "/v1/nowhere", 404), ("PUT", "/v1/items", 405)],
)
def test_refusals_can_be_read_across_origins(method: str, path: str, status: int) -> None:
    sent = send(method, path, headers={"Origin": ORIGIN})
    assert sent.status == status
    assert sent.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_preflight() -> None:
    sent = send("OPTIONS", "/v1/choices", headers={"Origin": ORIGIN})
    assert (sent.status, sent.text) == (204, "")
    assert sent.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert sent.headers["Access-Control-Allow-Methods"] == "POST"
    allowed = sent.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Authorization", "Content-Type", "Idempotency-Key", "Riserbo-Visitor"} <= set(allowed)
    assert int(sent.headers["Access-Control-Max-Age"]) > 0


def test_preflight_of_a_stranger() -> None:
    sent = send("OPTIONS", "/v1/choices", headers={"Origin": "https://evil.example"})
    assert sent.status == 204
    assert not [name for name in sent.headers if name.startswith("Access-Control")]


def test_a_preflight_belongs_to_the_module_of_its_handler(whole_app: Chalice) -> None:
    modules = {
        entry.view_function.__module__
        for methods in whole_app.routes.values()
        for entry in methods.values()
    }
    assert modules == {sample.__name__}


def test_a_problem_says_everything() -> None:
    sent = send("GET", "/v1/fail", query={"how": ["limit"]})
    assert sent.status == 429
    assert sent.headers["Retry-After"] == "7"
    assert sent.headers["Content-Type"] == "application/problem+json"
    assert sent.json == {
        "type": "urn:riserbo:problem:too-many-requests",
        "title": "Too many requests",
        "status": 429,
        "detail": "Wait.",
        "errors": [],
    }


@pytest.mark.parametrize("how", ["", "unwritable", "header"])
def test_the_unexpected_tells_only_an_id(how: str, capsys: pytest.CaptureFixture[str]) -> None:
    sent = send("GET", "/v1/fail", query={"how": [how]})
    assert sent.status == 500
    assert sent.json["instance"] == f"urn:riserbo:request:{REQUEST_ID}"
    assert SECRET not in json.dumps(sent.raw)
    logged = capsys.readouterr().out
    assert SECRET not in logged
    lines = [json.loads(line) for line in logged.splitlines()]
    failed = [line for line in lines if line["level"] == "ERROR"]
    assert len(failed) == 1
    assert failed[0]["request_id"] == REQUEST_ID
    assert failed[0]["error"] in ("builtins.ValueError", "builtins.TypeError")
    assert any(":fail" in place or ":_written" in place for place in failed[0]["trace"])


def test_a_notice_that_is_too_old_answers_503_and_only_the_log_names_what_it_lacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sent = send("GET", "/v1/fail", query={"how": ["old"]})
    assert (sent.status, sent.json["type"]) == (503, "urn:riserbo:problem:notice-too-old")
    assert "extended" not in sent.text
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = [line for line in lines if line["event"] == "http.notice_too_old"]
    assert [line["missing"] for line in told] == ["records/request/extended"]


def test_a_problem_of_ours_is_logged_without_its_detail(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert send("GET", "/v1/fail", query={"how": ["teapot"]}).status == 500
    logged = capsys.readouterr().out
    assert "chalicelib.errors.Problem" in logged
    assert SECRET not in logged


def test_every_answer_is_logged_without_personal_data(
    capsys: pytest.CaptureFixture[str],
) -> None:
    post_json({"email": SECRET})
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert line.pop("milliseconds") >= 0
    assert line == {
        "level": "INFO",
        "event": "http.answered",
        "operation": "echo",
        "request_id": REQUEST_ID,
        "status": 201,
    }


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ('"abc"', 304),
        ('W/"abc"', 304),
        ('"x", "abc"', 304),
        ("*", 304),
        ('"ab"', 200),
        ("abc", 200),
    ],
)
def test_conditional_get(tag: str, status: int) -> None:
    sent = send("GET", "/v1/notice", headers={"If-None-Match": tag})
    assert sent.status == status
    assert sent.headers["ETag"] == '"abc"'
    assert (sent.text == "") is (status == 304)


def test_tags_compare_weakly_and_only_for_get() -> None:
    weak = Answer(200, "x", {"ETag": 'W/"abc"'})
    assert not_modified("GET", '"abc"', weak).status == 304
    assert not_modified("GET", '"other"', weak) is weak
    assert not_modified("POST", '"abc"', weak) is weak
    assert not_modified("GET", "*", Answer(200, "x")).status == 200
    assert not_modified("GET", "*", Answer(404, "x", weak.headers)).status == 404


def test_a_request_is_forgotten_once_it_is_answered() -> None:
    post_json({"email": SECRET})
    with pytest.raises(LookupError):
        view._current.get()


def test_programs_get_no_page() -> None:
    sent = send("GET", "/v1/items", headers={"Accept": "text/html"})
    assert sent.status == 401
    assert sent.headers["Content-Type"] == "application/problem+json"


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_form_is_read_like_json() -> None:
    sent = send("POST", "/v1/link", "token=a%2Bb+c%C3%A8", FORM)
    assert sent.json == {"token": "a+b cè"}
    sent = send("POST", "/v1/link", '{"token":"x"}', {"Content-Type": "application/json"})
    assert sent.json == {"token": "x"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ("", "/token"),
        ("token=", "/token"),
        ("other=1&token=a", "/other"),
        ("token=a&token=b", "/token"),
        ("token=%", ""),
        ("token=%ff", ""),
        ("token=%00", ""),
        ("token=é", ""),
        ("token=" + "a" * 201, "/token"),
        ("a=1&" * 60, ""),
    ],
)
def test_bad_forms(body: str, pointer: str) -> None:
    sent = send("POST", "/v1/link", body, FORM)
    assert sent.status == 400
    assert list(sent.findings) == [pointer]


def test_a_form_too_large() -> None:
    assert send("POST", "/v1/link", "token=" + "a" * 70_000, FORM).status == 413


def test_a_form_where_none_is_taken() -> None:
    assert send("POST", "/v1/choices", "offers=granted", FORM).status == 415


@pytest.mark.parametrize(
    ("language", "title"),
    [("it", "Richiesta non valida"), ("en", "The request is not valid"), ("de", "Richiesta")],
)
def test_people_get_a_page_about_what_went_wrong(language: str, title: str) -> None:
    headers = {**FORM, "Accept": "text/html,*/*;q=0.8", "Accept-Language": language}
    sent = send("POST", "/v1/link", "token=" + "<b>" * 100, headers)
    assert sent.status == 400
    assert sent.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"<h1>{title}" in sent.text
    assert "<b>" not in sent.text


def test_a_refusal_stands_in_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wired(), "notice", shipped)
    headers = {**FORM, "Accept": "text/html,*/*;q=0.8", "Accept-Language": "it"}
    sent = send("POST", "/v1/link", "token=" + "<b>" * 100, headers)
    assert sent.status == 400
    check_accessible(sent.text, "it")
    assert 'href="https://privacy.example/?lang=it"' in sent.text


@pytest.mark.parametrize("accept", ["application/json", "text/html", "text/markdown"])
@pytest.mark.parametrize("tag", [None, '"abc"'])
def test_head_answers_as_get_without_a_body(accept: str, tag: str | None) -> None:
    headers = {"Accept": accept} | ({"If-None-Match": tag} if tag else {})
    got, headed = (send(method, "/v1/notice", headers=headers) for method in ("GET", "HEAD"))
    assert (headed.status, headed.headers) == (got.status, got.headers)
    assert headed.text == ""


def test_head_of_what_fails_has_no_body_either() -> None:
    sent = send("HEAD", "/v1/fail", query={"how": ["limit"]})
    assert (sent.status, sent.text) == (429, "")
    assert sent.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/v1/items", "/v1/visits", "/v1/link", "/v1/choices"])
def test_head_of_what_nobody_looks_at_is_no_method(path: str) -> None:
    assert send("HEAD", path, headers={"Authorization": "Bearer x"}).status == 405


def test_through_chalices_own_client(whole_app: Chalice) -> None:
    with Client(whole_app) as client:
        answer = client.http.post(
            "/v1/echo/one",
            headers={"Content-Type": "application/json"},
            body=b'{"email":"a@b"}',
        )
        assert answer.status_code == 201
        assert answer.json_body == {"id": "one", "body": {"email": "a@b"}}
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        refused = client.http.post("/v1/echo/one", headers={"Content-Type": "text/plain"})
        assert refused.status_code == 415
        assert refused.headers["Content-Type"] == "application/problem+json"
    # The blueprint now belongs to that app; its own Lambda must not notice.
    assert post_json({"email": "a@b"}).status == 201

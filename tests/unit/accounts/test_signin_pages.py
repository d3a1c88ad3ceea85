"""The pages of signing in, in every language and under every notice."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.accounts.contract import signin_pages as contract
from chalicelib.accounts.service import signin, tickets
from chalicelib.accounts.service.signin import NewSession, TicketNotValid
from chalicelib.catalogue import STORED
from chalicelib.errors import TooManyRequests, Unauthenticated
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.pages.languages import languages
from chalicelib.web.pages.cookie import NAME
from chalicelib.web.wiring import wired
from functions.http.sessions import handler
from tests.unit.core.samples import NOW, association, association_document, shipped, shipped_in
from tests.unit.web.accessible import check_accessible
from tests.unit.web.pages.sample import SAME, TOKEN
from tests.unit.web.sample import CONTEXT, Sent, event

PUBLIC = "https://privacy.example"
FORM = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"} | SAME
TICKET = f"code.{'0' * 64}.1700000000.{'1' * 64}"
LONG = "/account/requests?cursor=" + "x" * 400


@pytest.fixture(autouse=True)
def noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    under(monkeypatch, shipped())
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)


def under(monkeypatch: pytest.MonkeyPatch, notice: Notice) -> None:
    monkeypatch.setattr(wired(), "notice", lambda: notice)


def show(path: str, headers: dict[str, str] | None = None, **query: str) -> Sent:
    asked = {name: [value] for name, value in query.items()}
    sent = {"Accept": "text/html", **(headers or {})}
    return Sent(handler(event("GET", path, None, sent, asked), CONTEXT))


def send(path: str, body: str, headers: dict[str, str] | None = None) -> Sent:
    asked = {"lang": ["en"]}
    return Sent(handler(event("POST", path, body, FORM | (headers or {}), asked), CONTEXT))


def begun(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    def begin(*_: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(signin, "begin", begin)
    monkeypatch.setattr(signin, "go_on", begin)


@pytest.mark.parametrize("locale", languages())
def test_the_pages_are_whole_in_every_language(
    monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    under(monkeypatch, shipped_in(locale))
    for done in ("", *sorted(contract.SIGN_IN.done)):
        check_accessible(show("/sign-in", lang=locale, done=done, to=LONG).text, locale)
    check_accessible(
        show("/sign-in/code", {"Cookie": f"{NAME}={TICKET}"}, lang=locale).text, locale
    )


def test_another_organisation_s_notice_shows_its_own_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    under(monkeypatch, association())
    sent = show("/sign-in")
    check_accessible(sent.text, "en")
    assert association().site_name in sent.text
    assert shipped().site_name not in sent.text


def test_where_nobody_registers_there_is_no_such_page(monkeypatch: pytest.MonkeyPatch) -> None:
    document = association_document()
    document["forms"] = []
    under(monkeypatch, compile_notice(document, STORED))
    assert show("/sign-in").status == 404
    assert send("/sign-in", "email=ada%40example.org&password=x").status == 404


def test_the_session_goes_into_the_cookie_and_the_page_that_asked_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    begun(monkeypatch, NewSession(TOKEN, NOW + tickets.VALID))
    form = "email=ada%40example.org&password=x&to=%2Faccount%2Fchoices"
    sent = send("/sign-in", form)
    assert (sent.status, sent.headers["Location"]) == (303, f"{PUBLIC}/account/choices?lang=en")
    assert sent.headers["Set-Cookie"].startswith(f"{NAME}={TOKEN}; Max-Age=600; Path=/; Secure")
    evil = send("/sign-in", form.replace("%2Faccount%2Fchoices", "%2F%2Fevil.example"))
    assert evil.headers["Location"] == f"{PUBLIC}/account?lang=en"


def test_the_ticket_goes_into_the_cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    begun(monkeypatch, TICKET)
    sent = send("/sign-in", "email=ada%40example.org&password=x")
    assert sent.headers["Location"] == f"{PUBLIC}/sign-in/code?lang=en"
    assert sent.headers["Set-Cookie"].startswith(f"{NAME}={TICKET}; Max-Age=600;")


def test_a_refused_sign_in_shows_the_form_again(monkeypatch: pytest.MonkeyPatch) -> None:
    begun(monkeypatch, Unauthenticated("No.", type="not-signed-in"))
    sent = send("/sign-in", "email=ada%40example.org&password=secret-word&to=%2Faccount")
    assert sent.status == 401
    assert re.search(r"<title>Error: ", sent.text)
    assert 'value="ada@example.org"' in sent.text
    assert 'name="to" value="/account"' in sent.text
    assert "secret-word" not in sent.text
    begun(monkeypatch, TooManyRequests("Wait.", retry_after=600))
    sent = send("/sign-in", "email=ada%40example.org&password=x")
    assert (sent.status, sent.headers["Retry-After"]) == (429, "600")
    assert "10 minutes" in sent.text


def test_each_error_of_the_summary_names_its_field() -> None:
    text = send("/sign-in", "email=nobody&password=").text
    assert '<a href="#field-email">E-mail address: ' in text
    assert '<a href="#field-password">Password: Please fill in this field.</a>' in text


def test_a_ticket_that_ended_leads_back_to_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    begun(monkeypatch, TicketNotValid("Too late."))
    sent = send("/sign-in/code", "code=123456", {"Cookie": f"{NAME}={TICKET}"})
    assert sent.headers["Location"] == f"{PUBLIC}/sign-in?done=again&lang=en"
    assert "Max-Age=0" in sent.headers["Set-Cookie"]

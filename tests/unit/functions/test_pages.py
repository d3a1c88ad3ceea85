"""All pages and forms that there are: none acts for another site, none shows itself unasked."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.pages.navigation import ACCOUNT
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.pages.destinations import destination
from chalicelib.web.pages.view import operations
from chalicelib.web.wiring import wired
from functions.pages import modules
from tests.unit.core.samples import shipped
from tests.unit.web.pages.sample import SAME, TOKEN, signed_in
from tests.unit.web.sample import CONTEXT, Sent, event

FORM = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
PUBLIC = "https://privacy.example"


def served() -> Iterator[tuple[str, PageOperation]]:
    for name, module in modules().items():
        yield from ((name, operation) for operation in operations(module.bp))


HANDLERS: dict[str, Any] = {
    name: importlib.import_module(f"functions.http.{name}").handler for name in modules()
}
"""The functions, each loaded before a test gives the kernel a notice: loading wires it anew."""

FORMS = [pytest.param(name, one, id=one.id) for name, one in served() if one.method == "POST"]
OF_SESSIONS = [
    pytest.param(name, one, id=one.id)
    for name, one in served()
    if one.method == "POST" and one.session is not Session.NONE
]


@pytest.fixture(autouse=True)
def of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """No store is there: a form that came as far as its use case would fail with 500."""
    monkeypatch.setattr(wired(), "notice", shipped)
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)


def send(name: str, one: PageOperation, headers: dict[str, str], body: str | None = None) -> Sent:
    sent = event(one.method, one.path, body, headers, None, parameters(one))
    return Sent(HANDLERS[name](sent, CONTEXT))


def parameters(one: PageOperation) -> dict[str, str]:
    """Something for each parameter of the path."""
    return dict.fromkeys(re.findall(r"\{(\w+)\}", one.path), "x")


def test_every_tab_of_the_account_opens_a_page() -> None:
    pages = {one.path for _, one in served() if one.method == "GET"}
    for tab in ACCOUNT:
        assert {tab.path, *(path for _, path in tab.pages)} <= pages


@pytest.mark.parametrize("site", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
@pytest.mark.parametrize(("name", "one"), FORMS)
def test_a_form_of_another_site_is_refused(
    name: str, one: PageOperation, site: dict[str, str]
) -> None:
    sent = send(name, one, FORM | site | signed_in(), "email=ada%40example.org")
    assert sent.status == 403
    assert sent.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("body", ["", "form=", f"form={TOKEN}"])
@pytest.mark.parametrize(("name", "one"), OF_SESSIONS)
def test_a_form_without_the_session_s_token_is_refused(
    name: str, one: PageOperation, body: str
) -> None:
    assert send(name, one, FORM | SAME | signed_in(), body).status == 403


def test_a_page_of_a_session_leads_to_signing_in_and_back() -> None:
    for name, one in served():
        if one.method != "GET" or one.session is not Session.REQUIRED:
            continue
        sent = send(name, one, {"Accept": "text/html"})
        assert sent.status == 303, one.id
        to = urlsplit(sent.headers["Location"])
        assert to.path == "/sign-in"
        (asked,) = parse_qs(to.query)["to"]
        assert destination(asked) == asked == one.address(parameters(one))

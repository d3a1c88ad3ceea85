"""The pages of accounts as axe judges them, in the states that differ, refused ones too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from chalicelib.pages.languages import languages
from chalicelib.web.wiring import wired
from tests.browser.judge import NARROW, faults
from tests.unit.accounts.visitor import ONCE, PUBLIC, TOKEN, opened, sent
from tests.unit.core.samples import shipped_in

LINK = {"token": TOKEN}
WRONG = {"once": ONCE, "email": "nobody", "password": "short", "profile.identity.phone": "12"}

STATES: dict[str, Callable[[str], str]] = {
    "sign-in": lambda one: opened("sessions", "/sign-in", {"done": "verified"}, one).text,
    "sign-in refused": lambda one: sent("sessions", "/sign-in", {"email": "nobody"}, one).text,
    "second factor refused": lambda one: sent("sessions", "/sign-in/code", {}, one).text,
    "nothing there": lambda one: opened("site", "/{proxy+}", {}, one).text,
    "registration": lambda one: opened("accounts", "/register", {}, one).text,
    "registration refused": lambda one: sent("accounts", "/register", WRONG, one).text,
    "link": lambda one: opened("accounts", "/verification", LINK, one).text,
    "code refused": lambda one: sent("accounts", "/verification", {"once": ONCE}, one).text,
    "proven": lambda one: opened("accounts", "/verification", {"done": "proven"}, one).text,
    "disavowal": lambda one: opened("accounts", "/disavowal", LINK, one).text,
    "kept": lambda one: opened("accounts", "/account/keep", {"done": "kept"}, one).text,
    "new password": lambda one: opened("credentials", "/password/new", LINK, one).text,
    "link is over": lambda one: opened("credentials", "/password/new", {}, one).text,
}


@pytest.fixture(autouse=True)
def of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wired(), "notice", lambda: shipped_in(*languages()))
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)


@pytest.mark.parametrize("state", STATES)
def test_axe_has_nothing_to_say(judge: Page, state: str) -> None:
    assert faults(judge, STATES[state]("it")) == []


@pytest.mark.parametrize(
    "state", ["registration refused", "link", "code refused", "sign-in refused"]
)
@pytest.mark.parametrize("language", [one for one in languages() if one != "it"])
def test_no_language_goes_beyond_a_phone(judge: Page, state: str, language: str) -> None:
    judge.set_viewport_size({"width": NARROW, "height": 900})
    judge.set_content(STATES[state](language))
    assert judge.evaluate("document.documentElement.scrollWidth") <= NARROW


def test_the_summary_of_errors_leads_to_the_field(judge: Page) -> None:
    judge.set_content(STATES["registration refused"]("it"))
    judge.locator(".summary a").nth(1).click()
    assert judge.evaluate("document.activeElement.id") == "field-password"

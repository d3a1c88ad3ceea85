"""The pages of requests as axe judges them, in the states that differ, refused ones too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from chalicelib.pages.languages import languages
from chalicelib.requests.machine import Action
from chalicelib.requests.model import Message
from chalicelib.web.wiring import wired
from tests.browser.judge import NARROW, faults
from tests.unit.core.samples import NOW, shipped_in
from tests.unit.requests.asker import (
    HOSTILE,
    ID,
    LEFT,
    PUBLIC,
    listed,
    opened,
    request,
    sent,
    shown,
)

WRONG = {"right": "rectify", "email": "nobody", "changes.identity.phone": "12"}
TOLD = Message(NOW, "person", f"{HOSTILE}\n{'x' * 4_000}")
RESTRICT = {"right": "restrict"}

STATES: dict[str, Callable[[str], str]] = {
    "choice": lambda one: opened("/requests/new", {}, one).text,
    "restriction": lambda one: opened("/requests/new", RESTRICT, one).text,
    "refused": lambda one: sent("/requests/new", WRONG, one).text,
    "code refused": lambda one: sent(f"/requests/{ID}/confirm", {}, one).text,
    "erasure": lambda one: shown(
        one, request("erase", Action.START, begins_at=NOW + timedelta(hours=72)), TOLD
    ),
    "erased": lambda one: shown(
        one, request("erase", Action.APPROVE, Action.COMPLETE, kept=(LEFT,))
    ),
    "copy": lambda one: shown(one, request("copy", Action.APPROVE, Action.COMPLETE)),
    "list": lambda one: listed(one, request("erase"), request("copy", Action.PAUSE)),
}


@pytest.fixture(autouse=True)
def of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wired(), "notice", lambda: shipped_in(*languages()))
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)


@pytest.mark.parametrize("state", STATES)
def test_axe_has_nothing_to_say(judge: Page, state: str) -> None:
    assert faults(judge, STATES[state]("it")) == []


@pytest.mark.parametrize("state", ["refused", "erasure", "list"])
@pytest.mark.parametrize("language", [one for one in languages() if one != "it"])
def test_no_language_goes_beyond_a_phone(judge: Page, state: str, language: str) -> None:
    judge.set_viewport_size({"width": NARROW, "height": 900})
    judge.set_content(STATES[state](language))
    assert judge.evaluate("document.documentElement.scrollWidth") <= NARROW

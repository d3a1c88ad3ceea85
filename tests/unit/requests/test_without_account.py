"""Somebody without an account follows a request on pages, from the mail to the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.requests.machine import Action, Status
from chalicelib.requests.model import timed
from chalicelib.requests.pages.confirmation import download_page
from chalicelib.requests.pages.course import request_page
from chalicelib.requests.service import access, proof
from chalicelib.requests.service.exports import Issued
from chalicelib.vault import service as vault
from chalicelib.web.pages.cookie import form_token
from chalicelib.web.wiring import wired
from functions.http.requests import handler
from tests.unit.accounts.world import mac
from tests.unit.core.samples import NOW, association, shipped, shipped_in
from tests.unit.requests.asker import HOSTILE, ID, ONCE, PUBLIC, TOKEN, request, visit
from tests.unit.requests.test_by_address import account, asked, found, link
from tests.unit.requests.world import World
from tests.unit.web.accessible import check_accessible
from tests.unit.web.conftest import MemoryStore
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import CONTEXT, Sent, event

NAME = "__Host-riserbo-session"
PATHS = re.compile(r"(/v1|/account)?/requests/(?P<id>[a-z2-7]{26})(/\w+)?\Z")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(vault, "address_mac", mac)
    monkeypatch.setattr(vault, "new_key", vault.new_visitor_key)
    monkeypatch.setenv("RISERBO_LIMITS", "mail.address=20")
    made = World(monkeypatch)
    monkeypatch.setattr(wired(), "notice", lambda: made.notice)
    answers = MemoryStore()
    monkeypatch.setattr(wired(), "idempotency", lambda: answers)
    return made


@dataclass
class Browser:
    """A browser that keeps the cookie, follows each redirect, and fills in the forms of a page."""

    language: str = "en"
    cookie: str = ""
    place: str = ""
    page: Sent = field(init=False)
    cookies: list[str] = field(default_factory=list)

    def open(self, place: str, **query: str) -> Sent:
        """Opens an address, and what it leads to."""
        parts = urlsplit(place)
        asked = {"lang": self.language, **query}
        asked |= dict(one.split("=", 1) for one in parts.query.split("&") if one)
        return self._sent("GET", parts.path, None, asked)

    def send(self, place: str, **typed: str) -> Sent:
        """Sends a form, with what a form of the page holds unseen."""
        unseen: dict[str, str] = {}
        if place.startswith("/account"):
            unseen = {"once": ONCE, "form": form_token(self.cookie.removeprefix("request."))}
        return self._sent("POST", place, urlencode(unseen | typed), {"lang": self.language})

    def _sent(self, method: str, path: str, body: str | None, query: Mapping[str, str]) -> Sent:
        headers = {"Accept": "text/html", **SAME}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self.cookie:
            headers["Cookie"] = f"{NAME}={self.cookie}"
        known = PATHS.match(path)
        place = path.replace(known["id"], "{id}") if known else path
        parameters = {"id": known["id"]} if known else {}
        asked = {name: [value] for name, value in query.items()}
        sent = Sent(handler(event(method, place, body, headers, asked, parameters), CONTEXT))
        kept = sent.headers.get("Set-Cookie", "")
        if kept:
            self.cookies.append(kept)
            self.cookie = kept.partition("=")[2].partition(";")[0]
        self.place = path
        if sent.status == 303:
            to = sent.headers["Location"].removeprefix(PUBLIC)
            assert not self.cookie or self.cookie.removeprefix("request.") not in to, "it leaks"
            if not urlsplit(to).path.startswith(("/requests", "/account/requests")):
                self.place, self.page = to, sent
                return sent
            return self.open(to)
        self.page = sent
        return sent


def confirmed(world: World, right: str = "erase") -> tuple[Browser, str]:
    """A browser that pressed the button of the mail, and the request's id."""
    number, browser = asked(world, right), Browser()
    token = link(world, number)
    browser.open(f"/v1/requests/{number}/verification?token={token}")
    assert browser.place == f"/requests/{number}/confirm"
    assert browser.page.headers["Referrer-Policy"] == "no-referrer"
    assert browser.page.headers["Cache-Control"] == "no-store"
    assert found(world, number).status == Status.AWAITING_VERIFICATION
    browser.send(f"/requests/{number}/confirm", token=token)
    return browser, number


def test_a_request_is_followed_added_to_and_withdrawn(world: World) -> None:
    browser, number = confirmed(world)
    one = f"/account/requests/{number}"
    assert (browser.place, browser.page.status) == (one, 200)
    tree = check_accessible(browser.page.text, "en")
    kept = browser.cookies[-1]
    assert kept.startswith(f"{NAME}=request.{number}.")
    assert "Max-Age=86400; Path=/; Secure; HttpOnly; SameSite=Lax" in kept
    key = browser.cookie.removeprefix("request.")
    # The key is in the page and its cookie, and in no address.
    assert f'value="{key}"' in browser.page.text
    assert f'name="form" value="{form_token(key)}"' in browser.page.text
    assert not any(key in str(one.get("href", "")) for one in tree.all("a"))
    assert not any(key in str(one["action"]) for one in tree.all("form"))
    assert browser.page.headers["Cache-Control"] == "no-store"
    whole = browser.page.text
    assert 'class="tabs"' not in whole, "nobody is signed in"
    assert f"{PUBLIC}/sign-in" in whole
    assert f"{PUBLIC}/sign-out" not in whole
    browser.send(one, act="message", text=f"I mean {HOSTILE}")
    assert browser.page.status == 200
    assert words("course", "en")["done_sent"] in browser.page.text
    assert "<script>alert" not in browser.page.text
    browser.send(one, act="message", text="  ")
    assert browser.page.status == 400
    check_accessible(browser.page.text, "en")
    for _ in range(2):  # a second press is the first
        browser.send(one, act="cancel")
        assert browser.page.status == 200
    assert found(world, number).status == Status.CANCELLED
    assert 'value="cancel"' not in browser.page.text


def test_the_key_opens_the_request_elsewhere_and_a_wrong_one_does_not(world: World) -> None:
    browser, number = confirmed(world)
    key = browser.cookie.removeprefix("request.")
    other = Browser()
    other.open(f"/account/requests/{number}")
    assert other.place.startswith("/sign-in?to="), "it may be that of an account"
    for wrong in (key[:-1], f"{key}x", "x", TOKEN, world.token, HOSTILE):
        other.send("/requests", key=wrong[:200])
        assert (other.page.status, other.cookies) == (400, [])
        check_accessible(other.page.text, "en")
        assert "#field-key" in other.page.text
        assert "<script>alert" not in other.page.text
    other.send("/requests", key=f" {key[:30]} {key[30:]} ")
    assert (other.place, other.page.status) == (f"/account/requests/{number}", 200)
    other.send(f"/account/requests/{number}", act="close")
    assert (other.place, other.cookie) == ("/requests", "")
    assert words("confirmation", "en")["done_left"] in other.page.text
    assert found(world, number).status == Status.RECEIVED


def test_a_key_of_another_request_or_one_that_is_over_leads_to_the_field(world: World) -> None:
    browser, number = confirmed(world)
    second, _ = confirmed(world, "restrict")
    acts: tuple[Callable[[], Sent], ...] = (
        lambda: second.open(f"/account/requests/{number}"),
        lambda: second.send(f"/account/requests/{number}", act="cancel"),
        lambda: second.send(f"/account/requests/{number}/download"),
        lambda: second.open(f"/account/requests/{number}/receipt"),
        lambda: second.send(f"/account/requests/{number}", act="confirm"),
    )
    for act in acts:
        act()
        assert (second.place, second.page.status) == ("/requests", 200)
        assert words("confirmation", "en")["over"] in second.page.text
    assert found(world, number).status == Status.RECEIVED
    browser.send(f"/account/requests/{number}", act="cancel")
    world.now += access.VALID
    browser.open(f"/account/requests/{number}")
    assert browser.place == "/requests"


def test_no_other_page_takes_its_holder_for_signed_in(world: World) -> None:
    browser, _ = confirmed(world)
    browser.open("/account/requests")
    assert browser.place.startswith("/sign-in?to=")
    browser.open("/requests/new")
    assert f"{PUBLIC}/sign-out" not in browser.page.text
    assert f"{PUBLIC}/requests?lang=en" in browser.page.text


def test_a_second_press_opens_the_request_again_and_a_late_one_says_how_to_go_on(
    world: World,
) -> None:
    number = asked(world)
    token, confirm = link(world, number), f"/requests/{number}/confirm"
    first, second, late = Browser(), Browser(), Browser()
    for browser in (first, second):
        browser.open(f"{confirm}?token={token}&utm_source=x")
        browser.send(confirm, token=token)
        assert (browser.place, browser.page.status) == (f"/account/requests/{number}", 200)
    assert first.cookie != second.cookie
    first.open(f"/account/requests/{number}")
    assert first.place == f"/account/requests/{number}", "the first key still opens it"
    assert len(found(world, number).history) == 2, "it was proven once"
    world.now += proof.AGAIN + timedelta(seconds=1)
    late.open(f"{confirm}?token={token}")
    late.send(confirm, token=token)
    assert (late.place, late.cookies) == (confirm, [])
    said = words("requests", "en")
    assert said["proven_before_title"] in late.page.text
    assert f"{PUBLIC}/requests?lang=en" in late.page.text


def test_a_code_opens_the_request_again_for_ten_minutes(world: World) -> None:
    number = asked(world)
    confirm = f"/requests/{number}/confirm"
    world.work_off()
    (code,) = re.findall(r"^\s*(\d{8})\s*$", world.ses.taken[-1].get_content(), re.MULTILINE)
    for _ in range(2):
        browser = Browser()
        browser.open(confirm)
        browser.send(confirm, code=code)
        assert browser.place == f"/account/requests/{number}"
    world.now += proof.AGAIN + timedelta(seconds=1)
    late = Browser()
    late.send(confirm, code=code)
    assert (late.page.status, late.cookies) == (422, [])


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("language", languages())
def test_the_answer_to_the_button_has_the_copy(language: str) -> None:
    issued = Issued("https://s3.example/copy.zip?X-Amz-Signature=1", NOW, 48_211, "0a" * 32)
    page = download_page(visit(language), ID, issued)
    check_accessible(page, language)
    assert f'href="{issued.url}"' in page
    assert "0a" * 32 in page


@pytest.mark.parametrize("case", ["another's", "over", "made up", "without"])
def test_a_link_that_does_not_work_is_a_page_with_a_way_on(world: World, case: str) -> None:
    number, other = asked(world), asked(world, "restrict")
    token, browser = link(world, other if case == "another's" else number), Browser()
    if case == "over":
        world.now += timedelta(days=60)
    given = {"made up": {"token": TOKEN}, "without": {}}.get(case, {"token": token})
    sent = browser.send(f"/requests/{number}/confirm", **given)
    assert sent.status == (400 if case == "without" else 422)
    check_accessible(sent.text, "en")
    assert 'name="resend" value="yes"' in sent.text
    browser.send(f"/requests/{number}/confirm", resend="yes")
    assert browser.page.status == 200
    assert browser.cookies == []


def test_into_an_account_it_is_by_signing_in(world: World) -> None:
    account(world)
    number = asked(world, email="ada@example.com")
    browser = Browser()
    browser.send(f"/requests/{number}/confirm", token=link(world, number))
    assert (browser.page.status, browser.cookies) == (200, [])
    check_accessible(browser.page.text, "en")
    assert words("requests", "en")["proven_in_account_text"] in browser.page.text
    to = f"{PUBLIC}/sign-in?to=%2Faccount%2Frequests%2F{number}&amp;lang=en"
    assert f'href="{to}"' in browser.page.text


def test_a_form_at_a_former_address_does_nothing_and_leads_to_the_page(world: World) -> None:
    number = asked(world)
    token, browser = link(world, number), Browser()
    browser.send(f"/v1/requests/{number}/verification", token=token)
    assert (browser.place, browser.cookies) == (f"/requests/{number}/confirm", [])
    assert f'name="token" value="{token}"' in browser.page.text
    assert found(world, number).status == Status.AWAITING_VERIFICATION


@pytest.mark.parametrize("language", languages())
def test_the_copy_has_a_page_of_its_own_link(
    language: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.notice = shipped_in(*languages())
    number, browser = "r" * 26, Browser(language)
    browser.open(f"/v1/requests/{number}/download?token={TOKEN}")
    assert browser.place == f"/requests/{number}/download"
    check_accessible(browser.page.text, language)
    assert browser.page.headers["Referrer-Policy"] == "no-referrer"
    assert f'name="token" value="{TOKEN}"' in browser.page.text
    browser.send(f"/requests/{number}/download", token=TOKEN)
    assert browser.page.status == 422
    check_accessible(browser.page.text, language)
    assert f"{PUBLIC}/requests/new?lang={language}" in browser.page.text
    browser.open("/requests")
    check_accessible(browser.page.text, language)


@pytest.mark.parametrize("language", languages())
def test_the_request_s_page_shows_the_key_in_each_language(language: str, world: World) -> None:
    world.notice = shipped_in(*languages())
    theirs = visit(language)
    theirs = replace(
        theirs, session=TOKEN, frame=replace(theirs.frame, signed_in=False, token="form")
    )
    on = timed(request("copy", Action.START), world.notice, NOW)
    page = request_page(theirs, on, (), on.received_on)
    check_accessible(page, language)
    assert f'value="{TOKEN}"' in page
    assert words("requests", language)["token_hint"] in page.replace("&#39;", "'")
    assert f'"{PUBLIC}/account/requests"' not in page


def test_a_notice_in_one_language_and_a_long_session_is_kept_for_half_a_day(
    world: World,
) -> None:
    assert access.seconds(shipped()) == access.IN_BROWSER.total_seconds()
    world.notice = association()
    browser = Browser(association().locales[0])
    browser.open("/requests")
    check_accessible(browser.page.text, association().locales[0])
    assert "Kaveripoint" not in browser.page.text

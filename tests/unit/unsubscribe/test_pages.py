"""The page behind a link that ends mails, and what its two addresses answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import clock
from chalicelib.errors import Conflict
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.unsubscribe.model import VALID, Kind, Scope, new_link, token
from chalicelib.unsubscribe.pages import done_page
from chalicelib.unsubscribe.service import links, opt_out
from chalicelib.web.wiring import wired
from functions.http.unsubscribe import handler
from tests.unit.core.samples import NOW, SUBJECT, association, shipped_in
from tests.unit.web.accessible import check_accessible, contents
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import CONTEXT, Sent, event

PUBLIC = "https://privacy.example"
NEWSLETTER = Scope(Kind.PURPOSE, "offers_email")
SIGN_IN = Scope(Kind.NOTIFICATION, "new_sign_in")
GONE = Scope(Kind.PURPOSE, "of_long_ago")
SCOPES = pytest.mark.parametrize("scope", [NEWSLETTER, SIGN_IN, GONE], ids=str)
LANGUAGES = pytest.mark.parametrize("language", languages())
FORM = {"Content-Type": "application/x-www-form-urlencoded", **SAME}


@pytest.fixture(autouse=True)
def ended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The links whose mails were ended; nothing is stored."""
    found: list[str] = []

    def end(link: str, locale: str, notice: Notice) -> None:
        assert links.looked_at(link)
        assert locale in notice.locales
        found.append(link)

    monkeypatch.setattr(opt_out, "end", end)
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)
    under(monkeypatch, shipped_in(*languages()))
    return found


def under(monkeypatch: pytest.MonkeyPatch, notice: Notice) -> None:
    monkeypatch.setattr(wired(), "notice", lambda: notice)
    monkeypatch.setattr(notices, "current", lambda: notice)


def link_of(scope: Scope) -> str:
    return token(new_link(SUBJECT, scope, clock.now()), bytes(32))


def call(
    method: str, path: str, link: str, headers: Mapping[str, str] | None = None, **query: str
) -> Sent:
    """What the function answers to a browser."""
    asked = {name: [value] for name, value in query.items()}
    sent = {"Accept": "text/html", **(headers or {})}
    body = "" if method == "POST" else None
    return Sent(handler(event(method, path, body, sent, asked, {"token": link}), CONTEXT))


def page(link: str, language: str, **query: str) -> Sent:
    return call("GET", "/unsubscribe/{token}", link, None, lang=language, **query)


@SCOPES
@LANGUAGES
def test_the_page_has_one_button_and_says_what_it_ends(
    scope: Scope, language: str, ended: list[str]
) -> None:
    link = link_of(scope)
    shown = page(link, language, utm_source="x")
    tree = check_accessible(shown.text, language)
    forms = [one for one in tree.all("form") if "unsubscribe" in str(one["action"])]
    assert forms == [
        {**forms[0], "method": "post", "action": f"{PUBLIC}/unsubscribe/{link}?lang={language}"}
    ]
    assert len(tree.all("button")) == 1
    assert (shown.headers["Referrer-Policy"], shown.headers["Cache-Control"]) == (
        "no-referrer",
        "no-store",
    )
    notice = shipped_in(*languages())
    known = {NEWSLETTER: notice.purposes["offers_email"].title}
    known[SIGN_IN] = notice.notifications["new_sign_in"].title
    text = " ".join(contents(shown.text).said)
    if scope in known:
        assert notice.text(known[scope], language) in text
    assert "of_long_ago" not in text
    assert ended == []


@LANGUAGES
def test_the_button_ends_the_mails_and_a_second_press_says_the_same(
    language: str, ended: list[str]
) -> None:
    link = link_of(NEWSLETTER)
    for number in (1, 2):
        pressed = call("POST", "/unsubscribe/{token}", link, FORM, lang=language)
        assert pressed.status == 303
        to = pressed.headers["Location"]
        assert to == f"{PUBLIC}/unsubscribe/{link}?done=ended&lang={language}"
        assert ended == [link] * number
    after = page(link, language, done="ended").text
    check_accessible(after, language)
    assert words("unsubscribe", language)["done_title"] in after
    assert "<button" not in after.partition("<main")[2]
    assert f'href="{PUBLIC}/?lang={language}"' in after.partition("<main")[2]


def test_the_former_address_leads_to_the_page_and_one_click_never_leads_anywhere(
    ended: list[str],
) -> None:
    link = link_of(SIGN_IN)
    for method in ("GET", "HEAD"):
        old = call(method, "/v1/unsubscribe/{token}", link, lang="it")
        assert (old.status, old.text) == (303, "")
        assert old.headers["Location"] == f"{PUBLIC}/unsubscribe/{link}?lang=it"
    assert ended == []
    for accept in ("text/html", "*/*", "application/json"):
        clicked = call("POST", "/v1/unsubscribe/{token}", link, {"Accept": accept}, lang="it")
        assert (clicked.status, "Location" in clicked.headers) == (200, False)
        assert ("<html" in clicked.text) is (accept == "text/html")
    assert ended == [link] * 3


def test_a_link_that_is_none_or_too_old_is_a_page_with_a_way_on(
    monkeypatch: pytest.MonkeyPatch, ended: list[str]
) -> None:
    old = link_of(NEWSLETTER)
    monkeypatch.setattr(clock, "now", lambda: NOW + VALID + timedelta(days=3650))
    for link in (old, f"{old}x", "x"):
        for method in ("GET", "POST"):
            refused = call(method, "/unsubscribe/{token}", link, FORM, lang="it")
            assert refused.status == 422
            check_accessible(refused.text, "it")
            assert f'href="{PUBLIC}/?lang=it"' in refused.text
    assert ended == []


def test_a_race_that_was_lost_is_said_and_the_button_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost(*_: object) -> None:
        raise Conflict("Lost too many races.")

    monkeypatch.setattr(opt_out, "end", lost)
    again = call("POST", "/unsubscribe/{token}", link_of(NEWSLETTER), FORM, lang="en")
    assert again.status == 409
    check_accessible(again.text, "en")
    assert words("unsubscribe", "en")["ask_button"] in again.text


def test_words_of_the_notice_stay_words_and_one_language_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notice = shipped_in("it", "en")
    hostile = replace(notice.purposes["offers_email"], title={"it": "</p><script>x", "en": "x"})
    hostile_notice = replace(notice, purposes={**notice.purposes, "offers_email": hostile})
    under(monkeypatch, hostile_notice)
    assert "<script>x" not in page(link_of(NEWSLETTER), "it").text
    under(monkeypatch, association())
    other = page(link_of(NEWSLETTER), "it").text
    assert association().site_name in other
    assert "Kaveripoint" not in other


@SCOPES
@LANGUAGES
def test_a_form_at_the_one_click_address_gets_a_page(scope: Scope, language: str) -> None:
    notice = shipped_in(*languages())
    shown = done_page(scope, notice, lambda offered: offered[list(offered).index(language)])
    tree = check_accessible(shown, language)
    assert tree.all("form") == tree.all("button") == []
    assert not re.search(r"\{\w+\}", shown)

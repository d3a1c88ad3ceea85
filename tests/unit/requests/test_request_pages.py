"""The pages of requests, in every language and under every notice, as they stand and refused."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import Conflict
from chalicelib.notices.model import Notice
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.requests.contract.submission_pages import submitted
from chalicelib.requests.machine import Action
from chalicelib.requests.model import Message, timed
from chalicelib.requests.pages.course import request_page
from chalicelib.requests.service.exports import Issued
from chalicelib.web.wiring import wired
from tests.unit.core.samples import NOW, association, shipped_in
from tests.unit.requests.asker import (
    HOSTILE,
    ID,
    LEFT,
    PUBLIC,
    TOKEN,
    listed,
    opened,
    request,
    sent,
    shown,
    visit,
)
from tests.unit.web.accessible import check_accessible

LONG = "x" * 4_000
RIGHT_TO_LEFT = "مرحبا"


@pytest.fixture(autouse=True)
def of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    under(monkeypatch, shipped_in(*languages()))
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)


def under(monkeypatch: pytest.MonkeyPatch, notice: Notice) -> None:
    monkeypatch.setattr(wired(), "notice", lambda: notice)


@pytest.mark.parametrize("language", languages())
def test_every_right_has_a_form_with_what_it_asks_for(language: str) -> None:
    notice = shipped_in(*languages())
    choice = opened("/requests/new", {}, language).text
    check_accessible(choice, language)
    for right in notice.rights:
        assert f"/requests/new?right={right}&amp;lang={language}" in choice
        page = opened("/requests/new", {"right": right}, language)
        check_accessible(page.text, language)
        assert page.status == 200
        assert " checked" not in page.text
        assert 'name="email"' in page.text
        # Without a session a password proves nothing.
        assert 'name="password"' not in page.text
        for member, rights in {
            "purposes.": {"object", "restrict", "withdraw"},
            "categories.": {"restrict", "erase"},
            "changes.": {"rectify"},
            "ground": {"restrict"},
        }.items():
            assert (f'name="{member}' in page.text) is (right in rights), (right, member)


@pytest.mark.parametrize("language", languages())
def test_boxes_that_only_narrow_a_request_are_folded_until_one_is_ticked(language: str) -> None:
    folded, opened_fold = '<details class="fold"><summary>', '<details class="fold" open><summary>'
    for right, groups in {"restrict": 2, "erase": 1, "object": 0, "withdraw": 0}.items():
        page = opened("/requests/new", {"right": right}, language).text
        assert (page.count(folded), page.count(opened_fold)) == (groups, 0)
        # The question and what no answer means stand outside, and the grounds are never folded.
        assert page.count("</details>\n</fieldset>") == groups
        before = page.partition('<details class="fold"')[0]
        assert (f'id="hint-{"purposes" if groups > 1 else "categories"}"' in before) or not groups
        assert page.count('name="ground"') == before.count('name="ground"')
    ticked = {"right": "restrict", "purposes.surveys": "yes"}
    page = sent("/requests/new", ticked, language)
    assert page.status == 400
    check_accessible(page.text, language)
    assert (page.text.count(folded), page.text.count(opened_fold)) == (1, 1)
    assert page.text.index(opened_fold) < page.text.index(folded)


def test_the_day_of_the_answer_is_said_before_the_button() -> None:
    page = opened("/requests/new", {"right": "copy"}, "en").text
    assert re.search(r"We answer by \d+ \w+ 20\d\d, by e-mail", page)
    at_once = opened("/requests/new", {"right": "withdraw"}, "en").text
    assert words("submission", "en")["next_at_once"] in at_once
    assert "We answer by" not in at_once


def test_an_unknown_right_leads_to_the_choice() -> None:
    page = opened("/requests/new", {"right": HOSTILE[:48]}, "en")
    assert page.status == 200
    assert words("submission", "en")["title"] in page.text
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("language", languages())
def test_a_refused_form_comes_back_whole(language: str) -> None:
    typed = {"right": "rectify", "details": HOSTILE, "changes.identity.name": f"{HOSTILE}\nx"}
    page = sent("/requests/new", typed, language)
    assert page.status == 400
    check_accessible(page.text, language)
    assert page.text.count("<script>alert") == 0
    assert f"<title>{words('pages', language)['refused_mark']}" in page.text
    assert "&lt;script&gt;alert" in page.text
    assert "#field-changes.identity.name" in page.text
    missing = sent("/requests/new", {"right": "erase", "categories.identity": "yes"}, language)
    assert missing.status == 400
    check_accessible(missing.text, language)
    assert "#field-email" in missing.text
    assert re.search(
        r'name="categories.identity" type="checkbox" value="yes" checked', missing.text
    )


def test_what_a_right_is_not_about_is_refused() -> None:
    foreign = {"right": "copy", "email": "ada@example.org", "purposes.surveys": "yes"}
    assert sent("/requests/new", foreign, "en").status == 400
    long = {"right": "copy", "email": "ada@example.org", "details": LONG + "x"}
    assert sent("/requests/new", long, "en").status == 400
    assert sent("/requests/new", {"right": "nothing"}, "en").status == 400


def test_the_fields_are_the_body_of_the_operation() -> None:
    fields = {
        "right": "restrict",
        "email": " ada@example.org ",
        "code": "123 456",
        "purposes.surveys": "yes",
        "purposes.offers_email": "yes",
        "categories.identity": "yes",
        "changes.identity.name": "Ada",
    }
    assert submitted(fields) == {
        "right": "restrict",
        "email": "ada@example.org",
        "code": "123456",
        "purposes": ["surveys", "offers_email"],
        "categories": ["identity"],
        "changes": {"identity": {"name": "Ada"}},
    }


@pytest.mark.parametrize("language", languages())
def test_the_address_is_proven_by_a_button_or_a_code(language: str) -> None:
    path = f"/requests/{ID}/confirm"
    ends = ("sent", "resent", "before", "account", "sign_in")
    for query in ({}, *({"done": one} for one in ends), {"token": TOKEN}):
        page = opened(path, query, language)
        check_accessible(page.text, language)
        assert page.headers["Referrer-Policy"] == "no-referrer"
    assert f'name="token" value="{TOKEN}"' in page.text
    for code in ({}, {"code": "1234"}, {"code": HOSTILE[:40]}):
        refused = sent(path, code, language)
        assert refused.status == 400
        check_accessible(refused.text, language)
        assert "#field-code" in refused.text
        assert "<script>alert" not in refused.text


@pytest.mark.parametrize("language", languages())
def test_a_request_is_shown_as_it_stands(language: str) -> None:
    said = words("course", language)
    told = Message(NOW, "person", f"{HOSTILE}\n{LONG}\n{RIGHT_TO_LEFT}")
    begins = request("erase", Action.START, begins_at=NOW + timedelta(hours=72))
    page = shown(language, begins, told)
    check_accessible(page, language)
    assert "<script>alert" not in page
    assert said["begins"] in page
    assert said["erased"] in page
    assert 'name="act" value="cancel"' in page
    asked = shown(language, request("copy", Action.START, Action.PAUSE))
    check_accessible(asked, language)
    assert said["question"] in asked
    done = request("copy", Action.START, Action.APPROVE, Action.COMPLETE)
    copy = shown(language, done)
    check_accessible(copy, language)
    assert f"/account/requests/{ID}/download" in copy
    assert 'name="act" value="cancel"' not in copy
    issued = Issued("https://copies.example/?a=1&b=2", NOW, 1, "ab" * 32)
    ready = shown(language, done, issued=issued)
    check_accessible(ready, language)
    assert "https://copies.example/?a=1&amp;b=2" in ready
    refused = shown(language, request("object", Action.START, Action.REFUSE))
    check_accessible(refused, language)
    assert 'name="act" value="dispute"' in refused
    left = shown(language, request("erase", Action.APPROVE, Action.COMPLETE, kept=(LEFT,)))
    check_accessible(left, language)
    assert LEFT.ground in left
    assert f"/account/requests/{ID}/receipt" in left


def test_a_message_that_was_refused_comes_back() -> None:
    page = shown("en", request("copy"), refused=Conflict("Changed."), text=HOSTILE)
    check_accessible(page, "en")
    assert "<title>Error" in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("language", languages())
def test_the_list_says_status_and_day(language: str) -> None:
    said = words("course", language)
    empty = listed(language)
    check_accessible(empty, language)
    assert said["empty"] in empty
    page = listed(language, request("erase"), request("other_law"), after="abc")
    check_accessible(page, language)
    assert "cursor=abc" in page
    assert 'datetime="2026-12-22"' in page


def test_a_notice_in_one_language_has_the_pages_too(monkeypatch: pytest.MonkeyPatch) -> None:
    under(monkeypatch, association())
    notice = association()
    language = notice.locales[0]
    for right in ("", *notice.rights):
        page = opened("/requests/new", {"right": right} if right else {})
        assert page.status == 200
        check_accessible(page.text, language)
    check_accessible(shown(language, request("erase", Action.START)), language)
    check_accessible(listed(language, request("copy")), language)


def test_what_left_the_notice_is_named_by_its_code() -> None:
    gone = request("object", purposes=("no_more",), categories=("none",), fields=("none.name",))
    page = shown("en", gone)
    assert all(name in page for name in ("no_more", "none", "none.name"))


def test_a_late_request_says_so() -> None:
    found = request("copy")
    on = timed(found, wired().notice(), NOW + timedelta(days=40))
    late = on.deadline.due_on + timedelta(days=3)
    page = request_page(visit("en"), replace(on), (), late)
    check_accessible(page, "en")
    assert words("shell", "en")["late"].format(time="3 days") in page

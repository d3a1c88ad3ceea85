"""The document of an erasure's receipt: whole, readable, in one's language, and safe to open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.notices.erasure import REQUESTED, plan
from chalicelib.notices.model import Notice
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.receipts.closing import content
from chalicelib.receipts.closing_page import closing_page
from chalicelib.receipts.model import Closing, Stays
from tests.unit.core.samples import NOW, SUBJECT, association, shipped, shipped_in
from tests.unit.web.accessible import Tree, check_accessible

LOCALES = languages()
SIGNED = "aaa.bbb.ccc"
REQUEST = "r" * 26
LATER = NOW + timedelta(days=700)


def closing(notice: Notice) -> Closing:
    """Facts of every sort, with reasons in the notice's first language."""
    why = plan(notice, REQUESTED).stays["entry"].why
    return Closing(
        request=REQUEST,
        subject=SUBJECT,
        received_at=NOW,
        begun_at=NOW + timedelta(hours=1),
        closed_at=NOW + timedelta(hours=2),
        readable_until=NOW + timedelta(days=35),
        categories=dict.fromkeys(notice.categories, 1_234),
        records={"profile": 3, "session": 1},
        stays=[
            Stays("entry", why[notice.locales[0]], LATER),
            Stays("profile", "hold", LATER),
        ],
        told=[*notice.recipients][:2],
        answers=dict(
            zip(notice.recipients, ("done", "refused", "silent", "nothing"), strict=False)
        ),
        holds=[("claims", LATER), ("dispute", LATER)],
    )


def partly(notice: Notice) -> Closing:
    """Facts of an erasure of some categories, which leaves the account."""
    first, second, *_ = notice.categories
    contracts = [name for name, one in notice.purposes.items() if not one.needs_consent]
    consents = [name for name, one in notice.purposes.items() if one.needs_consent]
    return replace(
        closing(notice),
        stays=[Stays("request", "A reason.", None)],
        scope=(first,),
        needed={second: contracts[:2], "identity": []},
        withdrawn=consents[:1],
    )


NOTHING: dict[str, Any] = {
    "categories": {},
    "records": {},
    "stays": [],
    "told": [],
    "answers": {},
    "holds": [],
}


def page(facts: Closing, notice: Notice, locale: str) -> str:
    said = content(facts, issuer="https://privacy.example")
    return closing_page(SIGNED, said, notice, locale)


def text_of(shown: str) -> str:
    return " ".join(Tree(shown).said)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("notice", [shipped(), association()], ids=["shipped", "association"])
@pytest.mark.parametrize("empty", [False, True], ids=["all", "nothing"])
def test_it_is_accessible_and_loads_nothing(notice: Notice, locale: str, empty: bool) -> None:
    facts = closing(notice)
    if empty:
        facts = replace(facts, **NOTHING)
    shown = page(facts, notice, locale)
    check_accessible(shown, locale)
    text = text_of(shown)
    assert [mark for mark in ("{", "None", "<", ">", "built-in") if mark in text] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_of_some_categories_it_says_that_the_account_stays(locale: str) -> None:
    notice, said = shipped_in(*LOCALES), words("closing", locale)
    facts = partly(notice)
    shown = page(facts, notice, locale)
    check_accessible(shown, locale)
    text = text_of(shown)
    for name in ("account_stays", "needed_text", "with_account", "withdrawn_text"):
        assert said[name] in text
        assert said[name] not in text_of(page(closing(notice), notice, locale))
    for purpose in (*facts.withdrawn, *next(iter(facts.needed.values()))):
        assert notice.purposes[purpose].title[locale] in text


@pytest.mark.parametrize("locale", LOCALES)
def test_it_tells_all_in_the_reader_s_language(locale: str) -> None:
    notice = shipped_in(*LOCALES)
    facts, said = closing(notice), words("closing", locale)
    text = text_of(page(facts, notice, locale))
    for category in facts.categories:
        assert notice.categories[category].title[locale] in text
    for kind in (*facts.records, "entry"):
        assert notice.records[kind].title[locale] in text
    assert plan(notice, REQUESTED).stays["entry"].why[locale] in text
    for name in ("hold_claims", "hold_dispute", "answer_done", "answer_refused", "ground_hold"):
        assert said[name] in text


def test_it_holds_the_receipt_and_says_where_to_verify_it() -> None:
    tree = Tree(page(closing(shipped()), shipped(), "en"))
    assert tree.by_id("receipt")[0] == "code"
    text = " ".join(tree.said)
    assert SIGNED in text
    assert "https://privacy.example/v1/receipts/verify" in text
    assert "https://privacy.example/.well-known/jwks.json" in text
    assert REQUEST in text
    assert SUBJECT in text
    assert "1,234" in text
    assert "27 December 2026, 17:00:00 UTC+01:00 (Europe/Rome)" in text


def test_what_the_notice_does_not_know_any_more_is_told_as_it_was_signed() -> None:
    notice = shipped()
    facts = replace(
        closing(notice),
        categories={"shoe_sizes": 2},
        records={"diary": 2},
        stays=[Stays("diary", "A reason of <old> days.", LATER)],
        told=["old_partner"],
        answers={"old_system": "done"},
    )
    shown = page(facts, notice, "en")
    text = text_of(shown)
    for code in ("shoe_sizes", "diary", "old_partner", "old_system"):
        assert code in text
    assert "A reason of &lt;old&gt; days." in shown


def test_where_nothing_was_held_it_says_so() -> None:
    facts = replace(closing(shipped()), **NOTHING)
    text, said = text_of(page(facts, shipped(), "en")), words("closing", "en")
    for name in ("nothing_erased", "nothing_stays", "nobody_told"):
        assert said[name] in text
    for name in ("held", "systems", "stays_text", "told_text"):
        assert said[name] not in text

"""The document that a person keeps: whole, readable, in their language, and safe to open."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.consents.desk import Channel
from chalicelib.consents.model import Choice, Entry
from chalicelib.instants import instant
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Lasting, Notice, Period
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.receipts.model import Issued
from chalicelib.receipts.pages import receipt_page
from chalicelib.receipts.service.issue import document
from chalicelib.subjects.model import Decision, Origin
from tests.unit.core.samples import NOW, SHIPPED, SUBJECT, association, shipped, shipped_in
from tests.unit.receipts.samples import entry, everything, granted_before, said
from tests.unit.web.accessible import Tree, check_accessible

LOCALES = languages()
SIGNED = "aaa.bbb.ccc"


def issued(of: Entry, notice: Notice, locale: str = "it") -> Issued:
    return Issued(of, notice, said(of, notice, locale), SIGNED, {})


def page(of: Entry, notice: Notice, locale: str = "it") -> str:
    return receipt_page(issued(of, notice), said(of, notice, locale), locale)


def text_of(shown: str) -> str:
    return " ".join(Tree(shown).said)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("notice", [shipped(), association()], ids=["shipped", "association"])
def test_it_is_accessible_and_loads_nothing(notice: Notice, locale: str) -> None:
    shown = page(everything(notice), notice, locale)
    check_accessible(shown, locale)
    text = text_of(shown)
    assert [mark for mark in ("{{", "None", "<", ">", "built-in") if mark in text] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_it_tells_every_purpose_in_the_reader_s_language(locale: str) -> None:
    notice = shipped_in(*LOCALES)
    text = text_of(page(everything(notice), notice, locale))
    for purpose in notice.choices.values():
        assert purpose.title[locale] in text
        assert purpose.description[locale] in text
    for category in {name for one in notice.choices.values() for name in one.categories}:
        assert notice.categories[category].title[locale] in text


def test_it_holds_the_receipt_and_says_where_to_verify_it() -> None:
    shown = page(everything(shipped()), shipped())
    tree = Tree(shown)
    assert tree.by_id("receipt")[0] == "code"
    text = " ".join(tree.said)
    assert SIGNED in text
    assert "https://privacy.example/v1/receipts/verify" in text
    assert "https://privacy.example/.well-known/jwks.json" in text
    assert f"{SUBJECT}.1" in text
    assert everything(shipped()).hash in text
    address = f"https://privacy.example/v1/notices/{shipped().version}"
    assert address in [link["href"] for link in tree.all("a")]


def test_times_are_told_to_the_second() -> None:
    assert "22 novembre 2026, 17:00:00 UTC+01:00 (Europe/Rome)" in page(
        everything(shipped()), shipped(), "it"
    )
    assert "22 November 2026, 17:00:00 UTC+01:00 (Europe/Rome)" in page(
        everything(shipped()), shipped(), "en"
    )


def test_each_decision_is_named() -> None:
    notice = shipped()
    one = {"surveys": Choice.DENIED}
    for locale, states in (
        ("it", ("Consenso negato", "Consenso ritirato", "Consenso dato", "Opposizione")),
        ("en", ("Consent refused", "Consent withdrawn", "Consent given", "Objection")),
    ):
        entries = (
            entry(notice, one),
            entry(notice, one, before=granted_before("surveys")),
            entry(notice, {"surveys": Choice.GRANTED}),
            entry(notice, {"research": Choice.OBJECTED}),
        )
        for of, state in zip(entries, states, strict=True):
            shown = text_of(page(of, notice, locale))
            assert [name for name in states if name in shown] == [state]


def test_until_when_a_yes_holds_is_told() -> None:
    notice = shipped()
    lasting = replace(notice.purposes["surveys"], lasts=Lasting(Period(months=6)))
    changed = replace(notice, purposes={**notice.purposes, "surveys": lasting})
    assert "22 maggio 2027" in page(entry(changed, {"surveys": Choice.GRANTED}), changed)
    renewed = page(entry(notice, {"promotion": Choice.GRANTED}), notice)
    assert "22 novembre 2028" in renewed
    assert "più a lungo, se accede prima di allora" in renewed
    assert "finché non cambia idea" in page(entry(notice, {"surveys": Choice.GRANTED}), notice)
    assert "finché non cambia idea" not in page(entry(notice, {"surveys": Choice.DENIED}), notice)


def test_how_a_decision_came_about_is_told() -> None:
    came: dict[str, Any] = {
        "signal": {"gpc": ["partner_lists"]},
        "joined": {"visitor": "v" * 33, "entries": {"promotion": "v" * 33 + ".1"}},
        "channel": "post",
        "desk": {"received_at": instant(NOW), "by": "d" * 32},
    }
    choices = {"promotion": Choice.GRANTED, "partner_lists": Choice.DENIED}
    of = entry(shipped(), choices, source="desk", provenance=came)
    italian, english = (text_of(page(of, shipped(), locale)) for locale in ("it", "en"))
    for text in ("Global Privacy Control", "unita all’account", "per posta", "ufficio privacy"):
        assert text in italian
    for text in ("Global Privacy Control", "joined to the account", "by post", "privacy office"):
        assert text in english
    assert "d" * 32 not in italian
    assert "finché non cambia idea" not in italian  # the browser's own entry says until when


def test_an_entry_without_decisions_says_so() -> None:
    assert "Questa voce non contiene scelte." in text_of(page(entry(shipped(), {}), shipped()))


def test_the_language_of_the_words_shown_is_told_in_the_reader_s() -> None:
    of = entry(shipped(), {"surveys": Choice.DENIED}, locale="en")
    signed = issued(of, shipped(), "en")
    shown, locale = document(signed, lambda offered: "it")
    assert locale == "it"
    assert "Lingua del testo mostrato inglese" in text_of(shown)


def test_a_notice_without_the_reader_s_language_is_marked() -> None:
    offered: list[list[str]] = []
    of = everything(association())

    def chosen(locales: Any) -> str:
        offered.append(list(locales))
        return str(locales[0])

    assert document(issued(of, association()), chosen)[1] == "en"
    assert offered == [["en"]]
    italian = page(of, association(), "it")
    assert {one.get("lang") for _, one in Tree(italian).tags if "lang" in one} == {"it", "en"}


HOSTILE = "\"></td><script>alert('x')</script>{{ 7 * 7 }}&amp;"


def test_whatever_a_notice_says_is_text() -> None:
    raw: dict[str, Any] = json.loads(SHIPPED.read_text("utf-8"))

    def spoiled(value: Any) -> Any:
        if isinstance(value, dict):
            if value.keys() == {"it", "en"}:
                return {locale: text + HOSTILE for locale, text in value.items()}
            return {name: spoiled(part) for name, part in value.items()}
        return [spoiled(part) for part in value] if isinstance(value, list) else value

    notice = load_published({**raw, "purposes": spoiled(raw["purposes"])})
    for locale in LOCALES:
        shown = page(everything(notice), notice, locale)
        check_accessible(shown, locale)
        assert "<script" not in shown
        assert "49" not in re.sub(r"\d{3,}|[0-9a-f]{64}", "", text_of(shown))


def test_every_code_of_the_ledger_has_a_name() -> None:
    named = words("receipts", "en")
    for kind, codes in (("state", Decision), ("origin", Origin), ("channel", Channel)):
        assert {f"{kind}_{code}" for code in codes} <= named.keys()

"""The page of a copy: the same records as the data, in five languages, with nothing to load."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.copies.model import Scope
from chalicelib.kinds.model import Record
from chalicelib.notices.rendering import render_html
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.systems.model import Status, Supplement
from tests.unit.copies.samples import HELD, made, order
from tests.unit.core.samples import shipped_in

ANSWER = Supplement("crm", Status.DATA, [{"fields": {"name": "Ada"}}])
EVIL = "<script>alert(1)</script><img src=x onerror=y> \"'&<!-- the records -->"

CODES = {name.partition(".")[2] for name in words("copies", "en") if name.startswith("value.")}
"""Values that the page says in words."""

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
SHOWN = re.compile(r'<dl class="record">(.*)</dl>\n')


def strings(value: Any) -> set[str]:
    """All texts in a JSON value."""
    if isinstance(value, dict):
        return {one for part in value.values() for one in strings(part)}
    if isinstance(value, list):
        return {one for part in value for one in strings(part)}
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("language", languages())
def test_both_have_the_same_records(language: str, scope: Scope) -> None:
    notice = shipped_in(*languages())
    copied = made(order(scope, language, notice), HELD, [ANSWER])
    items = [item for one in copied.data["records"] for item in one["items"]]
    shown = SHOWN.findall(copied.page)
    assert len(shown) == len(items) + 1 == copied.data["held"]["records"]
    known = {*notice.purposes, *notice.categories, *notice.rights, *CODES}
    for item, record in zip(items, shown, strict=False):
        assert record.count("<dt>") >= len(item["fields"]) + 1
        text = html.unescape(record)
        said = strings([item.get("id", ""), item["fields"]])
        assert [one for one in said - known if one not in text and not MOMENT.match(one)] == []


@pytest.mark.parametrize("language", languages())
def test_the_page_is_in_the_language_of_the_request(language: str) -> None:
    page = made(order(locale=language, notice=shipped_in(*languages()))).page
    said = words("copies", language)
    assert f'<html lang="{language}">' in page
    for name in ("title.copy", "information", "records", "left_out", "received", "kept_until"):
        assert html.escape(said[name], quote=False) in page.replace("&#39;", "'")
    for name, text in words("copies", "en").items():
        if language != "en" and len(text) > 30 and "{" not in text:
            assert text not in page, name


def test_what_people_wrote_is_read_as_they_wrote_it() -> None:
    held = [Record("profile", "identity", {"name": EVIL, EVIL: EVIL})]
    copied = made(held=held, supplements=[Supplement(EVIL, Status.DATA, [{EVIL: {EVIL: [EVIL]}}])])
    assert copied.fields("profile") == [held[0].fields]
    assert "<script" not in copied.page
    assert "<img" not in copied.page
    assert html.escape(EVIL) in copied.page
    assert copied.page.count("<main") == copied.page.count("</main>") == 1


def test_nothing_is_loaded_and_nothing_runs() -> None:
    page = made().page
    assert "default-src 'none'" in html.unescape(page)
    assert not re.search(r"<(script|link|img|iframe|form|object|base)\b", page)
    assert not re.search(r'\bon\w+="|\bsrc=|javascript:|@import|url\(', page)
    hrefs = [one for one in re.findall(r'href="([^"]*)"', page) if one.startswith("#")]
    assert hrefs
    anchors = set(re.findall(r'id="([^"]*)"', page))
    assert {one.removeprefix("#") for one in hrefs} <= anchors


@pytest.mark.parametrize("locale", ["it", "en"])
def test_purposes_and_rights_lead_to_the_notice_that_the_copy_tells_of(locale: str) -> None:
    page = made(order(locale=locale)).page
    hrefs = {one for one in re.findall(r'href="([^"]*)"', page) if not one.startswith("#")}
    notice = shipped_in("it", "en")
    address = f"https://privacy.example/notice/{notice.version}?lang={locale}"
    assert {one.partition("#")[0] for one in hrefs} == {address}
    places = set(re.findall(r'id="([^"]*)"', render_html(notice, locale)))
    assert {one.partition("#")[2] for one in hrefs} <= places
    assert {f"{address}#right-{name}" for name in notice.rights} <= hrefs


def test_ids_of_the_notice_codes_and_moments_are_told_in_words() -> None:
    page = made(order(locale="en")).page
    assert "<dt>Special offers by e-mail</dt>" not in page
    surveys = shipped_in("it", "en").purposes["surveys"].title["en"]
    assert f"<dt>{surveys}</dt><dd>consent given</dd>" in page
    assert "<dt>Second factor</dt><dd>yes</dd>" in page
    assert "22 November 2026, 11:00:00" in page  # in Rome


def test_a_name_that_is_a_code_stays_a_name() -> None:
    page = made(order(locale="en"), [Record("profile", "identity", {"name": "active"})]).page
    assert "<dd>active</dd>" in page
    assert made(order(locale="en"), [Record("standing", "", {"state": "pending"})]).page.count(
        "<dd>not proven yet</dd>"
    )


@pytest.mark.parametrize("language", languages())
def test_every_field_that_is_told_has_words(language: str) -> None:
    said = words("copies", language)
    told = {
        name
        for kind in STORED.values()
        if kind.left_out is None and not kind.by_category
        for name in kind.fields - kind.secrets - kind.others
    }
    assert {one for one in told if f"field.{one}" not in said} == set()

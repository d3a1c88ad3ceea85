"""Every kind of page, as axe judges it, and as a phone shows it in each language."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from chalicelib import errors
from chalicelib.catalogue import STORED
from chalicelib.notices import anchors
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.rendering import render_changes_html, render_html
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import languages
from chalicelib.pages.page import problem_page
from chalicelib.receipts.pages import receipt_page
from chalicelib.requests.pages.confirmation import download_page
from chalicelib.requests.service.exports import Issued
from chalicelib.retention.evidence.page import report_page
from chalicelib.site.docs import docs_page
from chalicelib.site.home import home_page
from chalicelib.web.openapi import openapi
from chalicelib.web.pages.visit import Visit
from tests.browser.chromium import Browsers
from tests.browser.judge import OPTIONS, give_axe, violations
from tests.unit.copies.samples import HELD, made, order
from tests.unit.copies.test_contents import ANSWERS
from tests.unit.core.samples import NOW, shipped, shipped_in
from tests.unit.pages.test_parts import gallery
from tests.unit.receipts.samples import everything, said
from tests.unit.receipts.test_document import issued
from tests.unit.rendering.test_changes_rendered import base, mixed
from tests.unit.retention.evidence.chains import reported
from tests.unit.web.sample import OPERATIONS

PHONE = 320
"""CSS pixels, those of WCAG 2.2, success criterion 1.4.10: also a wide page at 400 % zoom."""

PAPER = 680
"""CSS pixels between the margins of A4."""

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""An image of one pixel."""

SITE = shipped_in(*languages())
os.environ.setdefault("RISERBO_PUBLIC_URL", "https://privacy.example")
ISSUED = Issued(f"https://s3.example/copy.zip?{'X' * 900}", NOW, 48_211, "0a" * 32)
TOKEN = "a2" * 13 + "." + "Zz9_-" * 8 + "abc"


def framed(language: str, path: str = "/") -> Frame:
    return Frame(SITE, language, path, asked=True)


def visiting(language: str) -> Visit:
    """A visit to the page of a mailed link."""
    asked: Any = SimpleNamespace(query={"token": TOKEN})
    return Visit(asked, SITE, framed(language))


def receipt(language: str) -> str:
    of = everything(shipped())
    return receipt_page(issued(of, shipped(), "it"), said(of, shipped(), language), language)


def copied(language: str) -> str:
    return made(order(locale=language, notice=shipped_in(*languages())), HELD, ANSWERS).page


MADE: dict[str, Callable[[str], str]] = {
    "problem": lambda one: problem_page(errors.NotFound(), one),
    "parts": gallery,
    "home": lambda one: home_page(framed(one)),
    "interface": lambda one: docs_page(openapi(OPERATIONS, shipped(), "https://a.example"), one),
    "receipt": receipt,
    "notice": lambda one: render_html(shipped(), one),
    "changes": lambda one: render_changes_html(base(), mixed(), one),
    "retention": lambda one: report_page(
        reported(shipped_in(*languages())), shipped_in(*languages()), one
    ),
    "copy": copied,
    "download": lambda one: download_page(visiting(one), "x"),
    "downloaded": lambda one: download_page(visiting(one), "x", ISSUED),
}


@pytest.fixture(scope="module")
def phone(browsers: Browsers) -> Iterator[Page]:
    """A page on a phone; script runs there for axe alone, since pages have none."""
    context = browsers.browser.new_context(viewport={"width": PHONE, "height": 740})
    yield context.new_page()
    context.close()


@pytest.fixture
def show(phone: Page, tmp_path: Path) -> Callable[[str], Page]:
    def shown(text: str) -> Page:
        file = tmp_path / "page.html"
        file.write_text(text, "utf-8")
        phone.goto(file.as_uri())
        return phone

    return shown


@pytest.mark.parametrize("kind", MADE)
def test_axe_has_nothing_to_say(show: Callable[[str], Page], kind: str) -> None:
    page = show(MADE[kind]("it"))
    give_axe(page)
    for scheme, options in OPTIONS.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = violations(page, options)
        assert [(scheme, one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("language", languages())
def test_nothing_goes_beyond_a_phone(show: Callable[[str], Page], kind: str, language: str) -> None:
    page = show(MADE[kind](language))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


READER = 900
"""CSS pixels; the height of a screen on which the page of the notice is read."""


@pytest.fixture
def notice(browsers: Browsers, tmp_path: Path) -> Iterator[tuple[Page, str]]:
    """A page without script, and the address of the notice's page."""
    file = tmp_path / "notice.html"
    file.write_text(render_html(shipped(), "it"), "utf-8")
    context = browsers.browser.new_context(
        viewport={"width": PHONE, "height": READER}, java_script_enabled=False
    )
    yield context.new_page(), file.as_uri()
    context.close()


@pytest.mark.parametrize(
    "place",
    [
        anchors.purpose(next(iter(shipped().purposes))),
        anchors.category(next(iter(shipped().categories))),
        anchors.recipient(next(iter(shipped().recipients))),
        anchors.right(next(iter(shipped().rights))),
    ],
)
def test_a_link_opens_what_it_leads_to(notice: tuple[Page, str], place: str) -> None:
    page, address = notice
    page.goto(address)
    assert not page.locator(f"#{place} dl").is_visible()
    page.goto("about:blank")
    page.goto(f"{address}#{place}")
    assert page.locator(f"#{place} dl").is_visible()
    opened = page.locator("details[open]")
    assert opened.count() == 1
    box = opened.locator("summary").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < READER


def test_a_link_of_the_answer_opens_what_it_leads_to(notice: tuple[Page, str]) -> None:
    page, address = notice
    page.goto(address)
    link = page.locator("section.objection a").first
    place = link.get_attribute("href")
    link.click()
    assert page.locator(f"{place} dl").is_visible()


def test_contents_open_by_keyboard_and_lead_to_a_section(notice: tuple[Page, str]) -> None:
    page, address = notice
    page.goto(address)
    links = page.locator("nav.contents a")
    assert not links.first.is_visible()
    page.locator("nav.contents summary").focus()
    page.keyboard.press("Enter")
    assert links.first.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith(str(links.first.get_attribute("href")))


def test_the_answer_begins_and_ends_on_the_first_screen_of_a_desk(
    notice: tuple[Page, str],
) -> None:
    page, address = notice
    page.goto(address)
    box = page.locator("section.answer").bounding_box()
    assert box is not None
    assert box["y"] < READER * 0.4, "below the shell and the title"
    page.set_viewport_size({"width": 1280, "height": READER})
    wide = page.locator("section.answer").bounding_box()
    assert wide is not None
    assert wide["y"] + wide["height"] <= READER


def test_all_of_the_notice_is_on_paper(notice: tuple[Page, str]) -> None:
    page, address = notice
    page.goto(address)
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size({"width": PAPER, "height": READER})
    folded = page.locator("main section details > div")
    assert folded.count() > len(shipped().purposes)
    assert all(one.is_visible() for one in folded.all())
    assert not page.locator("nav.contents").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_looks_of_an_organisation_can_be_read(
    show: Callable[[str], Page], scheme: Literal["light", "dark"]
) -> None:
    document = json.loads(json.dumps(dict(shipped().document)))
    document["site"] |= {"accent": "#7a0019", "logo": f"data:image/png;base64,{PNG}"}
    page = show(render_html(compile_notice(document, STORED), "it"))
    page.emulate_media(color_scheme=scheme)
    assert page.evaluate("document.querySelector('img').naturalWidth") == 1
    give_axe(page)
    found = violations(page, OPTIONS[scheme])
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_the_chart_of_retention_is_read_out_in_words(show: Callable[[str], Page]) -> None:
    page = show(MADE["retention"]("en"))
    chart = page.get_by_role("img", name="What ended, by day")
    assert chart.count() == 1
    first = chart.locator("rect").first.bounding_box()
    assert first is not None
    assert first["height"] > 0
    days = page.locator(".chart table tbody tr")
    assert days.count() == chart.locator("rect").count() == 14


def test_all_of_the_report_on_retention_is_on_paper(show: Callable[[str], Page]) -> None:
    page = show(MADE["retention"]("en"))
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size({"width": PAPER, "height": 740})
    try:
        assert page.locator(".chart svg").is_visible()
        assert page.locator("#root").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    finally:
        page.set_viewport_size({"width": PHONE, "height": 740})
        page.emulate_media(media="screen")

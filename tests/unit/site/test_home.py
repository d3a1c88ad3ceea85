"""The page at the root, which has to hold with a slash at the end and without."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.catalogue import STORED
from chalicelib.errors import NotFound
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Announced, Notice
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import languages, spoken
from chalicelib.site.home import home_page, refuse_programs
from chalicelib.web.request import Headers
from tests.unit.core.samples import NOW, shipped, shipped_in
from tests.unit.web.accessible import check_accessible

LOCALES = languages()
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
DOCUMENTS = sorted((Path(__file__).parents[2] / "documents").glob("*.json"))


def home(notice: Notice, locale: str, announced: Announced | None = None) -> str:
    return home_page(Frame(notice, locale, "/", asked=True), announced)


def figures(notice: Notice, locale: str = "en") -> list[str]:
    text = home(notice, locale).partition('class="figures"')[2].partition("</ul>")[0]
    return [one.partition("</b>")[0] for one in text.split("<b>")[1:]]


def without_accounts() -> Notice:
    (document,) = [one for one in DOCUMENTS if one.stem == "health_app"]
    notice = compile_notice(json.loads(document.read_text("utf-8")), STORED)
    assert not notice.registers
    return notice


@pytest.mark.parametrize("locale", LOCALES)
def test_it_leads_to_what_there_is(locale: str) -> None:
    notice = shipped_in(*LOCALES)
    tree = check_accessible(home(notice, locale), locale)
    links = [urlsplit(str(one["href"])) for one in tree.all("a")]
    ours = [link for link in links if link.scheme != "mailto"]
    assert {(link.scheme, link.netloc) for link in ours} == {("https", "privacy.example")}
    assert {parse_qs(link.query)["lang"][0] for link in ours} == {locale}
    paths = {link.path for link in ours}
    assert paths >= {"/sign-in", "/requests/new", "/notice", "/notice/versions", "/register"}
    assert paths >= {"/password", "/cookies", "/receipts/verify"}
    asked = [parse_qs(link.query)["right"][0] for link in ours if "right=" in link.query]
    assert asked == list(notice.rights)


def test_figures_are_those_of_the_notice() -> None:
    notice = shipped()
    counts = [len(notice.categories), len(notice.purposes), len(notice.recipients)]
    assert figures(notice) == [*map(str, counts), "24 <small>months</small>"]
    assert f"you decide on {len(notice.choices)}" in home(notice, "en")


def test_a_notice_shows_only_the_figures_that_it_has() -> None:
    notice = without_accounts()
    counts = [len(notice.categories), len(notice.purposes), len(notice.recipients)]
    assert figures(notice) == [*map(str, counts)]
    assert len(figures(replace(notice, recipients={}))) == 2


def test_where_nobody_has_an_account_there_is_no_way_into_one() -> None:
    text = home(without_accounts(), "en")
    assert all(path not in text for path in ("/sign-in", "/register", "/password"))
    assert "/requests/new" in text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.stem)
def test_every_organisation_has_a_home(document: Path) -> None:
    notice = compile_notice(json.loads(document.read_text("utf-8")), STORED)
    for locale in spoken(notice.locales):
        check_accessible(home(notice, locale), locale)


@pytest.mark.parametrize(("effect", "asks"), [("material", True), ("informative", False)])
def test_an_announced_change_stands_first(effect: str, asks: bool) -> None:
    at = NOW + timedelta(days=30)
    announced = Announced("2026-12-22", "2026-11-22", effect, at, at)
    text = home(shipped(), "en", announced)
    assert text.index("applies from 22 December 2026") < text.index("<h1>")
    assert "/notice/2026-12-22/changes?since=2026-11-22&amp;lang=en" in text
    assert ("a choice that you may have made" in text) is asks


@pytest.mark.parametrize(
    "accept", [None, "", "*/*", "application/json", "text/plain", "image/png", "text/html;q=0"]
)
def test_a_program_finds_nothing(accept: str | None) -> None:
    headers = Headers({} if accept is None else {"accept": [accept]})
    with pytest.raises(NotFound):
        refuse_programs(headers)


@pytest.mark.parametrize("accept", [BROWSER, "text/html", "application/json;q=0.5,text/html"])
def test_a_browser_finds_the_page(accept: str) -> None:
    refuse_programs(Headers({"accept": [accept]}))

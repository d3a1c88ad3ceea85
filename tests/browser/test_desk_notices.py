"""The desk's pages of notices in a browser: read by axe, on a phone, in every language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from chalicelib.pages.languages import languages
from tests.browser.chromium import Browsers
from tests.browser.judge import NARROW, faults
from tests.unit.core.samples import association_document
from tests.unit.core.test_publication import LONGER, WIDER
from tests.unit.publications.noticeboard import Board, board, in_every_language
from tests.unit.publications.simulated import people
from tests.unit.publications.test_proposal import GRAVE
from tests.unit.publications.test_trial import shorter
from tests.unit.publications.world import later_version

LIST = "/desk/notices"
DRAFT = "/desk/notices/2026-12-20"
TEXT = "/desk/notices/2026-12-20/text"
TRIAL = "/desk/notices/2026-12-20/simulation"
PUBLICATION = "/desk/notices/2026-12-20/publication"


@pytest.fixture(scope="module")
def judge(browsers: Browsers) -> Iterator[Page]:
    context = browsers.browser.new_context()
    context.route("**/*", lambda route: route.abort())
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Board:
    """A desk whose notice has all languages, and a draft."""
    made = board(monkeypatch, in_every_language(association_document()))
    people(made.world)
    draft = in_every_language(later_version(LONGER, WIDER, GRAVE, shorter))
    assert made.sends(document=json.dumps(draft)).status == 303
    return made


def states(desk: Board, language: str) -> dict[str, str]:
    """The pages in the states that differ."""
    refused = json.dumps(later_version() | {"bogus": 1, "sites": ["x" * 200]}, indent=2)
    digest = re.search(r'name="digest" value="(.*?)"', desk.opens(PUBLICATION).text)
    assert digest is not None
    wrong = {"digest": digest[1], "typed": "2026-12-21", "code": "000001"}
    return {
        "list": desk.opens(LIST, lang=language).text,
        "refused": desk.sends(LIST, document=refused, lang=language).text,
        "draft": desk.opens(DRAFT, lang=language, done="saved").text,
        "text": desk.opens(TEXT, lang=language).text,
        "plain": desk.opens(TEXT, lang=language, form="plain").text,
        "trial": desk.opens(TRIAL, lang=language).text,
        "publication": desk.opens(PUBLICATION, lang=language).text,
        "wrong": desk.sends(PUBLICATION, lang=language, fields=wrong).text,
        "told": desk.opens("/desk/notices/2025-03-01/publication", lang=language).text,
    }


def test_axe_has_nothing_to_say(desk: Board, judge: Page) -> None:
    made = states(desk, "it")
    for name in ("list", "refused", "draft", "plain", "trial", "publication", "wrong", "told"):
        assert faults(judge, made[name]) == [], name


def test_no_language_goes_beyond_a_phone(desk: Board, judge: Page) -> None:
    judge.set_viewport_size({"width": NARROW, "height": 900})
    for language in languages():
        for name, text in states(desk, language).items():
            judge.set_content(text)
            assert judge.evaluate("document.documentElement.scrollWidth") <= NARROW, name

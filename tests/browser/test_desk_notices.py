"""The desk's pages of notices in a browser: read by axe, on a phone, in every language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from chalicelib.pages.languages import languages
from chalicelib.publications.contract.pages import ANYWAY
from chalicelib.web.pages import cookie
from tests.browser.chromium import Browsers, Reader
from tests.browser.hands import Hand, Keyboard, Mouse
from tests.browser.judge import NARROW, faults
from tests.browser.noticeboard import served
from tests.unit.core.samples import association_document
from tests.unit.core.test_publication import LONGER, WIDER
from tests.unit.publications.noticeboard import Board, board, in_every_language
from tests.unit.publications.simulated import people
from tests.unit.publications.test_proposal import GRAVE
from tests.unit.publications.test_trial import shorter
from tests.unit.publications.world import later_version

LIST = "/desk/notices"
SPOKEN = ("en", "it")
DRAFT = "/desk/notices/2026-12-20"
TEXT = "/desk/notices/2026-12-20/text"
TRIAL = "/desk/notices/2026-12-20/simulation"
PUBLICATION = "/desk/notices/2026-12-20/publication"


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


@pytest.fixture
def bilingual(monkeypatch: pytest.MonkeyPatch) -> Board:
    """A desk whose notice has two languages, and people who agreed to one of its purposes."""
    made = board(monkeypatch, in_every_language(association_document(), SPOKEN))
    people(made.world)
    return made


@pytest.fixture
def address(bilingual: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the pages of that desk are served."""
    with served() as base:
        monkeypatch.setenv("RISERBO_PUBLIC_URL", base)
        yield base


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody of the desk in front of a browser, with their hand."""

    reader: Reader
    hand: Hand

    @classmethod
    def of(cls, reader: Reader, desk: Board, hand: Hand) -> Officer:
        """An officer who is signed in."""
        # A browser takes a host of its own machine for as safe as one with a certificate.
        url = reader.base_url.replace("http:", "https:")
        session = {"name": cookie.NAME, "value": desk.session(desk.officer), "url": url}
        reader.page.context.add_cookies([{**session, "secure": True}])  # type: ignore[typeddict-item]
        return cls(reader, hand)

    def part(self, selector: str) -> Locator:
        """The first such part of the page's contents."""
        return self.reader.page.locator(f"main {selector}").first

    def goes(self, part: Locator, status: int = 200) -> str:
        """Presses a link or a button; the path of the page where that leads, with its word."""
        with self.reader.page.expect_navigation():
            self.hand.press(part)
        text = self.reader.page.get_by_role("main").inner_text()
        assert self.reader.status == status, text
        room = self.reader.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert room <= 0, "the page goes beyond the screen"
        to = urlsplit(self.reader.page.url)
        return " ".join([to.path, *re.findall("done=([a-z]+)", to.query)])

    def pastes(self, text: str) -> None:
        """Puts a document into the form, as from the clipboard."""
        field = self.reader.field("document")
        if isinstance(self.hand, Keyboard):
            self.hand.write(field, "")
            self.reader.page.keyboard.insert_text(text)
        else:
            self.hand.write(field, text)


@pytest.mark.parametrize(
    ("locale", "width", "script"), [("it", 390, False), ("en", 1280, True)], ids=["mouse", "keys"]
)
def test_a_notice_is_drafted_corrected_tried_published_and_told(
    browsers: Browsers, bilingual: Board, address: str, locale: str, width: int, script: bool
) -> None:
    desk, version = bilingual, "2026-12-24"
    draft = f"{LIST}/{version}"
    good = in_every_language(later_version(WIDER), SPOKEN) | {"version": version}
    with browsers.reader(address, locale, width, script) as reader:
        officer = Officer.of(reader, desk, Keyboard(reader.page) if script else Mouse())
        reader.open(f"{address}{LIST}?lang={locale}")
        assert (reader.status, reader.language) == (200, locale)

        officer.pastes(json.dumps({"version": version, "bogus": 1}, indent=1))
        assert officer.goes(officer.part("form button"), 422) == LIST
        assert officer.part("#findings").count() == 1
        assert "/bogus" in officer.part(".plan").inner_text()
        assert officer.part(f"button[name={ANYWAY}]").count() == 1
        assert '"bogus": 1' in reader.field("document").input_value()
        officer.pastes(json.dumps(good))
        assert officer.goes(officer.part("form button")) == f"{draft} saved"
        assert officer.part("[role=status]").count() == 1

        assert (
            officer.goes(officer.part(f"a[href*='{version}/simulation']")) == f"{draft}/simulation"
        )
        assert officer.part("tbody td").inner_text().strip() == "3"
        assert officer.goes(officer.part(f"a[href*='{version}/publication']"))
        officer.hand.write(reader.field("typed"), "2026-12-25")
        officer.hand.write(reader.field("code"), "000001")
        assert officer.goes(officer.part("form button"), 400) == f"{draft}/publication"
        assert reader.field("code").input_value() == ""
        officer.hand.write(reader.field("typed"), version)
        officer.hand.write(reader.field("code"), "000001")
        assert officer.goes(officer.part("form button")) == f"{draft}/publication published"

        live = reader.page.locator("#progress")
        assert live.get_attribute("aria-live") == "polite"
        before = live.inner_text()
        desk.work_off()
        if not script:
            officer.goes(live.get_by_role("link"))
        expect(live.locator("a")).to_have_count(0, timeout=15_000)
        assert live.inner_text() != before
        assert [one for one in reader.complaints if "40" not in one and "42" not in one] == []
    assert desk.world.mails().total() == 3

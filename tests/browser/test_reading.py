"""The notice, its versions, their changes and the cookies, read by a person in a browser."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from chalicelib.notices import service
from chalicelib.pages.languages import languages
from tests.browser.chromium import Browsers
from tests.browser.judge import NARROW, faults
from tests.functions.api import Api
from tests.functions.stack import DeployedStack
from tests.unit.notices import reader
from tests.unit.notices.reader import World, opened
from tests.unit.rendering.test_changes_rendered import mixed

SCREENS = 12
"""Most screens of a phone that the notice is tall before anything is unfolded."""

WIDTH, HEIGHT = 390, 844
"""CSS pixels of that phone."""

HEAVIEST = 60_000
"""Bytes, zipped."""

STATES: dict[str, Callable[[str], str]] = {
    "notice": lambda one: opened("/notice", one).text,
    "versions": lambda one: opened("/notice/versions", one).text,
    "changes": lambda one: opened("/notice/{version}/changes", one, mixed().version).text,
    "cookies": lambda one: opened("/cookies", one).text,
    "refused": lambda one: opened("/notice/versions", one, cursor="!").text,
}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = reader.world(monkeypatch)
    monkeypatch.setattr(service, "announced", lambda: None)
    return made


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.mark.parametrize("state", STATES)
def test_axe_has_nothing_to_say(judge: Page, world: World, state: str) -> None:
    assert faults(judge, STATES[state]("it")) == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", [one for one in languages() if one != "it"])
def test_no_language_goes_beyond_a_phone(
    judge: Page, world: World, state: str, language: str
) -> None:
    judge.set_viewport_size({"width": NARROW, "height": 900})
    judge.set_content(STATES[state](language))
    assert judge.evaluate("document.documentElement.scrollWidth") <= NARROW


@pytest.mark.parametrize("language", languages())
def test_the_notice_is_short_on_a_phone_and_light(judge: Page, world: World, language: str) -> None:
    text = STATES["notice"](language)
    assert len(gzip.compress(text.encode())) <= HEAVIEST
    judge.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    judge.set_content(text)
    assert judge.evaluate("document.documentElement.scrollHeight") <= SCREENS * HEIGHT


@pytest.mark.parametrize(("locale", "title"), [("it", "Tutte le versioni"), ("en", "All versions")])
def test_a_person_reads_the_notice_and_finds_the_rest_from_there(
    browsers: Browsers, api: Api, locale: str, title: str
) -> None:
    version = api.notice_version()
    with browsers.reader(api.base_url, locale) as person:
        person.open(api.base_url)
        footer = person.page.get_by_role("contentinfo")
        footer.locator('a[href$="/notice"]').click()
        assert (person.status, person.language) == (200, locale)
        assert person.answered[-1].headers["riserbo-notice-version"] == version
        link = person.page.locator("section.answer a[href^='#purpose']").first
        place = link.get_attribute("href")
        link.click()
        assert person.page.locator(f"{place} dl").is_visible()
        footer.locator('a[href$="/notice/versions"]').click()
        assert (person.status, person.heading) == (200, title)
        person.page.get_by_role("main").get_by_role("link", name=version).click()
        assert person.page.url == f"{api.base_url}/notice/{version}"
        person.page.locator(".crumb a").click()
        assert person.heading == title
        person.page.go_back()
        person.page.go_back()
        assert person.heading == title
        footer.locator('a[href$="/cookies"]').click()
        assert person.page.url == f"{api.base_url}/cookies"
        assert person.page.get_by_role("table").count() >= 1
        person.page.get_by_role("main").locator('a[href*="/notice#purpose"]').first.click()
        person.page.locator("details[open]").wait_for()
        person.check()


def test_there_is_nothing_before_the_first_version_and_the_page_says_so(
    browsers: Browsers, api: Api
) -> None:
    version = api.notice_version()
    with browsers.reader(api.base_url, "en") as person:
        person.open(f"{api.base_url}/notice/{version}/changes")
        assert (person.status, person.language) == (404, "en")
        person.open(f"{api.base_url}/notice/1999-01-01?lang=it")
        assert (person.status, person.language) == (404, "it")
        assert person.page.get_by_role("main").get_by_role("link").count() >= 1

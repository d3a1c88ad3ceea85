"""Pages with a button, in a browser: from the mail's link to the effect, without script."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.chromium import Browsers
from tests.functions.api import Api
from tests.functions.buttons import BUTTONS
from tests.functions.stack import DeployedStack


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.mark.parametrize(
    ("shows", "locale"), [(one, "it") for one in BUTTONS] + [("showUnsubscribe", "en")]
)
def test_a_button_works_in_a_browser(browsers: Browsers, api: Api, shows: str, locale: str) -> None:
    button = BUTTONS[shows](api, locale)
    path = button.tracked.removeprefix(api.base_url)
    assert path.startswith(("/unsubscribe/", "/messages?", "/requests/"))
    former = f"/v1{path}".replace("/messages?", "/messages/x/verification?")
    with browsers.reader(api.base_url, locale) as person:
        person.open(api.base_url + former)
        led = urlsplit(person.page.url)
        assert led.path == urlsplit(button.tracked).path
        assert parse_qs(led.query) == parse_qs(urlsplit(button.tracked).query)
        main = person.page.get_by_role("main")
        for _ in range(2):  # a second press does it once more
            assert (person.status, person.language) == (200, locale)
            asked = person.heading
            with person.page.expect_navigation():
                main.get_by_role("button").click()
            assert (person.status, person.language) == (200, locale)
            assert person.heading != asked
            assert button.works()
            person.open(button.tracked)
        assert person.page.locator("header a[href*='lang=']").count() > 0
        person.check()


def test_a_link_that_was_cut_short_is_a_page_with_a_way_on(browsers: Browsers, api: Api) -> None:
    nobody = "z" * 26
    with browsers.reader(api.base_url, "it") as person:
        for path, status in (
            ("/unsubscribe/x", 422),
            ("/messages", 200),
            (f"/requests/{nobody}/download", 200),
        ):
            person.open(api.base_url + path)
            assert person.status == status
            assert person.page.get_by_role("main").get_by_role("link").count() >= 1
            assert person.page.get_by_role("main").get_by_role("button").count() == 0

"""Every page with a button, in a browser: from the mail's link to the effect, without script."""

from __future__ import annotations

import pytest

from tests.browser.chromium import Browsers
from tests.functions.api import Api
from tests.functions.buttons import BUTTONS, REPEATED
from tests.functions.stack import DeployedStack

LOCALES = ("it", "en")
"""The languages of the notice that is deployed."""

ALREADY = {"it": "già", "en": "already"}
USED_UP = set(BUTTONS) - REPEATED
"""Pages whose button can do what it does once; the others do it again."""


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("shows", BUTTONS)
def test_a_button_works_in_a_browser(browsers: Browsers, api: Api, shows: str, locale: str) -> None:
    button, page = BUTTONS[shows](api, locale), shows.partition("/")[0]
    with browsers.reader(api.base_url, locale) as person:
        person.open(button.tracked)
        assert (person.status, person.language) == (200, locale)
        asked = person.heading
        forms = person.page.locator("form").count()
        assert forms == len([one for one in BUTTONS if one.partition("/")[0] == page])
        person.press(button.number, **button.typed)
        assert (person.status in (200, 202), person.language) == (True, locale)
        done = person.heading
        assert done != asked
        assert button.works()
        person.page.go_back()
        assert person.heading == asked
        person.press(button.number, **button.typed)
        assert (person.status in (200, 202), person.language) == (True, locale)
        assert (ALREADY[locale] in person.heading) is (shows in USED_UP)
        person.check()

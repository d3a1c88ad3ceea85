"""Every page with a button is pressed as its HTML says, from the mail to the effect."""

from __future__ import annotations

import pytest
import requests

from chalicelib.accounts import paths
from chalicelib.web.contract import HTML
from functions.http.site import OPERATIONS
from tests.functions import people
from tests.functions.api import Api
from tests.functions.buttons import BUTTONS, shown_form
from tests.functions.stack import DeployedStack

POSTED = {one.path for one in OPERATIONS if one.method == "POST" and HTML in one.media_types}
WITH_BUTTON = [one.id for one in OPERATIONS if one.method == "GET" and one.path in POSTED]


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def test_every_page_with_a_button_is_pressed() -> None:
    assert set(BUTTONS) == set(WITH_BUTTON)
    assert len(POSTED) == len(WITH_BUTTON), "every form has the page that shows it"


def browse(api: Api, url: str, locale: str) -> requests.Response:
    """Opens an address in a browser."""
    headers = {"Accept": f"{HTML},*/*;q=0.8", "Accept-Language": locale}
    return api.get(url.removeprefix(api.base_url), headers=headers)


@pytest.mark.parametrize("shows", WITH_BUTTON)
def test_a_button_does_what_it_says(api: Api, shows: str) -> None:
    button = BUTTONS[shows](api, "en")
    assert button.tracked.startswith(api.base_url), "mails lead to our own address"
    page = browse(api, button.tracked, "en")
    assert page.status_code == 200, page.text
    form = shown_form(page.text)
    assert "utm_source" not in form.action
    pressed = form.submit(api, button.tracked, "en", **button.typed)
    assert pressed.status_code in (200, 202), pressed.text
    assert '<html lang="en">' in pressed.text
    assert button.works()


def test_the_answer_is_in_the_language_of_the_page_that_was_read(api: Api) -> None:
    url = f"{api.base_url}{paths.RESETS}?lang=en_GB"
    form = shown_form(browse(api, url, "it").text)
    answer = form.submit(api, url, "it", email=people.new_address())
    assert '<html lang="en">' in answer.text

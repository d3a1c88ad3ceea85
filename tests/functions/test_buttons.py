"""Every page with a button is pressed as its HTML says, from the mail to the effect."""

from __future__ import annotations

import re

import pytest
import requests

from chalicelib.web.contract import HTML
from functions.http.site import OPERATIONS
from tests.functions.api import JSON, Api, problem
from tests.functions.buttons import BUTTONS, REPEATED, Button, ShownForm, shown_form
from tests.functions.stack import DeployedStack
from tests.functions.together import at_once

POSTED = {one.path for one in OPERATIONS if one.method == "POST" and HTML in one.media_types}
WITH_BUTTON = [one.id for one in OPERATIONS if one.method == "GET" and one.path in POSTED]
BROWSER = f"{HTML},application/xhtml+xml,*/*;q=0.8"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def test_every_page_with_a_button_is_pressed() -> None:
    assert {name.partition("/")[0] for name in BUTTONS} == set(WITH_BUTTON)


def browse(api: Api, url: str, locale: str, method: str = "GET") -> requests.Response:
    """Opens an address in a browser."""
    headers = {"Accept": BROWSER, "Accept-Language": locale}
    return api.call(method, url.removeprefix(api.base_url), headers=headers)


def looked_at(api: Api, button: Button) -> ShownForm:
    """The form of a button's page, which was looked at in every way that changes nothing."""
    assert button.url.startswith(api.base_url), "mails lead to our own address"
    for method in ("HEAD", "GET", "OPTIONS", "GET"):
        page = browse(api, button.tracked, "en", method)
    assert page.status_code == 200, page.text
    head = browse(api, button.tracked, "en", "HEAD")
    assert (head.status_code, head.text) == (200, "")
    assert head.headers["Content-Type"] == page.headers["Content-Type"]
    assert "utm_source" not in page.text
    return shown_form(page.text, button.number)


@pytest.mark.parametrize("shows", BUTTONS)
def test_a_button_does_what_it_says_and_says_so_to_who_presses_it_again(
    api: Api, shows: str
) -> None:
    button = BUTTONS[shows](api, "en")
    form = looked_at(api, button)
    for _ in range(2):
        pressed = form.submit(api, button.tracked, "en", **button.typed)
        assert pressed.status_code in (200, 202), pressed.text
        assert '<html lang="en">' in pressed.text
        assert "<form" not in pressed.text
    assert button.works()
    if "token" in form.fields and shows not in REPEATED:
        assert re.search(r"<h1>[^<]*already", pressed.text)
        path = button.url.removeprefix(api.base_url).partition("?")[0]
        again = api.post(path, json={**form.fields, **button.typed})
        assert problem(again, 422)["type"].endswith(":link-not-valid")


@pytest.mark.parametrize("shows", ["showRequestVerification"])
def test_a_double_click_says_that_it_is_done(api: Api, shows: str) -> None:
    button = BUTTONS[shows](api, "en")
    form = shown_form(browse(api, button.url, "en").text)

    def press() -> int:
        pressed = form.submit(Api(api.stack), button.url, "en", **button.typed)
        return pressed.status_code

    assert at_once([press] * 3) == [200] * 3
    assert button.works()


@pytest.mark.parametrize("end", ["", "/", "?utm_source=x", "/?utm_source=x&lang=it_IT.UTF-8"])
def test_the_base_url_is_a_page_in_a_browser_and_nothing_for_programs(api: Api, end: str) -> None:
    page = browse(api, end, "it")
    assert page.status_code == 200
    # The controller's address is a link too, which no page of ours answers.
    links = re.findall(r'<a href="((?!mailto:)[^"]+)">', page.text)
    assert len(links) > 4
    for link in links:
        address = link.replace("&amp;", "&").partition("#")[0]
        assert address.startswith(f"{api.base_url}/")
        assert browse(api, address, "it", "HEAD").status_code == 200
    for accept in (JSON, "*/*"):
        assert problem(api.get(end, headers={"Accept": accept}), 404)["type"].endswith("not-found")
    assert browse(api, end, "it", "HEAD").status_code == 200

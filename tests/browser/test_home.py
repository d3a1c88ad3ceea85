"""The home page at the address that is printed, what it loads, and what its headers allow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from chalicelib.pages.assets import FOR_GOOD, script, script_name
from tests.browser.chromium import Browsers
from tests.functions.api import HTML, Api
from tests.functions.stack import DeployedStack

TITLES = {"it": "I Suoi dati presso Kaveripoint", "en": "Your data at Kaveripoint"}


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def scripted(browsers: Browsers) -> Iterator[Page]:
    """A page in which script runs."""
    context = browsers.browser.new_context(locale="it")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("locale", TITLES)
@pytest.mark.parametrize("end", ["", "/"])
def test_the_address_that_is_printed_is_the_home_page(
    browsers: Browsers, api: Api, end: str, locale: str
) -> None:
    with browsers.reader(api.base_url, locale) as person:
        person.open(api.base_url + end)
        assert (person.status, person.language, person.heading) == (200, locale, TITLES[locale])
        person.page.get_by_role(
            "link", name="Accedi" if locale == "it" else "Sign in"
        ).first.click()
        assert person.page.url.startswith(f"{api.base_url}/sign-in")
        person.open(api.base_url + "/docs")
        assert (person.status, person.language) == (200, locale)
        person.check()


def test_a_page_says_whom_it_lets_in(api: Api) -> None:
    sent = api.get("/", headers={"Accept": HTML})
    policy = sent.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    told = {
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    assert {name: sent.headers[name] for name in told} == told
    assert "Access-Control-Allow-Origin" not in sent.headers
    assert sent.headers["Strict-Transport-Security"]
    assert sent.headers["Permissions-Policy"]


def test_the_script_is_kept_for_good_under_the_name_of_its_contents(api: Api) -> None:
    sent = api.get(f"/assets/{script_name()}")
    assert (sent.status_code, sent.content) == (200, script())
    assert sent.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert sent.headers["Cache-Control"] == FOR_GOOD
    assert api.get("/assets/another.js").status_code == 404


def test_the_script_adds_comfort_that_the_policy_allows(scripted: Page, api: Api) -> None:
    complaints = list[str]()
    scripted.on("console", lambda one: complaints.append(one.text))
    scripted.goto(f"{api.base_url}/sign-in")
    field = scripted.locator("#field-password")
    field.fill("a long enough password")
    assert field.get_attribute("type") == "password"
    scripted.get_by_role("button", name="Mostra").click()
    assert field.get_attribute("type") == "text"
    scripted.get_by_role("button", name="Nascondi").click()
    assert field.get_attribute("type") == "password"
    assert complaints == []

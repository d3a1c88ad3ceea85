"""Signing in and out by a person in a browser, without script, and what the cookie opens."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.chromium import Browsers, Reader
from tests.functions import people
from tests.functions.api import HTML, JSON, Api, ok
from tests.functions.people import PASSWORD, Person
from tests.functions.second_factor import WRONG, Device, switched_on

NAME = "__Host-riserbo-session"
FORM = "application/x-www-form-urlencoded"
TITLES = {"it": "Accesso", "en": "Sign in"}
MARKS = {"it": "Errore: ", "en": "Error: "}


@pytest.fixture(scope="module")
def ada(api: Api) -> Person:
    return people.signed_in(api)


@pytest.fixture(scope="module")
def device(api: Api) -> Device:
    return switched_on(api, people.signed_in(api))


def cookies(person: Reader) -> list[Any]:
    return person.page.context.cookies()


@pytest.mark.parametrize("locale", TITLES)
def test_a_person_signs_in_and_out(browsers: Browsers, api: Api, ada: Person, locale: str) -> None:
    to = "/sign-in?to=/account/choices%3Fx=1"
    with browsers.reader(api.base_url, locale) as person:
        person.open(api.base_url + to)
        assert (person.status, person.heading) == (200, TITLES[locale])
        person.fill(email=ada.email, password="not the password at all")
        assert (person.status, person.heading) == (401, TITLES[locale])
        assert person.page.title().startswith(MARKS[locale])
        assert person.page.get_by_role("alert").inner_text()
        assert person.field("email").input_value() == ada.email
        assert person.field("password").input_value() == ""
        assert cookies(person) == []
        person.fill(password=PASSWORD)
        assert person.page.url == f"{api.base_url}/account/choices?x=1"
        (cookie,) = cookies(person)
        assert cookie["name"] == NAME
        assert (cookie["secure"], cookie["httpOnly"]) == (True, True)
        assert (cookie["path"], cookie["sameSite"]) == ("/", "Lax")
        token = cookie["value"]
        assert api.get("/v1/account", headers=people.bearer(token)).status_code == 200
        sent = {"Cookie": f"{NAME}={token}"}
        assert api.get("/v1/account", headers=sent).status_code == 401


def test_a_code_comes_after_the_password_and_no_address_holds_either(
    browsers: Browsers, api: Api, device: Device
) -> None:
    with browsers.reader(api.base_url, "en") as person:
        person.open(api.base_url + "/sign-in/code")
        assert urlsplit(person.page.url).path.endswith("/sign-in"), "there is no password yet"
        person.open(api.base_url + "/sign-in?lang=it&to=/account/requests")
        person.fill(email=device.person.email, password=PASSWORD)
        assert (person.status, person.language) == (200, "it")
        assert urlsplit(person.page.url).path.endswith("/sign-in/code")
        assert device.person.email not in person.page.content()
        assert PASSWORD not in person.page.content()
        (ticket,) = cookies(person)
        assert api.get("/v1/account", headers=people.bearer(ticket["value"])).status_code == 401
        person.fill(code=WRONG)
        assert person.status == 401
        assert person.page.title().startswith(MARKS["it"])
        person.page.reload()
        person.fill(code=device.code())
        assert urlsplit(person.page.url).path.endswith("/account/requests")
        assert parse_qs(urlsplit(person.page.url).query) == {"lang": ["it"]}
        (cookie,) = cookies(person)
        assert api.get("/v1/account", headers=people.bearer(cookie["value"])).status_code == 200
        for url in person.asked:
            assert device.person.email not in url
            assert "password" not in url


def test_signing_out_ends_the_session_and_shows_nothing_again(
    browsers: Browsers, api: Api, ada: Person
) -> None:
    with browsers.reader(api.base_url, "en") as person:
        person.open(api.base_url + "/sign-in")
        person.fill(email=ada.email, password=PASSWORD)
        (cookie,) = cookies(person)
        bearer = people.bearer(cookie["value"])
        headers = {"Accept": HTML, "Content-Type": FORM, "Cookie": f"{NAME}={cookie['value']}"}
        for site in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-origin"}):
            refused = api.post("/sign-out", headers=headers | site, data="form=x")
            assert refused.status_code == 403
            assert refused.headers["Content-Type"].startswith(HTML)
        assert api.get("/v1/account", headers=bearer).status_code == 200
        for path in ("/account/choices", "/account/email"):
            person.open(f"{api.base_url}{path}?lang=it")
        assert ada.email in person.page.content()
        with person.page.expect_navigation():
            person.page.get_by_role("banner").get_by_role("button", name="Esci").click()
        assert person.page.url == f"{api.base_url}/?done=signed_out&lang=it"
        assert person.language == "it"
        assert person.page.get_by_role("status").inner_text()
        assert cookies(person) == []
        assert api.get("/v1/account", headers=bearer).status_code == 401
        for _ in range(2):
            person.page.go_back()
            assert urlsplit(person.page.url).path.endswith("/sign-in")
            assert ada.email not in person.page.content()
            assert person.page.get_by_role("button", name="Esci").count() == 0


def test_the_browser_holds_no_cookie_that_the_notice_does_not_declare(
    browsers: Browsers, api: Api, ada: Person
) -> None:
    declared = {one["name"]: one for one in ok(api.get("/v1/cookies"))["cookies"]}
    with browsers.reader(api.base_url, "en") as person:
        person.open(api.base_url)
        assert cookies(person) == []
        person.open(api.base_url + "/sign-in")
        person.fill(email=ada.email, password=PASSWORD)
        (held,) = cookies(person)
        lasts = declared[held["name"]]["lifetime"]["days"]
        assert abs(held["expires"] - time.time() - lasts * 86_400) < 3_600


@pytest.mark.parametrize("path", ["/nowhere", "/account/nowhere/at/all", "/v1/nowhere/at/all"])
def test_an_unknown_address_is_a_page_for_people_and_a_problem_for_programs(
    browsers: Browsers, api: Api, path: str
) -> None:
    with browsers.reader(api.base_url, "it") as person:
        person.open(api.base_url + path)
        assert (person.status, person.language) == (404, "it")
        assert person.page.get_by_role("link").count() >= 1
    for method in ("GET", "POST", "DELETE"):
        answer = api.call(method, path, headers={"Accept": JSON})
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:riserbo:problem:not-found"
    assert ok(api.get("/v1/health"))

"""The second factor of somebody in front of a browser, without script: set up, used, removed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from chalicelib.accounts.second_factor import new_recovery_codes, new_secret, uri
from chalicelib.accounts.service import enrolment
from chalicelib.accounts.service.enrolment import Offered
from chalicelib.errors import Forbidden
from tests.browser.chromium import Browsers, Reader
from tests.browser.judge import faults
from tests.functions import people
from tests.functions.api import Api
from tests.functions.people import PASSWORD
from tests.functions.second_factor import Device, refused, sign_in
from tests.unit.accounts.owner import arrived, pressed

PATH = "/account/second-factor"
ADD, PROVE = "Continua", "Attiva il secondo fattore"
RENEW, REMOVE = "Crea nuovi codici di recupero", "Rimuovi il secondo fattore"


@pytest.fixture
def judge(browsers: Browsers) -> Iterator[Page]:
    context = browsers.browser.new_context()
    context.route("**/*", lambda route: route.abort())
    yield context.new_page()
    context.close()


def at(reader: Reader) -> str:
    """The address of the page that is shown, without what stands before the path."""
    return reader.page.url.removeprefix(reader.base_url)


def press(reader: Reader, button: str, **typed: str) -> None:
    for name, value in typed.items():
        reader.field(name).fill(value)
    with reader.page.expect_navigation():
        reader.page.get_by_role("main").get_by_role("button", name=button).click()


def beside(reader: Reader, status: int, *fields: str) -> None:
    """The form came back: the title, the summary and each field say so."""
    assert reader.status == status
    assert reader.page.title().startswith("Errore: ")
    links = reader.page.get_by_role("alert").get_by_role("link").all()
    assert [one.get_attribute("href") for one in links] == [f"#field-{name}" for name in fields]
    for name in fields:
        field = reader.page.locator(f"#field-{name}")
        assert field.get_attribute("aria-invalid") == "true"
        assert f"errors-{name}" in str(field.get_attribute("aria-describedby"))


def recovery(reader: Reader) -> list[str]:
    return reader.page.locator("#field-codes").input_value().split("\n")


def test_a_person_sets_up_uses_and_removes_a_second_factor(browsers: Browsers, api: Api) -> None:
    ada = people.signed_in(api, locale="it")
    with browsers.reader(api.base_url, "it") as reader:
        reader.open(api.base_url + "/sign-in?to=/account/password")
        reader.fill(email=ada.email, password=PASSWORD)
        reader.page.get_by_role("link", name="Secondo fattore").click()
        assert (at(reader), reader.heading) == (PATH, "Secondo fattore")
        press(reader, ADD, current_password="not the password at all")
        beside(reader, 403, "current_password")
        press(reader, ADD, current_password=PASSWORD)
        assert (reader.status, at(reader)) == (200, PATH)
        assert reader.answered[-1].headers["cache-control"] == "no-store"
        assert reader.page.get_by_role("img", name=re.compile("QR")).bounding_box()
        secret = reader.page.locator("#field-shown").input_value().replace(" ", "")
        (link,) = reader.page.locator("a[href^='otpauth:']").all()
        assert f"secret={secret}" in str(link.get_attribute("href"))
        device = Device(api.stack, ada, secret)

        press(reader, PROVE, code="")
        beside(reader, 400, "code")
        press(reader, PROVE, code="000000" if device.shown() != "000000" else "111111")
        beside(reader, 403, "code")
        # The page came back with the secret, so that nobody has to add the account twice.
        assert reader.page.locator("#field-shown").input_value().replace(" ", "") == secret
        press(reader, PROVE, code=device.code())
        assert (reader.status, at(reader)) == (200, PATH)
        assert reader.answered[-1].headers["cache-control"] == "no-store"
        device.recovery = recovery(reader)
        assert len(set(device.recovery)) == 10
        # Loading the answer again sends the form again, which shows the codes to nobody.
        reader.page.reload()
        assert reader.status == 409
        assert device.recovery[0] not in reader.page.content()
        reader.open(api.base_url + PATH)
        assert device.recovery[0] not in reader.page.content()
        assert "10 di 10" in reader.page.get_by_role("main").inner_text()
        refused(sign_in(api, ada.email, None), 401, "second-factor-needed")

        press(reader, RENEW)
        beside(reader, 400, "current_password", "code")
        used = device.last
        press(reader, RENEW, current_password=PASSWORD, code=used)
        beside(reader, 403, "code")
        press(reader, RENEW, current_password=PASSWORD, code=device.recovery[0])
        renewed = recovery(reader)
        assert len(set(renewed) - set(device.recovery)) == 10

        # A code that was used is refused beside its field at the other doors too.
        reader.open(api.base_url + "/account/password")
        reader.field("current_password").fill(PASSWORD)
        reader.field("password").fill("a whole new long password")
        reader.fill(code=used)
        beside(reader, 401, "code")
        reader.open(api.base_url + "/requests/new?right=erase")
        reader.field("password").fill(PASSWORD)
        reader.fill(code=used)
        beside(reader, 401, "code")

        reader.open(api.base_url + PATH)
        press(reader, REMOVE, current_password=PASSWORD, code=renewed[0])
        assert at(reader) == PATH + "?done=removed"
        assert reader.page.get_by_role("status").count() == 1
        assert sign_in(api, ada.email, None).status_code == 201
        for url in reader.asked:
            assert not any(code in url for code in (secret, *device.recovery, *renewed))
        noise = "Failed to load resource"
        reader.complaints = [one for one in reader.complaints if noise not in one]
        reader.check()


def test_axe_has_nothing_to_say_of_what_is_shown_once(
    judge: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived(monkeypatch)
    secret = new_secret()
    offered = Offered(secret, uri(secret, "A site", "ada@example.org"))
    monkeypatch.setattr(enrolment, "offer", lambda *_: offered)
    monkeypatch.setattr(enrolment, "offered_still", lambda *_: offered)
    monkeypatch.setattr(enrolment, "confirm", lambda *_: new_recovery_codes())
    proof = {"act": "confirm", "secret": secret, "code": "492039"}
    for language in ("it", "en"):
        page = pressed(PATH, language, act="offer", current_password="x")
        assert faults(judge, page.text) == []
        assert faults(judge, pressed(PATH, language, **proof).text) == []

    def refuse(*_: object) -> None:
        raise Forbidden("No.", type="wrong-code")

    monkeypatch.setattr(enrolment, "confirm", refuse)
    assert faults(judge, pressed(PATH, "it", **proof).text) == []

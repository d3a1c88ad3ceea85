"""A person's own account, by who is signed in, without script; and the pages as axe judges them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from chalicelib.pages.languages import languages
from chalicelib.sessions.model import Opened
from tests.browser.chromium import Browsers, Reader
from tests.browser.judge import NARROW, faults
from tests.functions import owners, people
from tests.functions.api import Api
from tests.functions.people import PASSWORD
from tests.unit.accounts.owner import PAGES, Person, arrived, everything, pressed, shown

NEW = "a whole new long password"
PHONE = "profile.identity.phone"
NAME = "profile.identity.name"
STATES: dict[str, Callable[[str], str]] = {
    "profile refused": lambda one: pressed("/account/profile", one, seen="x", **{PHONE: "12"}).text,
    "password refused": lambda one: pressed("/account/password", one).text,
}


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    return arrived(monkeypatch)


def at(reader: Reader) -> str:
    """The address of the page that is shown, without what stands before the path."""
    return reader.page.url.removeprefix(reader.base_url)


def typed(reader: Reader, **values: str) -> None:
    for name, value in values.items():
        reader.page.locator(f"[name='{name}']").fill(value)


def press(reader: Reader, number: int = 0) -> None:
    """Presses a button of the page's contents, the first by default."""
    with reader.page.expect_navigation():
        reader.page.get_by_role("main").get_by_role("button").nth(number).click()


def refused(reader: Reader, status: int, *fields: str) -> None:
    """The form came back: the title, the summary and each field say so."""
    assert reader.status == status
    assert reader.page.title().startswith("Errore: ")
    links = reader.page.get_by_role("alert").get_by_role("link").all()
    assert [one.get_attribute("href") for one in links] == [f"#field-{name}" for name in fields]
    for name in fields:
        field = reader.page.locator(f"[id='field-{name}']")
        assert field.get_attribute("aria-invalid") == "true"


def test_a_person_sees_to_their_account(browsers: Browsers, api: Api) -> None:
    ada = people.signed_in(api, locale="it")
    with browsers.reader(api.base_url, "it") as reader:
        reader.open(api.base_url + "/account")
        assert at(reader).startswith("/sign-in?")
        reader.fill(email=ada.email, password=PASSWORD)
        assert (at(reader), reader.heading) == ("/account", "Il Suo account")

        reader.open(api.base_url + "/account/profile")
        typed(reader, **{NAME: "Ada <Lovelace>", PHONE: "12"})
        press(reader)
        refused(reader, 400, PHONE)
        assert reader.page.locator(f"[name='{NAME}']").input_value() == "Ada <Lovelace>"
        assert reader.page.locator(f"[name='{PHONE}']").input_value() == "12"
        typed(reader, **{PHONE: "+39 06 6982 0000"})
        button = reader.page.get_by_role("main").get_by_role("button").last
        reader.press_twice(button, "done=saved")
        # Both clicks of somebody who is in doubt are one correction.
        reader.open(api.base_url + "/account/profile")
        assert owners.account(api, ada)["profile"]["identity"]["name"] == "Ada <Lovelace>"
        # What was changed elsewhere meanwhile is not overwritten.
        owners.correct(api, ada, {"identity": {"name": "Ada"}})
        typed(reader, **{NAME: "Grace"})
        press(reader)
        assert reader.status == 412
        assert reader.page.locator(f"[name='{NAME}']").input_value() == "Grace"
        press(reader)
        assert at(reader) == "/account/profile?done=saved"
        assert reader.page.get_by_role("status").count() == 1
        reader.page.reload()
        typed(reader, **{PHONE: ""})
        press(reader)
        assert owners.account(api, ada)["profile"]["identity"].get("phone") is None

        reader.open(api.base_url + "/account/sessions?lang=en")
        assert (reader.language, reader.heading) == ("en", "Devices")
        rows = reader.page.locator("tbody tr")
        assert rows.count() == 2
        rows.filter(has_not_text="This device").get_by_role("button").click()
        assert at(reader) == "/account/sessions?done=ended&lang=en"
        assert api.get("/v1/account", headers=ada.headers).status_code == 401
        assert reader.page.locator("tbody tr").count() == 1

        reader.open(api.base_url + "/account/password")
        typed(reader, current_password="not the password at all", password=NEW)
        press(reader)
        refused(reader, 403, "current_password")
        assert reader.field("password").input_value() == ""
        typed(reader, current_password=PASSWORD, password="piccina")
        press(reader)
        refused(reader, 400, "password")
        typed(reader, current_password=PASSWORD, password=NEW)
        press(reader)
        assert at(reader) == "/account/password?done=changed"
        reader.page.reload()

        moves(reader, api)
        prefers(reader, api, people.sign_in(api, ada.email, NEW))

        reader.open(api.base_url + "/account/leave")
        press(reader)
        assert at(reader) == "/account/leave?done=stopped"
        reader.page.reload()
        reader.open(api.base_url + "/account")
        assert reader.page.get_by_role("main").locator(".note.care").count() == 1
        reader.open(api.base_url + "/account/leave")
        press(reader)
        assert at(reader) == "/account/leave?done=resumed"

        reader.open(api.base_url + "/account/sessions")
        press(reader, -1)
        assert at(reader) == "/?done=signed_out"
        reader.page.go_back()
        assert at(reader).startswith("/sign-in?")
        assert all(ada.email not in one and NEW not in one for one in reader.asked)


def moves(reader: Reader, api: Api) -> None:
    """Asks for another address, and gets the mail that confirms it."""
    target = people.new_address()
    reader.open(api.base_url + "/account/email")
    typed(reader, email="nobody at all", current_password=NEW)
    press(reader)
    refused(reader, 400, "email")
    typed(reader, email=target, current_password=PASSWORD)
    press(reader)
    refused(reader, 403, "current_password")
    assert reader.field("email").input_value() == target
    typed(reader, current_password=NEW)
    button = reader.page.get_by_role("main").get_by_role("button")
    reader.press_twice(button, "done=sent")
    (mail,) = people.mails(api.stack, target)
    assert "/email/confirm?" in mail["BodyText"]
    assert target not in reader.page.url


def prefers(reader: Reader, api: Api, person: people.Person) -> None:
    """Chooses another language, and one kind of mail less; the page speaks it from then on."""
    reader.open(api.base_url + "/account/preferences")
    assert reader.language == "it"
    reader.page.locator("[name=locale][value=en]").check()
    reader.page.locator("[name='notifications.new_sign_in'][value=no]").check(force=True)
    press(reader)
    assert (at(reader), reader.language) == ("/account/preferences?done=saved", "en")
    account = owners.account(api, person)
    assert (account["locale"], account["notifications"]["new_sign_in"]) == ("en", False)
    reader.open(api.base_url + "/account/messages")
    assert (reader.status, reader.heading) == (200, "Messages received")


@pytest.mark.parametrize("path", PAGES)
def test_axe_has_nothing_to_say(judge: Page, person: Person, path: str) -> None:
    everything(person)
    assert faults(judge, shown(path, "it").text) == []


@pytest.mark.parametrize("state", STATES)
def test_axe_has_nothing_to_say_of_a_refusal(judge: Page, person: Person, state: str) -> None:
    person.opened = Opened(second_factor=True)
    assert faults(judge, STATES[state]("it")) == []


@pytest.mark.parametrize("path", PAGES)
def test_no_language_goes_beyond_a_phone(judge: Page, person: Person, path: str) -> None:
    everything(person)
    judge.set_viewport_size({"width": NARROW, "height": 900})
    for language in languages():
        judge.set_content(shown(path, language).text)
        assert judge.evaluate("document.documentElement.scrollWidth") <= NARROW, language

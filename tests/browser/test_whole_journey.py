"""A newcomer's way from the home page to leaving, by links and buttons alone."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import Locator

from chalicelib.accounts import paths
from tests.browser.chromium import Browsers, Reader
from tests.browser.hands import Hand, Keyboard, Mouse
from tests.functions import people
from tests.functions.api import Api
from tests.functions.buttons import link
from tests.functions.people import PASSWORD
from tests.functions.waiting import until

NAME = "Ada <Lovelace>"
NEW = "a whole new long password"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody in front of a browser, with their hand."""

    reader: Reader
    hand: Hand

    @property
    def place(self) -> str:
        """The path and the word of the page that is shown."""
        return self.reader.place

    def part(self, selector: str, among: str = "main") -> Locator:
        """The first such part of the page's contents, or of another landmark."""
        return self.reader.page.locator(f"{among} {selector}").first

    def goes(self, part: Locator) -> None:
        """Presses a link or a button, and is on another page that is all right."""
        with self.reader.page.expect_navigation():
            self.hand.press(part)
        assert self.reader.status == 200
        assert self.reader.page.locator("h1").count() == 1
        room = self.reader.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert room <= 0, "the page goes beyond the screen"

    def follows(self, address: str, among: str = "main") -> None:
        """Follows the first link there."""
        self.goes(self.part(f"a[href*='{address}']", among))

    def opens_tab(self, path: str) -> None:
        """Opens a page of the account from those that stand above every page of it."""
        here = self.reader.page.locator("nav.tabs a").filter(
            has=self.reader.page.locator(f"xpath=self::*[contains(@href, '{path}')]")
        )
        self.goes(here.first)
        assert self.place == path

    def sends(self, action: str, **typed: str) -> None:
        """Fills in fields of the form that leads there and presses its button."""
        form = self.part(f"form[action*='{action}']")
        for name, value in typed.items():
            self.hand.write(form.locator(f"[name='{name}']"), value)
        self.goes(form.locator("button:not([type=button])").first)


@pytest.mark.parametrize(
    ("locale", "width", "script"), [("it", 390, False), ("en", 1280, True)], ids=["mouse", "keys"]
)
def test_a_newcomer_does_everything_and_leaves(
    browsers: Browsers, api: Api, locale: str, width: int, script: bool
) -> None:
    email = people.new_address()
    with browsers.reader(api.base_url, locale, width, script) as reader:
        person = Newcomer(reader, Keyboard(reader.page) if script else Mouse())
        reader.open(api.base_url)
        assert (reader.status, reader.language) == (200, locale)

        registers(person, email)
        proves_the_address(person, api, email)
        says_no_and_reads_the_receipt(person)
        corrects_the_name(person)
        copy = asks_for(person, "copy")
        asks_for(person, "erase", password=PASSWORD)
        sees_the_day(person, copy)
        assert NAME in downloads(person, copy)

        person.opens_tab("/account/password")
        person.sends("/account/password", current_password=PASSWORD, password=NEW)
        assert person.place == "/account/password changed"
        person.opens_tab("/account/profile")
        person.opens_tab("/account/leave")
        person.sends("/account/leave")
        assert person.place == "/account/leave stopped"
        person.goes(person.part("form[action*='/sign-out'] button", "header"))
        assert person.place == "/ signed_out"
        people.sign_in(api, email, NEW)
        assert reader.complaints == []
        assert all(email not in one and "password=" not in one for one in reader.asked)


def registers(person: Newcomer, email: str) -> None:
    person.follows("/register")
    assert person.part("input:checked").count() == 0
    person.hand.write(person.reader.field("email"), email)
    person.hand.write(person.reader.field("password"), PASSWORD)
    person.hand.choose(person.part("[id='field-decisions.surveys-yes']"))
    person.sends("/register")
    assert person.place == "/verification sent"


def proves_the_address(person: Newcomer, api: Api, email: str) -> None:
    (mail,) = people.mails(api.stack, email)
    person.reader.open(link(mail, paths.VERIFICATION))
    person.sends("/verification", password=PASSWORD)
    assert person.place == "/sign-in verified"
    person.sends("/sign-in", email=email, password=PASSWORD)
    assert person.place == "/account"


def says_no_and_reads_the_receipt(person: Newcomer) -> None:
    person.opens_tab("/account/choices")
    no = person.part("[id='field-decisions.surveys']")
    assert person.part("[id='field-decisions.surveys-yes']").is_checked()
    person.hand.choose(no)
    person.goes(person.part("form[action*='/account/choices'] button"))
    assert person.place == "/account/choices saved"
    assert no.is_checked()
    person.follows("/account/receipts/")
    assert person.part("#receipt").inner_text().count(".") == 2, "a signature in three parts"
    person.follows("/account/choices")


def corrects_the_name(person: Newcomer) -> None:
    person.opens_tab("/account/profile")
    person.sends("/account/profile", **{"profile.identity.name": NAME})
    assert person.place == "/account/profile saved"
    assert person.part("[name='profile.identity.name']").input_value() == NAME


def asks_for(person: Newcomer, right: str, **typed: str) -> str:
    """Asks for it, sees the day of the answer, and returns the path of the request."""
    person.opens_tab("/account/requests")
    person.follows("/requests/new")
    person.follows(f"right={right}")
    person.sends("/requests/new", **typed)
    path, _, done = person.place.partition(" ")
    assert (path.rpartition("/")[0], done) == ("/account/requests", "made")
    assert date.fromisoformat(str(person.part(".due .big time").get_attribute("datetime")))
    return path


def sees_the_day(person: Newcomer, copy: str) -> None:
    """The list has both requests; the erasure waits, while the copy may be there by now."""
    person.opens_tab("/account/requests")
    page = person.reader.page
    rows = page.locator("tbody tr")
    the_copy = page.locator(f"a[href*='{copy}']")
    assert rows.count() == 2
    assert rows.filter(has_not=the_copy).locator("time").count() == 2, "received and due"
    assert rows.filter(has=the_copy).locator("time").count() in (1, 2)


def downloads(person: Newcomer, path: str) -> str:
    """Opens the request until the copy is there, and returns the text of all that is in it."""
    person.follows(path)

    def ready() -> bool:
        person.reader.page.reload()
        return person.part("form[action*='/download']").count() == 1

    assert until(ready)
    person.sends("/download")
    with person.reader.page.expect_download() as downloaded:
        person.hand.press(person.part(".note.good a.button"))
    with zipfile.ZipFile(downloaded.value.path()) as held:
        texts = [held.read(one) for one in held.namelist() if one.endswith(".json")]
    return json.dumps([json.loads(one) for one in texts])

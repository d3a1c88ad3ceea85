"""An officer of the desk in front of a browser, and how they sign in; what they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Locator

from tests.browser.chromium import Reader
from tests.browser.hands import Hand
from tests.functions import desk
from tests.functions.api import Api
from tests.functions.people import PASSWORD, Person
from tests.functions.second_factor import Device

REASON = "The data lies in two archives of eleven years."


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody of the desk in front of a browser, with their hand."""

    reader: Reader
    hand: Hand

    @property
    def place(self) -> str:
        """The path and the word of the page that is shown."""
        return self.reader.place

    @property
    def text(self) -> str:
        """The contents of the page."""
        return self.reader.page.get_by_role("main").inner_text()

    def part(self, selector: str) -> Locator:
        """The first such part of the page's contents."""
        return self.reader.page.locator(f"main {selector}").first

    def goes(self, part: Locator, status: int = 200) -> None:
        """Presses a link or a button, and is on another page."""
        with self.reader.page.expect_navigation():
            self.hand.press(part)
        assert self.reader.status == status, self.text
        room = self.reader.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert room <= 0, "the page goes beyond the screen"

    def form(self, act: str) -> Locator:
        """The form of an act."""
        return self.part(f"form:has(input[value='{act}'])")


def signs_in(officer: Officer, device: Device, to: str) -> None:
    """Comes to the desk by signing in with a second factor, from where the page led."""
    reader, hand = officer.reader, officer.hand
    reader.open(reader.base_url + to)
    assert urlsplit(reader.page.url).path.endswith("/sign-in")
    hand.write(reader.field("email"), device.person.email)
    hand.write(reader.field("password"), PASSWORD)
    officer.goes(officer.part("form button:not([type=button])"))
    hand.write(reader.field("code"), desk.fresh_code(device))
    officer.goes(officer.part("form button:not([type=button])"))
    assert reader.page.url.removeprefix(reader.base_url).startswith(to)


def asks(api: Api, person: Person, category: str) -> str:
    """Somebody asks for the erasure of a category; of another one once more."""
    body = {"right": "erase", "categories": [category]}
    number: str = api.post("/v1/requests", headers=person.headers, json=body).json()["id"]
    return number

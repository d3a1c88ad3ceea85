"""A Chromium as people have it: pages without script, one language, nothing but our own address."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first of them has no windows: pages and their scripts are the same, for half of the CPU."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_MILLISECONDS = 60_000
_HEIGHT = 800


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """A running Chromium, that of the system: `infra/chromium.sh` sees to it that there is one.

    `more` are flags beside those of every test.
    """
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("There is no Chromium: infra/chromium.sh says how to get one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*FLAGS, *more])
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True)
class Reader:
    """Somebody in front of a browser, in which no script runs."""

    page: Page
    base_url: str
    answered: list[Response] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The path of the page that is shown, and the word of what was done."""
        to = urlsplit(self.page.url.removeprefix(self.base_url))
        return f"{to.path} {''.join(re.findall('done=([a-z_]+)', to.query))}".strip()

    def open(self, url: str) -> None:
        """Opens an address, as it stands in a mail."""
        self.page.goto(url)

    def press(self, number: int = 0, **typed: str) -> None:
        """Fills in what a form of the page asks for, and presses its button."""
        form = self.page.locator("form").nth(number)
        for name, value in typed.items():
            form.locator(f"input[name={name}]").fill(value)
        with self.page.expect_navigation():
            form.get_by_role("button").click()

    def fill(self, button: str = "", **typed: str) -> None:
        """Fills in fields of the page's contents, and presses the button of their form.

        `button` is its text, for a form without a field to fill in.
        """
        main = self.page.get_by_role("main")
        for name, value in typed.items():
            main.locator(f"[name={name}]").fill(value)
        holder = self.page.locator(f"[name={next(iter(typed), None)}]")
        form = main.locator("form").filter(has=holder)
        pressed = main.get_by_role("button", name=button) if button else form.get_by_role("button")
        with self.page.expect_navigation():
            pressed.click()

    def field(self, name: str) -> Locator:
        """A field of the page's contents."""
        return self.page.get_by_role("main").locator(f"[name={name}]")

    def press_twice(self, button: Locator, leads_to: str) -> None:
        """Presses a button as somebody in doubt does, until the address has that part.

        The second press ends the first one's navigation, which waiting for one takes for a failure.
        """
        button.dblclick()
        expect(self.page).to_have_url(re.compile(re.escape(leads_to)), timeout=_MILLISECONDS)
        self.page.wait_for_load_state()

    @property
    def status(self) -> int:
        """Of the page that is shown."""
        return self.answered[-1].status

    @property
    def language(self) -> str | None:
        """The language that the page says it is in."""
        return self.page.locator("html").get_attribute("lang")

    @property
    def heading(self) -> str:
        """The heading of the page that is shown."""
        return self.page.locator("h1").inner_text()

    def check(self) -> None:
        """That nothing was loaded from elsewhere, and that the browser had nothing to refuse."""
        elsewhere = [url for url in self.asked if not url.startswith(self.base_url)]
        assert elsewhere == []
        assert self.complaints == []


class Browsers:
    """One browser, and in it a page for each language and screen, while a process of tests runs.

    Starting a browser takes a second and a context a fifth of one, on which no proof depends.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._pages: dict[tuple[str, int, bool], Page] = {}

    @contextmanager
    def reader(
        self, base_url: str, locale: str, width: int = 1280, script: bool = False
    ) -> Iterator[Reader]:
        """Somebody who reads that language; the browser knows nothing of who used it before.

        `width` is the screen's, in CSS pixels; script runs where `script` is true.
        """
        page = self._page(locale, width, script)
        page.context.clear_cookies()
        found = Reader(page, base_url)

        def asked(request: Request) -> None:
            found.asked.append(request.url)

        def answered(response: Response) -> None:
            if response.request.is_navigation_request():
                found.answered.append(response)

        def complained(message: ConsoleMessage) -> None:
            if message.type == "error":  # below that are hints to the author of the page
                found.complaints.append(message.text)

        page.on("request", asked)
        page.on("response", answered)
        page.on("console", complained)
        try:
            yield found
        finally:
            page.remove_listener("request", asked)
            page.remove_listener("response", answered)
            page.remove_listener("console", complained)
            page.goto("about:blank")

    def _page(self, locale: str, width: int, script: bool) -> Page:
        kind = locale, width, script
        if kind not in self._pages:
            context = self.browser.new_context(
                locale=locale,
                java_script_enabled=script,
                viewport={"width": width, "height": _HEIGHT},
            )
            context.set_default_timeout(_MILLISECONDS)
            self._pages[kind] = context.new_page()
        return self._pages[kind]

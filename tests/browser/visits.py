"""People in front of the shop's page: what they see of the banner, press, and what comes of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
)

from chalicelib.notices.banner import sdk
from tests.browser.demo.shop import PORT, Shop
from tests.functions.api import Api, ok
from tests.functions.people import visitor
from tests.functions.stack import DeployedStack

SHOP: Final = f"localhost:{PORT}"
"""The host and port of the shop, from which the local stack lets a website call."""

ELSEWHERE: Final = "bottega.example"
"""A domain below which the shop stands too, from which nobody may call."""

CLOSE: Final = {"it": "Rifiuta e chiudi", "en": "Refuse and close"}
ASKED: Final = ("functionality", "measurement", "advertising")
"""The classes that the notice of these tests asks about, in its order."""

RAN: Final = [*ASKED, "inline", "module"]
"""What the page's scripts note, in the order of the page, where everything is accepted."""

ADS: Final = "advertising_cookies"
MEASURED: Final = "site_measurement"
FUNCTIONAL: Final = "functionality_cookies"
"""The purposes of those classes."""

_MILLISECONDS: Final = 15_000
_GPC: Final = """Object.defineProperty(
    Navigator.prototype, 'globalPrivacyControl', {get: () => true, configurable: true})"""


@dataclass(slots=True)
class Visit:
    """Somebody in front of one page of the shop."""

    page: Page
    shopping: Shopping
    locale: str
    requests: list[Request] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def open(self, address: str = "/", host: str = SHOP) -> None:
        """Opens a page of the shop, in the language of the person."""
        joint = "&" if "?" in address else "?"
        path, _, part = address.partition("#")
        query = "" if "lang=" in path else f"{joint}lang={self.locale}"
        self.page.goto(f"http://{host}{path}{query}" + (f"#{part}" if part else ""))

    def word(self, name: str) -> str:
        """A word of the banner."""
        return self.shopping.word(name, self.locale)

    def title(self, class_id: str) -> str:
        """The title of a class of cookies."""
        return self.shopping.title(class_id, self.locale)

    @property
    def host(self) -> Locator:
        """The element that holds all of the banner."""
        return self.page.locator("riserbo-banner")

    @property
    def region(self) -> Locator:
        """The first layer."""
        return self.page.get_by_role("region", name=self.word("title"), exact=True)

    @property
    def dialog(self) -> Locator:
        """The second layer."""
        return self.page.get_by_role("dialog", name=self.word("settings"), exact=True)

    @property
    def corner(self) -> Locator:
        """The small button in the corner, which names the state too."""
        return self.host.get_by_role("button", name=self.word("settings"))

    def button(self, name: str) -> Locator:
        """A button of the layer that is open, by the name of its word."""
        layer = self.dialog if self.dialog.is_visible() else self.region
        text = CLOSE[self.locale] if name == "close" else self.word(name)
        return layer.get_by_role("button", name=text, exact=True)

    def box(self, class_id: str) -> Locator:
        """The box of a class in the second layer."""
        return self.dialog.get_by_role("checkbox", name=self.title(class_id), exact=True)

    def asked(self) -> None:
        """That the first layer is there."""
        expect(self.region).to_be_visible(timeout=_MILLISECONDS)

    def not_asked(self) -> None:
        """That the banner is ready and asks nothing."""
        self.ready()
        expect(self.region).to_be_hidden()

    def ready(self) -> None:
        """Waits until the banner knows what is allowed."""
        there = self.until(lambda: self.page.evaluate("typeof riserbo") == "object", 15)
        assert there, self.console
        self.page.evaluate("riserbo.ready.then(() => true)")

    def press(self, name: str) -> None:
        """Presses a button of the layer that is open."""
        self.button(name).click()

    def choose(self, *class_ids: str) -> None:
        """Says yes to these classes in the second layer, and to no other."""
        if not self.dialog.is_visible():
            (self.button("choose") if self.region.is_visible() else self.corner).click()
        for one in ASKED:
            self.box(one).set_checked(one in class_ids)
        self.press("save")
        expect(self.dialog).to_be_hidden()

    def allowed(self, *names: str) -> dict[str, bool]:
        """What the banner answers to the page's question about each."""
        return {name: self.page.evaluate("one => riserbo.allowed(one)", name) for name in names}

    def ran(self) -> list[str]:
        """What the scripts noted that waited for a yes, in order."""
        found: list[str] = self.page.evaluate("ran")
        return found

    def has_run(self, *names: str) -> None:
        """That these scripts run, in this order, and nothing else does."""
        assert self.until(lambda: len(self.ran()) >= len(names), 10), (self.ran(), self.console)
        self.settle()
        assert self.ran() == list(names)

    def until(self, look: Callable[[], object], seconds: float = 10) -> bool:
        """Whether something comes true in so many seconds; the browser goes on meanwhile."""
        ends = time.monotonic() + seconds
        while not (found := bool(look())) and time.monotonic() < ends:
            self.page.wait_for_timeout(50)
        return found

    def settle(self) -> None:
        """Waits as long as anything takes that was going to happen."""
        self.page.wait_for_timeout(250)

    def kept(self) -> dict[str, Any] | None:
        """What the banner keeps in the browser."""
        text = self.page.evaluate("localStorage.getItem('riserbo')")
        return None if text is None else dict(json.loads(text))

    def stored(self) -> list[str]:
        """The names of all cookies and keys that the browser holds for the shop."""
        keys: list[str] = self.page.evaluate(
            "[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"
        )
        return sorted([*keys, *(str(one["name"]) for one in self.page.context.cookies())])

    def sent(self, seconds: float = 20) -> None:
        """Waits until no message waits any more."""

        def done() -> bool:
            kept = self.kept()
            return kept is not None and not kept["waiting"]

        assert self.until(done, seconds), self.kept()

    def visitor(self) -> str:
        """The token of the browser."""
        kept = self.kept()
        assert kept is not None
        return str(kept["visitor"])

    def entries(self) -> list[dict[str, Any]]:
        """What stands in the ledger about the browser, oldest first."""
        headers = visitor(self.visitor())
        answer = self.shopping.api.get("/v1/consents/ledger?limit=100", headers=headers)
        found: list[dict[str, Any]] = ok(answer)["items"]
        return found

    def decisions(self) -> list[dict[str, str]]:
        """What each entry of the ledger says of each purpose."""
        return [one["decisions"] for one in self.entries()]

    def away(self) -> list[str]:
        """The requests that went elsewhere than to the shop, as method and address."""
        return [
            f"{one.method} {one.url}"
            for one in self.requests
            if urlsplit(one.url).netloc not in (SHOP, f"www.{ELSEWHERE}")
            and not one.url.startswith(("data:", "about:", "blob:"))
        ]

    def posts(self) -> list[dict[str, Any]]:
        """The bodies of the messages that left."""
        return [
            json.loads(one.post_data or "null") for one in self.requests if one.method == "POST"
        ]

    def consent_mode(self) -> list[tuple[str, dict[str, str]]]:
        """What Google's tags were told: each command and its types, in order."""
        told = self.page.evaluate(
            "(window.dataLayer || []).map(one => Array.from(one))"
            ".filter(one => one[0] === 'consent')"
        )
        return [(one[1], one[2]) for one in told]


class Shopping:
    """People who visit the shop, each with a browser that nobody used before."""

    def __init__(self, browser: Browser, shop: Shop, stack: DeployedStack) -> None:
        self.shop = shop
        self.api = Api(stack)
        self._browser = browser
        self.catalogue: dict[str, Any] = ok(self.api.get("/v1/cookies"))

    @property
    def origin(self) -> str:
        """Of the shop."""
        return f"http://{SHOP}"

    def add(self, path: str, text: str) -> None:
        """Puts a page without a policy of its own in the shop."""
        self.shop.pages[path] = "text/html; charset=utf-8", text.encode(), {}

    def pinned(self) -> None:
        """Puts the page `/pinned` in the shop, which has the script whose bytes never change."""
        address = f"{self.api.base_url}/v1/{sdk.source_name()}"
        self.add(
            "/pinned",
            '<!doctype html><html lang="it"><title>x</title>'
            f'<script src="{address}" integrity="{sdk.integrity()}" crossorigin async></script>'
            '<script type="text/plain" data-riserbo="measurement">'
            'window.ran = ["pinned"];</script><p>x</p>',
        )

    def word(self, name: str, locale: str) -> str:
        """A word of the banner, as the catalogue has it."""
        return str(self.catalogue["banner"]["words"][name][locale])

    def title(self, class_id: str, locale: str) -> str:
        """The title of a class, as the catalogue has it."""
        found = next(one for one in self.catalogue["classes"] if one["id"] == class_id)
        return str(found["title"][locale])

    @contextmanager
    def person(
        self,
        locale: str = "it",
        *,
        width: int = 1280,
        height: int = 800,
        signal: str = "",
        before: Callable[[BrowserContext], object] | None = None,
        **options: Any,
    ) -> Iterator[Visit]:
        """Somebody with a fresh browser.

        `signal` is how it sends Global Privacy Control: `both`, `header`, `property`, or not at
        all. `before` is done with the browser before its first page; `options` are Playwright's.
        """
        if signal in ("both", "header"):
            options["extra_http_headers"] = {"Sec-GPC": "1"}
        context = self._browser.new_context(
            locale=locale, viewport={"width": width, "height": height}, **options
        )
        context.set_default_timeout(_MILLISECONDS)
        if signal in ("both", "property"):
            context.add_init_script(_GPC)
        if before is not None:
            before(context)
        try:
            yield self.page_of(context, locale)
        finally:
            context.close()

    def page_of(self, context: BrowserContext, locale: str = "it") -> Visit:
        """A further tab of a browser."""
        found = Visit(context.new_page(), self, locale)

        def spoke(message: ConsoleMessage) -> None:
            found.console.append(f"{message.type}: {message.text}")

        found.page.on("request", lambda one: found.requests.append(one))
        found.page.on("console", spoke)
        found.page.on("pageerror", lambda one: found.console.append(f"error: {one}"))
        return found


def changed_catalogue(
    shopping: Shopping, change: Callable[[dict[str, Any]], None]
) -> Callable[[BrowserContext], None]:
    """Returns what makes a browser read the banner with a catalogue that was changed on its way."""
    before, after = sdk.source().decode().split(sdk.PLACE)
    text = shopping.api.get("/v1/sdk.js").content.decode()
    assert text.startswith(before)
    assert text.endswith(after)
    start, end = len(before), len(text) - len(after)
    catalogue: dict[str, Any] = json.loads(text[start:end])
    change(catalogue)
    body = text[:start] + json.dumps(catalogue).replace("<", "\\u003c") + text[end:]

    def prepare(context: BrowserContext) -> None:
        context.route(
            f"{shopping.api.base_url}/v1/sdk.js",
            lambda route: route.fulfill(body=body, content_type="text/javascript"),
        )

    return prepare


def answering(status: int, body: Mapping[str, Any] | None = None, **headers: str) -> dict[str, Any]:
    """An answer of the product's address that a test makes up, which a website may read."""
    return {
        "status": status,
        "body": json.dumps(body or {}),
        "headers": {
            "Content-Type": "application/problem+json",
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "Retry-After",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    }

"""The consent banner as a visitor of the shop sees it, for pictures; nothing is served for them."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route

from chalicelib.notices.presentation import banner_script, cookies
from tests.browser.demo.shop import Shop
from tests.unit.core.samples import shipped

LAYERS: Final = ("banner", "banner-settings")
"""Names of the pictures of its first and its second layer."""

_BASE: Final = "https://privacy.example"
_SHOP: Final = "https://shop.example"


def visited(page: Page, script: bytes | None = None) -> None:
    """Opens the shop in a page, with the banner of the product's notice, or another script."""
    shop = Shop(_BASE, json.loads(cookies(shipped())))
    served_script = banner() if script is None else script

    def answer(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.path == "/v1/sdk.js":
            route.fulfill(body=served_script, content_type="text/javascript")
        elif (served := shop.answer(address.path)) is not None:
            kind, body, more = served
            route.fulfill(body=body, content_type=kind, headers=more)

    page.context.route("**", answer)
    page.goto(_SHOP)


def banner() -> bytes:
    """Returns the banner's script with the catalogue of the product's notice inside."""
    return banner_script(shipped(), tuple((locale, "") for locale in shipped().locales))


def shown(page: Page, name: str) -> bytes:
    """Returns a picture of the window in which a layer is open."""
    visited(page)
    words = shipped().completed["cookies"]["banner"]
    region = page.get_by_role("region", name=words["title"]["it"])
    region.wait_for()
    if name == LAYERS[1]:
        region.get_by_role("button", name=words["choose"]["it"], exact=True).click()
        dialog = page.get_by_role("dialog")
        dialog.wait_for()
        dialog.locator("summary").first.click()
        page.mouse.move(0, 0)
    return page.screenshot()

"""The judge of a page: axe at the widths of a phone and a desk, light and dark, and its width."""

from __future__ import annotations

from typing import Final, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS: Final = (390, 1280)
NARROW: Final = 320
"""CSS pixels; WCAG 2.2, success criterion 1.4.10."""


def faults(page: Page, text: str) -> list[tuple[str, ...]]:
    """What axe finds in a page's HTML, and that it goes beyond a narrow screen; empty for none.

    `page` is one in which script runs, for axe alone.
    """
    page.set_content(text)
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    found: list[tuple[str, ...]] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for one in Axe().run(page).response["violations"]:
                found.append((str(width), scheme, one["id"], one["nodes"][0]["html"]))
    page.set_viewport_size({"width": NARROW, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    return found if wide <= NARROW else [*found, ("wide", str(wide))]

"""The judge of a page: axe at the widths of a phone and a desk, light and dark, and its width.

Between light and dark only colours differ, so in the dark axe looks at those alone.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS: Final = (390, 1280)
NARROW: Final = 320
"""CSS pixels; WCAG 2.2, success criterion 1.4.10."""

_AXE: Final = Axe()
_FAULTS_ALONE: Final = {"resultTypes": ["violations"]}
OPTIONS: Final[dict[Literal["light", "dark"], dict[str, Any]]] = {
    "light": _FAULTS_ALONE,
    "dark": {**_FAULTS_ALONE, "runOnly": ["color-contrast", "link-in-text-block"]},
}
"""By the scheme, what axe is told: all of its rules apply unless some are named."""


def faults(page: Page, text: str) -> list[tuple[str, ...]]:
    """What axe finds in a page's HTML, and that it goes beyond a narrow screen; empty for none.

    `page` is one in which script runs, for axe alone.
    """
    page.set_content(text)
    found: list[tuple[str, ...]] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, options in OPTIONS.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for one in _AXE.run(page, options=options).response["violations"]:
                found.append((str(width), scheme, one["id"], one["nodes"][0]["html"]))
    page.set_viewport_size({"width": NARROW, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    return found if wide <= NARROW else [*found, ("wide", str(wide))]

"""The judge of a page: axe at the widths of a phone and a desk, light and dark, and its width.

Between light and dark only colours differ, so in the dark axe looks at those alone.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDTHS: Final = (390, 1280)
NARROW: Final = 320
"""CSS pixels; WCAG 2.2, success criterion 1.4.10."""

_RUN: Final = "([where, how]) => axe.run(where ?? document, how).then(found => found.violations)"
_FAULTS_ALONE: Final = {"resultTypes": ["violations"]}
OPTIONS: Final[dict[Literal["light", "dark"], dict[str, Any]]] = {
    "light": _FAULTS_ALONE,
    "dark": {**_FAULTS_ALONE, "runOnly": ["color-contrast", "link-in-text-block"]},
}
"""By the scheme, what axe is told: all of its rules apply unless some are named."""


def give_axe(page: Page) -> None:
    """Loads axe into the document of a page, which `violations` needs.

    It is half a megabyte of script, so a document that is judged several times is given it once.
    """
    page.evaluate(AXE_SCRIPT)


def violations(page: Page, options: dict[str, Any], *parts: str) -> list[dict[str, Any]]:
    """What axe objects to in the document of a page, or in those parts of it alone."""
    where = {"include": [[one] for one in parts]} if parts else None
    found: list[dict[str, Any]] = page.evaluate(_RUN, [where, options])
    return found


def faults(page: Page, text: str) -> list[tuple[str, ...]]:
    """What axe finds in a page's HTML, and that it goes beyond a narrow screen; empty for none.

    `page` is one in which script runs, for axe alone.
    """
    page.set_content(text)
    give_axe(page)
    found: list[tuple[str, ...]] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, options in OPTIONS.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for one in violations(page, options):
                found.append((str(width), scheme, one["id"], one["nodes"][0]["html"]))
    page.set_viewport_size({"width": NARROW, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    return found if wide <= NARROW else [*found, ("wide", str(wide))]

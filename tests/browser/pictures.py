"""Writes pictures of pages to `docs/pictures`: two widths, main pages dark too. `make pictures`.

`PAGES` in `tests/browser/pictured.py` lists them: who makes a page adds a line, with a function
that renders it. Those of the consent banner show it on the shop of `make demo`.
"""

from __future__ import annotations

import os
import sys
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.chromium import chromium
from tests.browser.pictured import MAIN, PAGES
from tests.browser.pictured_banner import LAYERS, shown

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"

WIDTHS: Final = {390: 844, 1280: 900}
"""Widths and heights of the screens, in CSS pixels."""

TALLEST: Final = 2600
"""Pixels below which a long page is cut."""

HEAVIEST: Final = 150 * 1024
"""Most bytes of a picture."""

_SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


def schemes(name: str) -> tuple[Literal["light", "dark"], ...]:
    """Returns the schemes in which something is shown: what is main in both, else in the light."""
    return _SCHEMES if name in MAIN or name in LAYERS else _SCHEMES[:1]


class TooHeavy(Exception):
    """A picture has more bytes than it may; the text names it and says how many."""


def write(browser: Browser, name: str, folder: Path = FOLDER) -> list[Path]:
    """Writes the pictures of a page, or of a layer of the banner, and returns where they are.

    Raises TooHeavy.
    """
    written = []
    for width, height in WIDTHS.items():
        for scheme in schemes(name):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                java_script_enabled=name in LAYERS,
                locale="it",
            )
            page = context.new_page()
            path = folder / f"{name}-{width}-{scheme}.png"
            _save(shown(page, name) if name in LAYERS else _whole(page, PAGES[name]()), path)
            context.close()
            written.append(path)
    return written


def _whole(page: Page, text: str) -> bytes:
    """Returns a picture of all of a page, up to the height at which it is cut."""
    page.set_content(text)
    box = page.locator("body").bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    height = float(min(round(box["height"]), TALLEST))
    return page.screenshot(
        full_page=True, clip={"x": 0.0, "y": 0.0, "width": float(size["width"]), "height": height}
    )


def _save(taken: bytes, path: Path) -> None:
    # Pages have few colours: with 256 of them a picture weighs a third.
    Image.open(BytesIO(taken)).convert("RGB").quantize(256).save(path, optimize=True)
    if path.stat().st_size > HEAVIEST:
        raise TooHeavy(f"{path.name}: {path.stat().st_size} bytes")


def main(names: list[str]) -> int:
    """Writes the pictures of the named pages, of all where none is named; prints where they are."""
    os.environ.setdefault("RISERBO_PUBLIC_URL", "https://privacy.example")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name in names or [*PAGES, *LAYERS]:
            for path in write(browser, name):
                sys.stdout.write(f"{path.relative_to(FOLDER.parents[1])}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

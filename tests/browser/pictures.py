"""Writes pictures of pages to `docs/pictures`: two widths, main pages dark too. `make pictures`.

`PAGES` in `tests/browser/pictured.py` lists them: who makes a page adds a line, with a function
that renders it.
"""

from __future__ import annotations

import os
import sys
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Browser

from tests.browser.chromium import chromium
from tests.browser.pictured import MAIN, PAGES

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"

WIDTHS: Final = {390: 844, 1280: 900}
"""Widths and heights of the screens, in CSS pixels."""

TALLEST: Final = 2600
"""Pixels below which a long page is cut."""

HEAVIEST: Final = 150 * 1024
"""Most bytes of a picture."""

_SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


def schemes(name: str) -> tuple[Literal["light", "dark"], ...]:
    """Returns the schemes in which a page is shown: a main one in both, any other in the light."""
    return _SCHEMES if name in MAIN else _SCHEMES[:1]


class TooHeavy(Exception):
    """A picture has more bytes than it may; the text names it and says how many."""


def write(browser: Browser, name: str, page_text: str, folder: Path = FOLDER) -> list[Path]:
    """Writes the pictures of a page and returns where they are. Raises TooHeavy."""
    written = []
    for width, height in WIDTHS.items():
        for scheme in schemes(name):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                java_script_enabled=False,
            )
            page = context.new_page()
            page.set_content(page_text)
            whole = round(page.locator("body").bounding_box()["height"])  # type: ignore[index]
            clip = {"x": 0.0, "y": 0.0, "width": float(width), "height": float(min(whole, TALLEST))}
            path = folder / f"{name}-{width}-{scheme}.png"
            taken = page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]
            context.close()
            # Pages have few colours: with 256 of them a picture weighs a third.
            Image.open(BytesIO(taken)).convert("RGB").quantize(256).save(path, optimize=True)
            if path.stat().st_size > HEAVIEST:
                raise TooHeavy(f"{path.name}: {path.stat().st_size} bytes")
            written.append(path)
    return written


def main(names: list[str]) -> int:
    """Writes the pictures of the named pages, of all where none is named; prints where they are."""
    os.environ.setdefault("RISERBO_PUBLIC_URL", "https://privacy.example")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name in names or list(PAGES):
            for path in write(browser, name, PAGES[name]()):
                sys.stdout.write(f"{path.relative_to(FOLDER.parents[1])}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

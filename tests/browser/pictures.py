"""Writes pictures of pages to `docs/pictures`: two widths, light and dark. Run by `make pictures`.

`PAGES` lists them: who makes a page adds a line, with a function that renders it as a person sees
it, with contents that are made up.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, Literal

from PIL import Image
from playwright.sync_api import Browser

from chalicelib.accounts.pages.registration import registration_page
from chalicelib.accounts.pages.signin import sign_in_page
from chalicelib.accounts.pages.verification import verification_page
from chalicelib.consents.pages.choices import choices_page
from chalicelib.errors import Finding, Unprocessable
from chalicelib.notices.model import Announced
from chalicelib.notices.rendering import render_html
from chalicelib.pages.frame import Frame
from chalicelib.requests.machine import Action, Actor, Entry, Status
from chalicelib.requests.model import Request, timed
from chalicelib.requests.pages.course import request_page
from chalicelib.site.home import home_page
from chalicelib.subjects.model import Asked
from chalicelib.web.pages.visit import Visit
from tests.browser.chromium import chromium
from tests.unit.consents import test_choices_page as samples
from tests.unit.core.samples import NOW, shipped

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"

WIDTHS: Final = {390: 844, 1280: 900}
"""Widths and heights of the screens, in CSS pixels."""

TALLEST: Final = 2600
"""Pixels below which a long page is cut."""

HEAVIEST: Final = 150 * 1024
"""Most bytes of a picture."""

_SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


class TooHeavy(Exception):
    """A picture has more bytes than it may; the text names it and says how many."""


def framed(path: str, *, tab: str = "") -> Frame:
    """Returns the frame of a page in Italian, of somebody who is signed in where it has a tab."""
    return Frame(shipped(), "it", path, signed_in=bool(tab), token="t" if tab else "", tab=tab)


def home() -> str:
    """Returns the home page while a change is announced."""
    at = NOW + timedelta(days=38)
    return home_page(framed("/"), Announced("2026-12-30", "2026-11-22", "material", at, at))


def notice() -> str:
    """Returns the page of the notice."""
    return render_html(shipped(), "it", frame=framed("/notice"))


def visit(frame: Frame, **query: str) -> Visit:
    """Returns a visit to a page whose address has these parameters."""
    asked: Any = SimpleNamespace(query=query)
    return Visit(asked, frame.notice, frame)


def sign_in() -> str:
    """Returns the page for signing in."""
    return sign_in_page(visit(framed("/sign-in")))


def refused_sign_in() -> str:
    """Returns the same page after an address that is none."""
    found = Finding("/email", "is not an e-mail address", "format")
    frame = framed("/sign-in")
    return sign_in_page(
        visit(frame).shown_again(Unprocessable(findings=(found,)), {"email": "ada@"}, frame)
    )


def registration() -> str:
    """Returns the page for opening an account."""
    return registration_page(visit(framed("/register")))


def refused_registration() -> str:
    """Returns the same page after an address that is none and a password that is short."""
    found = (
        Finding("/email", "is not an e-mail address", "email"),
        Finding("/password", "is too short", "too_short", 12),
    )
    frame = framed("/register")
    typed = {"email": "ada@", "decisions.surveys": "denied"}
    return registration_page(visit(frame).shown_again(Unprocessable(findings=found), typed, frame))


def verification() -> str:
    """Returns the page behind the link of the mail that proves an address."""
    return verification_page(visit(framed("/verification"), token="t"))


def request() -> str:
    """Returns the page of a request for erasure that begins by itself."""
    history = (Entry(NOW, Status.RECEIVED, Action.SUBMIT, Actor.PERSON),)
    begins = NOW + timedelta(hours=72)
    made = Request(
        "k7" * 13, "erase", Status.RECEIVED, "website", NOW, None, history, begins_at=begins
    )
    found = timed(made, shipped(), NOW)
    frame = framed(f"/account/requests/{made.id}", tab="requests")
    return request_page(visit(frame), found, (), found.received_on + timedelta(days=2))


def choices() -> str:
    """Returns the page of one's own choices, of which one waits to be confirmed."""
    overview = samples.of(shipped())
    asks = {"surveys": Asked(5, samples.EARLIER)}
    overview = replace(overview, standing=replace(overview.standing, asks=asks))
    return choices_page(visit(framed("/account/choices", tab="choices")), overview)


PAGES: Final[dict[str, Callable[[], str]]] = {
    "home": home,
    "notice": notice,
    "sign-in": sign_in,
    "sign-in-refused": refused_sign_in,
    "register": registration,
    "register-refused": refused_registration,
    "verification": verification,
    "request": request,
    "choices": choices,
}
"""Name of a picture -> the page."""


def write(browser: Browser, name: str, page_text: str, folder: Path = FOLDER) -> list[Path]:
    """Writes the pictures of a page and returns where they are. Raises TooHeavy."""
    written = []
    for width, height in WIDTHS.items():
        for scheme in _SCHEMES:
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

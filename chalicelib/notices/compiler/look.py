"""Checks the looks of the organisation: a colour that can be read, and a logo that is an image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import select
from chalicelib.pages.look import DARK, ENOUGH, LIGHT, is_image, least_contrast, lightened

_PAGES: Final = {"accent": ("light", LIGHT), "accent_dark": ("dark", DARK)}

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
"""A colour's form; the schema refuses any other."""


def check(document: dict[str, Any]) -> Iterator[Finding]:
    """Yields a finding for a colour that reads badly, with its contrast, and for a bad logo."""
    for name, (pages, papers) in _PAGES.items():
        for pointer, colour in select(document, f"site/{name}"):
            if isinstance(colour, str) and _COLOUR.fullmatch(colour):
                found = least_contrast(colour, papers)
                if found < ENOUGH:
                    yield Finding(pointer, _unreadable(colour, found, pages))
    for pointer, logo in select(document, "site/logo"):
        if isinstance(logo, str) and not is_image(logo):
            yield Finding(
                pointer,
                "does not hold the image that it says: write `data:image/png;base64,` or"
                " `data:image/webp;base64,`, and after it the bytes of the image in base64.",
            )


def _unreadable(colour: str, found: float, pages: str) -> str:
    """Returns the words for a colour of too little contrast, with a way out."""
    # Cut and not rounded, so that a contrast just below the limit is not told as the limit.
    told = int(found * 100) / 100
    instead = f"{lightened(colour)} has enough" if pages == "dark" else "choose a darker one"
    return (
        f"has a contrast of {told:.2f}:1 on {pages} pages, where text needs at least {ENOUGH}:1"
        f" (WCAG 2.2, success criterion 1.4.3); {instead}."
    )

"""The looks that an organisation gives its pages: a colour and a logo. Pure.

Both stand in its document, so that no page shows another organisation's. The logo is an image
inside the document: a page that loads nothing from elsewhere tells nobody who reads it, and its
policy (`img-src data:`) stays as it is.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LIGHT: Final = ("#f5f6f8", "#ffffff")
"""The colours under the text of a light page: its paper and its cards."""

DARK: Final = ("#11151a", "#191f26")
"""The colours under the text of a dark page."""

ENOUGH: Final = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3)."""

MAX_LOGO: Final = 16_000
"""Most characters of a logo, which every page of the notice carries: some 12 KB of image."""

_KINDS: Final[Mapping[str, bytes]] = {
    "data:image/png": b"\x89PNG\r\n\x1a\n",
    "data:image/webp": b"RIFF",
}
"""Beginning of an address -> how the image's bytes begin. No type holds a program, as SVG can."""

_STEPS: Final = 32


@dataclass(frozen=True, slots=True)
class Look:
    """The colour in light and in dark, each None for the software's own, and the logo's address."""

    accent: str | None
    accent_dark: str | None
    logo: str | None


def look(site: Mapping[str, Any]) -> Look | None:
    """Returns the looks that the document's `site` states; None where it states none.

    A colour for dark pages that is not stated is the other, made as light as reading needs.
    """
    accent, logo = site.get("accent"), site.get("logo")
    dark = site.get("accent_dark")
    if accent is not None and dark is None:
        dark = lightened(accent)
    return None if accent is None and logo is None else Look(accent, dark, logo)


def contrast(one: str, other: str) -> float:
    """Returns the contrast of two colours, between 1 and 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def least_contrast(colour: str, papers: tuple[str, ...]) -> float:
    """Returns the contrast of a colour with that of `papers` on which it reads worst."""
    return min(contrast(colour, paper) for paper in papers)


def lightened(colour: str) -> str:
    """Returns the colour mixed with as little white as makes it readable on dark pages."""
    mixed = (_mixed(colour, step / _STEPS) for step in range(_STEPS + 1))
    return next(one for one in mixed if least_contrast(one, DARK) >= ENOUGH)


def is_image(address: str) -> bool:
    """Tells whether a `data:` address holds an image of a type that a page shows."""
    head, _, body = address.partition(";base64,")
    begins = _KINDS.get(head)
    if begins is None:
        return False
    try:
        return base64.b64decode(body, validate=True).startswith(begins)
    except (binascii.Error, ValueError):  # the latter for a character outside ASCII
        return False


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Returns the relative luminance of a colour (WCAG 2.2)."""
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4
        for one in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: str, white: float) -> str:
    mixed = (round(one + (255 - one) * white) for one in _channels(colour))
    return "#" + "".join(f"{one:02x}" for one in mixed)

"""QR codes (ISO/IEC 18004), as values that the part `qr` of a page draws."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

QUIET = 4
"""The width of the light margin in modules, without which readers do not find a code."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code: how many modules a side has, margin included, and the dark ones as an SVG path."""

    side: int
    path: str


def qr_code(text: str) -> QrCode | None:
    """Returns the QR code of a text; None for one of some 3 KB or more, which fits in none."""
    import segno  # 0.3 s of CPU, with an XML parser, for the one page that shows a code

    try:
        code = segno.make_qr(text)
    except segno.DataOverflowError:
        return None
    rows = [tuple(row) for row in code.matrix_iter(border=QUIET)]
    path = (f"M{x} {y}h{width}v1H{x}z" for y, row in enumerate(rows) for x, width in _dark(row))
    return QrCode(len(rows), "".join(path))


def _dark(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yields where dark modules that stand together begin, and how many they are."""
    at = 0
    for dark, modules in groupby(row):
        width = len(list(modules))
        if dark:
            yield at, width
        at += width

"""The cost book as a picture: four bars for each operation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from tests.bench.book import Book, Row

_LEFT, _PANEL, _GAP, _LINE, _TOP = 240, 190, 20, 18, 56
_COLOURS = ("#3b6ea5", "#7a5195", "#2f8f6b", "#b5651d")
_SVG = 'xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title"'
_HEAD = 'font-size="14" font-weight="600"'
_FONT = 'font-family="system-ui, sans-serif" font-size="11"'

Panel = tuple[str, Callable[[Row], float | None], str]

_PANELS: tuple[Panel, ...] = (
    ("Own CPU / bare calls", lambda row: row.ratio, "{:.2f}"),
    ("AWS calls", lambda row: float(sum(row.calls.values())), "{:.0f}"),
    ("Read + write units", lambda row: row.reads + row.writes, "{:g}"),
    ("Dollars per million", lambda row: row.dollars.total if row.dollars else None, "{:.2f}"),
)


def chart(book: Book) -> str:
    """An SVG document. Rows without a figure in a panel are left empty there.

    Rows about many people at once are left out: beside them all others would be a line.
    """
    rows = [row for row in book.rows if row.operation.people == 1]
    width = _LEFT + len(_PANELS) * (_PANEL + _GAP)
    height = _TOP + len(rows) * _LINE + 12
    lines = [
        f'<svg {_SVG} viewBox="0 0 {width} {height}" {_FONT}>',
        '<title id="title">Own CPU, calls, units and dollars of every operation</title>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="20" {_HEAD}>Cost book, {book.machine.at:%Y-%m-%d}</text>',
    ]
    for number, row in enumerate(rows):
        y = _TOP + number * _LINE
        lines.append(f'<text x="8" y="{y + 12}">{escape(row.operation.name)}</text>')
    for number, (panel, colour) in enumerate(zip(_PANELS, _COLOURS, strict=True)):
        lines += _panel(panel, colour, _LEFT + number * (_PANEL + _GAP), rows)
    return "\n".join([*lines, "</svg>", ""])


def _panel(panel: Panel, colour: str, x: int, rows: Sequence[Row]) -> list[str]:
    title, value_of, form = panel
    values = [value_of(row) for row in rows]
    most = max((value for value in values if value is not None), default=1) or 1
    lines = [f'<text x="{x}" y="{_TOP - 12}" font-weight="600">{escape(title)}</text>']
    for number, value in enumerate(values):
        if value is None:
            continue
        y = _TOP + number * _LINE
        width = max(1.0, (_PANEL - 48) * value / most)
        lines.append(
            f'<rect x="{x}" y="{y + 2}" width="{width:.1f}" height="{_LINE - 6}" fill="{colour}"/>'
        )
        lines.append(f'<text x="{x + width + 4:.1f}" y="{y + 12}">{form.format(value)}</text>')
    return lines

"""A report as a file: for a spreadsheet, under the session of the page that links to it."""

from __future__ import annotations

from chalicelib.web.answer import Answer

CSV = "text/csv"


def table(name: str, body: bytes, language: str) -> Answer:
    """Returns a file in CSV; `name` is that of the file without its ending, and names nobody."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Content-Language": language,
    }
    return Answer(200, body, headers, CSV, page=True)

"""The record of processing activities as CSV (RFC 4180), for a spreadsheet or an archive.

UTF-8 without a byte order mark, lines ending in CR LF, a header row in the reader's language. Every
row is complete: it repeats the controller and the security measures. No cell is a formula, whether
a spreadsheet splits the rows by commas or, as Italian and German ones do, by semicolons.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from chalicelib.notices.model import Notice
from chalicelib.notices.processing.activities import activities, general_unconfirmed
from chalicelib.notices.processing.model import Activity
from chalicelib.notices.processing.record import listed, own, parties
from chalicelib.notices.rendering.words import Wording

_COLUMNS = (
    "version",
    "processing_controller",
    "representative",
    "dpo",
    "purpose",
    "basis",
    "processing_subjects",
    "processing_categories",
    "recipients",
    "processing_transfers",
    "processing_limits",
    "processing_security",
    "processing_unconfirmed",
)
"""The labels of the header row, in the order of the cells in `_row`."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings that a spreadsheet may take for a formula (OWASP, CSV injection)."""

_AFTER_SEMICOLON = re.compile(rf";(\s*)(?=[\s\"]*[{re.escape(''.join(_FORMULA))}])")
"""A place where a cell begins with a formula once rows are split by semicolons: the quotes of a
cell that was made for commas do not hold there, and quotes after the semicolon are removed."""


def report_csv(notice: Notice, locale: str) -> bytes:
    """Returns the record, one row for each activity; `locale` as in `activities`."""
    wording = Wording(notice, locale)
    written = io.StringIO(newline="")
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(safe(wording.label(name)) for name in _COLUMNS)
    general = general_unconfirmed(notice)
    for found in activities(notice, locale):
        rows.writerow(safe(text) for text in _row(found, notice.version, general, wording))
    return written.getvalue().encode()


def safe(text: str) -> str:
    """Returns `text` in one line, as a cell that no spreadsheet calculates.

    An apostrophe makes the cell a text; spreadsheets do not show it. It also stands after a
    semicolon that a formula would follow.
    """
    line = _AFTER_SEMICOLON.sub(r";\1'", " ".join(text.split()))
    return f"'{line}" if line.startswith(_FORMULA) else line


def _row(found: Activity, version: str, general: Iterable[str], wording: Wording) -> Iterator[str]:
    cells = {**parties(found.controllers), **own(found, wording)}
    texts = {name: listed(parts) for name, parts in cells.items()}
    texts["version"] = version
    texts["purpose"] = wording.pair(found.title, found.description)
    texts["processing_security"] = " ".join(found.security)
    texts["processing_unconfirmed"] = listed((*general, *found.unconfirmed))
    return (texts[name] for name in _COLUMNS)

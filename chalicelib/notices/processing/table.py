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
from chalicelib.notices.processing.model import Activity, Basis, Held, Limit, Party, Receiver
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


def _row(
    found: Activity, version: str, unconfirmed: Iterable[str], wording: Wording
) -> tuple[str, ...]:
    about = found.controllers
    return (
        version,
        _parties(one.party for one in about),
        _parties(one.representative for one in about),
        _parties(one.dpo for one in about),
        _said(found.title, found.description),
        _basis(found.basis, wording),
        _listed(found.subjects) or wording.label("mark_not_stated"),
        _listed(_said(_category(one), ", ".join(one.items)) for one in found.categories),
        _listed(_receiver(one, wording) for one in found.recipients) or wording.label("nobody"),
        _listed(_transfers(found.recipients, wording)) or wording.label("no_transfer"),
        _listed((*found.kept, *(_kept(one) for one in found.categories))),
        " ".join(found.security),
        _listed((*unconfirmed, *found.unconfirmed)),
    )


def _parties(parties: Iterable[Party | None]) -> str:
    return _listed(told for one in parties if (told := _party(one)))


def _party(party: Party | None) -> str:
    if party is None:
        return ""
    parts = (party.name, party.address, party.country, party.email, party.phone, party.website)
    return _listed(part for part in (*parts, party.text) if part)


def _basis(basis: Basis, wording: Wording) -> str:
    details = (("act", basis.act), ("interest", basis.interest), ("condition", basis.condition))
    said = (_said(wording.label(name), text) for name, text in details if text)
    return _listed((basis.text, *said))


def _category(found: Held) -> str:
    return found.title if found.special is None else f"{found.title} ({found.special})"


def _receiver(found: Receiver, wording: Wording) -> str:
    text = f"{found.name} ({found.role_text}, {found.place.rstrip('.')})"
    if found.items is None:
        return text
    return f"{text}, {_said(wording.label('only_items').lower(), wording.join(found.items))}"


def _transfers(recipients: Iterable[Receiver], wording: Wording) -> Iterator[str]:
    """Yields each transfer: its recipient, place and safeguard."""
    for found in recipients:
        if found.transfer is None:
            continue
        tool, text = found.transfer.tool, found.transfer.text
        countries = wording.join(wording.country(code) for code in found.transfer.countries)
        place = countries or found.place.rstrip(".")
        safeguard = ". ".join(part for part in (tool, text) if part)
        yield _said(f"{found.name} ({place})", safeguard or wording.label("mark_not_stated"))


def _kept(found: Held) -> str:
    words = [found.kept.rstrip(" .")] if found.kept else []
    return _said(found.title, ", ".join([*words, *(_limit(one) for one in found.limits)]))


def _limit(limit: Limit) -> str:
    time = f"{limit.period} {limit.starts}".rstrip(" .")
    return f"{limit.record} {time} ({limit.then})"


def _said(name: str, text: str) -> str:
    return f"{name}: {text}"


def _listed(parts: Iterable[str]) -> str:
    """Returns several entries in one cell, separated by semicolons, since titles hold commas."""
    return "; ".join(part.rstrip(" .;") for part in parts)

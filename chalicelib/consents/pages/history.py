"""The history of one's own choices: the entries of the ledger, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.consents.chain import Entry
from chalicelib.consents.pages.told import Told
from chalicelib.consents.service.choices import Overview

if TYPE_CHECKING:
    from markupsafe import Markup

    from chalicelib.notices.model import Notice


@dataclass(frozen=True, slots=True)
class Row:
    """An entry: its moment, what it decided, where, beside which version, and its id."""

    at: Markup
    decided: tuple[tuple[str, str, str], ...]
    where: str
    version: str
    entry: str

    @property
    def cells(self) -> list[tuple[str, object]]:
        """The cells of its row: the kind of each, and what it shows."""
        return [
            ("text", self.at),
            ("decided", self.decided),
            ("text", self.where),
            ("version", self.version),
            ("receipt", (self.entry, self.at)),
        ]


def rows(overview: Overview, told: Told) -> list[Row]:
    """Lists the entries of the page; a purpose that left the notice has its title of then."""
    return [_row(entry, overview.versions, told) for entry in overview.entries]


def _row(entry: Entry, versions: Mapping[str, Notice], told: Told) -> Row:
    opened = entry.opened
    signalled = opened.get("signal", {}).get("gpc", ())
    return Row(
        told.moment(entry.at),
        tuple(_decided(opened, signalled, versions.get(entry.notice_version), told)),
        told.named("source", entry.source),
        entry.notice_version,
        entry.id,
    )


def _decided(
    opened: Mapping[str, Any], signalled: Iterable[str], then: Notice | None, told: Told
) -> Iterable[tuple[str, str, str]]:
    """Yields the title of each purpose, the decision, and that a browser's signal made it."""
    for purpose, decision in opened.get("decisions", {}).items():
        by = told.words["by_signal"] if purpose in signalled else ""
        said = told.words.get(f"said_{decision}", decision)
        yield _title(purpose, then, told), said, by


def _title(purpose: str, then: Notice | None, told: Told) -> str:
    known = told.notice.purposes.get(purpose)
    if known is not None:
        return told.notice.text(known.title, told.tag)
    if then is None or purpose not in then.purposes:
        return purpose
    return then.text(then.purposes[purpose].title, told.tag)

"""The parts of a page before it becomes HTML or Markdown: plain values without markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from chalicelib.pages.languages import Alternate


@dataclass(frozen=True, slots=True)
class Line:
    """A text, with a remark on its origin (`mark`) and the address that it links to (`href`).

    `href` must be safe already: https, mailto or a place in the same service.
    """

    text: str
    mark: str | None = None
    href: str | None = None
    strong: bool = False


Cell: TypeAlias = Sequence[Line]
"""The lines in a cell of a table, one below the other."""


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Lines of running text."""

    kind: ClassVar[str] = "paragraphs"
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Note:
    """Lines that are set apart, because they are about the text and no part of it."""

    kind: ClassVar[str] = "note"
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Items:
    """A bulleted list."""

    kind: ClassVar[str] = "items"
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column heads its rows; every row has as many cells as `head`."""

    kind: ClassVar[str] = "table"
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that few readers look for: in HTML they open when the summary is pressed."""

    kind: ClassVar[str] = "details"
    summary: str
    blocks: Sequence[Block]


Block: TypeAlias = Paragraphs | Note | Items | Table | Details


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under a heading; `id` is its address in the page."""

    id: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Page:
    """A notice in one language. `facts` identify the text: label and value each."""

    locale: str
    title: str
    site: str
    facts: Sequence[tuple[str, str]]
    alternates: Sequence[Alternate]
    introduction: Sequence[Block]
    sections: Sequence[Section]
    labels: dict[str, str]

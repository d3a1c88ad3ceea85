"""The parts of a page before it becomes HTML or Markdown: plain values without markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, TypeAlias

from chalicelib.pages.languages import Alternate
from chalicelib.pages.look import Look

OPEN_SIGN: Final = "◇"
"""Stands beside a statement that the controller has still to confirm or to supply."""

CHOSEN_SIGN: Final = "◆"
"""Stands beside a statement that is a choice of the controller, confirmed."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A remark on the origin of a statement. `open` is true while the controller has to confirm it.

    Readers see `sign`, which a legend explains, and hear `text`.
    """

    text: str
    open: bool

    @property
    def sign(self) -> str:
        """Returns the sign of the remark, one of the two that the legend explains."""
        return OPEN_SIGN if self.open else CHOSEN_SIGN


@dataclass(frozen=True, slots=True)
class Line:
    """A text, with a remark on its origin (`mark`) and the address that it links to (`href`).

    `href` must be safe already: https, mailto or a place in the same service. `linked` is the text
    as the document writes it, where it holds links; `text` is it with their addresses written out.
    `language` is the tag of the text where it is not that of the page. `marked` is the text in
    parts, each with the name of the element of HTML that marks it (`del`, `ins`) or an empty one;
    it is empty where nothing is marked.
    """

    text: str
    mark: Mark | None = None
    href: str | None = None
    strong: bool = False
    linked: str | None = None
    language: str | None = None
    marked: tuple[tuple[str, str], ...] = ()

    def after(self, name: str, colon: str) -> Line:
        """Returns the line with a name before its text, such as `Arrangement: ...`."""
        linked = None if self.linked is None else f"{name}{colon} {self.linked}"
        return replace(self, text=f"{name}{colon} {self.text}", linked=linked)


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
class Entries:
    """A table of things that are read one at a time. In HTML each is folded to its name.

    `ids` are the addresses of the rows in the page. The first line of each row's cell in the column
    `hint` stands beside the name; None is for a table in which nothing does.
    """

    kind: ClassVar[str] = "entries"
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    ids: Sequence[str]
    hint: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Names, and the lines that each stands for."""

    kind: ClassVar[str] = "named"
    pairs: Sequence[tuple[str, Sequence[Line]]]


Block: TypeAlias = Paragraphs | Note | Items | Table | Entries | Named


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under a heading; `id` is its address in the page.

    With a `fold` its blocks are folded under these words, and `lead` stands above them for readers
    who do not unfold.
    """

    id: str
    title: str
    blocks: Sequence[Block]
    lead: str = ""
    fold: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A notice in one language, in layers.

    `facts` identify the text: label and value each; the first `foremost` of them also stand at the
    top, all of them if it is None. `answer` are the sections of the first layer. `look` is what the
    organisation's own document says of its looks.
    """

    locale: str
    title: str
    site: str
    facts: Sequence[tuple[str, str]]
    alternates: Sequence[Alternate]
    introduction: Sequence[Block]
    sections: Sequence[Section]
    labels: dict[str, str]
    answer: Sequence[Section] = ()
    legend: Sequence[Line] = ()
    foremost: int | None = None
    look: Look | None = None

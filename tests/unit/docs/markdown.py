"""Reading the project's documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parent.parent.parent.parent
DOCS = PROJECT / "docs"

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


def documents() -> list[Path]:
    """The README and everything under docs."""
    return [PROJECT / "README.md", *sorted(DOCS.rglob("*.md"))]


def prose(document: Path) -> str:
    """A document's text without its fenced blocks."""
    return _FENCED.sub("", document.read_text("utf-8"))


def links(document: Path) -> list[str]:
    """The targets of a document's links."""
    return _LINK.findall(prose(document))


def code(text: str) -> list[str]:
    """What stands in backticks."""
    return _CODE.findall(text)


def anchors(document: Path) -> set[str]:
    """The fragments that a document's headings answer to."""
    headings = re.findall(r"^#+ (.*)$", prose(document), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


def rows(document: Path, section: str) -> Iterator[list[str]]:
    """The cells of each table row under a heading of the second level, without the table's head."""
    found = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", prose(document), re.M | re.S)
    assert found is not None, f"{document.name} has no section {section}"
    lines = [line for line in found[1].splitlines() if line.startswith("|")]
    head = True
    for index, line in enumerate(lines):
        if set(line) <= set("|-: "):
            head = False
            continue
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if following and set(following) <= set("|-: "):
            head = True
        if not head:
            yield [cell.strip() for cell in line.strip("|").split("|")]

"""The notice document of a command, `NOTICE=` of `make`: where it lies, and whether it compiles.

A document is read and compiled before anything is started, published or deployed; every finding is
told with the line and the column at which it stands. `python -m infra.notice_document` only checks
the document of the setting, and says nothing about one that compiles.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Final

from chalicelib.notices import rehearsal
from chalicelib.notices.compiler import NoticeRefused
from chalicelib.notices.model import Notice
from infra.notice_places import MAX_BYTES, Located, NotJson, Source, read

PROJECT: Final = Path(__file__).parent.parent
EXAMPLES: Final = PROJECT / "chalicelib" / "notices" / "documents"
"""The folder of the example documents."""

EXAMPLE: Final = EXAMPLES / "keeprobust.json"
"""The document of a command that is given none."""

ALIKE: Final = 3
"""Most findings of one kind that are told one by one."""

USAGE: Final = (
    "NOTICE= names the file of a notice document, seen from the folder in which make runs, such as "
    "NOTICE=notice.json; without it the command takes the example. docs/notice.md says how to "
    "write one."
)


class NoticeUnusable(Exception):
    """No notice can be made of a file; the text holds the findings and says what to do."""


def chosen(named: str = "") -> Path:
    """Returns the document of a command: `named`, else that of `RISERBO_NOTICE`, else EXAMPLE."""
    name = named or os.environ.get("RISERBO_NOTICE", "")
    return Path(name) if name else EXAMPLE


def notice_of(document: Path, confirmed: frozenset[str] = frozenset()) -> Notice:
    """Returns the notice in a file, of which every mail and page can be made.

    `confirmed` as in `compile_notice`. Raises NoticeUnusable for a file that cannot be read, and
    with all findings for a document that does not compile.
    """
    notice, found = check(content(document), confirmed)
    if notice is None:
        raise NoticeUnusable(_refusal(document, found))
    return notice


def document_of(document: Path) -> Any:
    """Returns the JSON in a file, of any shape.

    Raises NoticeUnusable for a file that cannot be read, holds no JSON, or gives a member twice.
    """
    try:
        source = read(content(document))
    except NotJson as broken:
        raise NoticeUnusable(_refusal(document, [broken.located])) from None
    if source.repeated:
        raise NoticeUnusable(_refusal(document, [*source.repeated]))
    return source.document


def content(document: Path) -> bytes:
    """Returns the bytes of a file, or the first of them where it is too long for a document.

    Raises NoticeUnusable where it cannot be read.
    """
    try:
        with document.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as failed:
        raise NoticeUnusable(f"{document}: {failed.strerror}\n{USAGE}") from None


def check(
    body: bytes, confirmed: frozenset[str] = frozenset()
) -> tuple[Notice | None, list[Located]]:
    """Returns the notice in a file's bytes, or None and all findings in the order of the text."""
    try:
        source = read(body)
    except NotJson as broken:
        return None, [broken.located]
    notice, found = _compiled(source, confirmed)
    if source.repeated or notice is None:
        return None, sorted((*source.repeated, *found), key=lambda one: one.place)
    return notice, []


def _compiled(source: Source, confirmed: frozenset[str]) -> tuple[Notice | None, list[Located]]:
    # The links of pages need an address, which is known only where the notice is published.
    os.environ.setdefault("RISERBO_PUBLIC_URL", "https://example.com")
    try:
        return rehearsal.compiled(source.document, confirmed), []
    except NoticeRefused as refused:
        return None, [source.locate(finding) for finding in refused.findings]


def shown(name: object, located: Located) -> str:
    """Returns a finding in the form of a compiler's, so that an editor can jump to its place."""
    (line, column), finding = located
    return f"{name}:{line}:{column}: {_pointer(located)}: {finding.detail}"


def _pointer(located: Located) -> str:
    return "".join(_visible(char) for char in located.finding.pointer) or "(document)"


def gathered(name: object, found: list[Located]) -> list[str]:
    """Returns the lines of all findings, in the order of the text.

    Findings that say the same of many places are one line after the first of them, with the places.
    """
    alike: dict[str, list[Located]] = {}
    for one in found:
        alike.setdefault(one.finding.detail, []).append(one)
    lines = []
    for one in found:
        same = alike[one.finding.detail]
        if len(same) <= ALIKE:
            lines.append(shown(name, one))
        elif one is same[0]:
            others = ", ".join(_pointer(other) for other in same[1:])
            lines.append(f"{shown(name, one)} So at {len(same) - 1} more places: {others}")
    return lines


def counted(found: list[Located]) -> str:
    """Returns the number of findings, in words."""
    return "1 finding" if len(found) == 1 else f"{len(found)} findings"


def _visible(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")


def _refusal(document: Path, found: list[Located]) -> str:
    told = gathered(document, found)
    remedy = (
        f"{counted(found)}: correct the document and run the command again. "
        f"`make notice NOTICE={document}` checks it alone."
    )
    return "\n".join(["The notice does not compile.", *told, remedy])


def main() -> int:
    """Checks the document of the setting: returns 0 if it compiles, 1 with all findings."""
    try:
        notice_of(chosen())
    except NoticeUnusable as unusable:
        sys.stderr.write(f"{unusable}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

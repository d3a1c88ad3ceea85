"""Bounds on a document, checked first, so that no other check can be made to run long.

A document beyond them, or one that is not JSON at all, is refused without the other checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import Located, within

MAX_DEPTH: Final = 16
MAX_MEMBERS: Final = 1000
MAX_NAME: Final = 200
MAX_VALUES: Final = 60_000
MAX_CHARACTERS: Final = 2_000_000
MAX_INTEGER: Final = 2**53 - 1

_UNREADABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""Lone surrogates, and control characters but line feeds and tabs."""


def check(document: object) -> list[Finding]:
    """Lists why the document is too deep, too wide or too long to be checked, or no JSON value."""
    if not isinstance(document, dict):
        return [Finding("", "must be a JSON object: one notice document.")]
    findings: list[Finding] = []
    pending: list[tuple[int, Located]] = [(0, ("", document))]
    values = characters = 0
    while pending:
        depth, located = pending.pop()
        values += 1
        characters += _length(located[1])
        if values > MAX_VALUES or characters > MAX_CHARACTERS:
            findings.append(Finding("", "is too long; shorten it below 60000 values in all."))
            break
        found = list(_refused(depth, located))
        findings.extend(found)
        if not found and isinstance(located[1], (dict, list)):
            pending.extend([(depth + 1, inner) for inner in within(located)])
    return findings


def _length(value: object) -> int:
    if isinstance(value, dict):
        return sum(len(name) for name in value if isinstance(name, str))
    return len(value) if isinstance(value, str) else 0


def _refused(depth: int, located: Located) -> Iterator[Finding]:
    pointer, value = located
    if isinstance(value, (dict, list)):
        yield from _too_large(depth, pointer, value)
    elif isinstance(value, str):
        if not _is_text(value):
            yield Finding(pointer, "has a character that is not valid; write plain Unicode text.")
    elif isinstance(value, (int, float)):
        # Written so that NaN, which compares with nothing, is refused as well.
        if not abs(value) <= MAX_INTEGER:
            yield Finding(pointer, "is not a number that JSON can carry exactly.")
    elif value is not None:
        yield Finding(pointer, "is not a JSON value.")


def _too_large(
    depth: int, pointer: str, value: dict[object, object] | list[object]
) -> Iterator[Finding]:
    if depth >= MAX_DEPTH:
        yield Finding(pointer, f"lies too deep; nest at most {MAX_DEPTH} levels.")
    elif len(value) > MAX_MEMBERS:
        yield Finding(pointer, f"has too many members; keep at most {MAX_MEMBERS}.")
    elif isinstance(value, dict) and any(len(str(name)) > MAX_NAME for name in value):
        # Each pointer below it would repeat the name.
        yield Finding(pointer, f"has a member name of more than {MAX_NAME} characters.")
    elif isinstance(value, dict) and not all(_is_text(name) for name in value):
        yield Finding(pointer, "has a member name that is not valid Unicode text.")


def _is_text(value: object) -> bool:
    """True for text without lone surrogates or control characters, which are unreadable."""
    if not isinstance(value, str):
        return False
    return _UNREADABLE.search(value) is None

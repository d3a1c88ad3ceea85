"""The form of an uploaded file: JSON Lines, a record a line, read a piece at a time. Pure.

A file is never held whole: the longest line bounds the memory. JSON Lines is asked for since an
array can neither be checked nor copied without being parsed to its end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from chalicelib.errors import BadRequest, Finding
from chalicelib.systems.model import UPLOAD_MAX, Upload, unfit_record

LINE_MAX: Final = 256 * 1024
"""The most bytes of a line."""

_MEMBERS: Final = frozenset({"category", "fields", "recorded_at"})


class Unfit(Exception):
    """The file has not the form that it must have; `finding` says where, by the line's number."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.detail)


def lines(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yields the lines of a file that comes in pieces, each with its number; blank ones are left.

    Raises Unfit for a line that is too long, and for a file that is.
    """
    rest, number, size = b"", 1, 0
    for chunk in chunks:
        size += len(chunk)
        if size > UPLOAD_MAX:
            raise Unfit(Finding("", f"is longer than {UPLOAD_MAX} bytes"))
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield from _one(line, number)
            number += 1
        if len(rest) > LINE_MAX:
            raise _too_long(number)
    yield from _one(rest, number)


def _one(line: bytes, number: int) -> Iterator[tuple[int, bytes]]:
    if len(line) > LINE_MAX:
        raise _too_long(number)
    if line.strip():
        yield number, line


def _too_long(number: int) -> Unfit:
    return Unfit(Finding(f"/{number}", f"is a line of more than {LINE_MAX} bytes"))


def checked(chunks: Iterable[bytes], upload: Upload, known: Mapping[str, Mapping[str, int]]) -> int:
    """Reads a whole file, and returns the number of its records.

    `upload` is what was said of it, `known` what the system may hold. Raises Unfit for the first
    thing that is wrong: another size or digest, no record, a line that is no record, an undeclared
    category or field.
    """
    digest, count, size = hashlib.sha256(), 0, 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            size += len(chunk)
            digest.update(chunk)
            yield chunk

    for number, line in lines(counted()):
        count += 1
        record = record_in(line, number)
        for finding in unfit_record(record, known, f"/{number}"):
            raise Unfit(finding)
    if size != upload.size:
        raise Unfit(Finding("/upload/size", "is not the size of what was uploaded"))
    if digest.hexdigest() != upload.sha256:
        raise Unfit(Finding("/upload/sha256", "is not the SHA-256 of what was uploaded"))
    if not count:
        raise Unfit(Finding("", "holds no record; answer `nothing`"))
    return count


def record_in(line: bytes, number: int) -> Mapping[str, Any]:
    """Returns the record in a line, two levels deep. Raises Unfit where it is none."""
    # Imported here: only who looks at uploads reads JSON by lines.
    from chalicelib.web.json_body import read_json

    try:
        value = read_json(line)
    except BadRequest as refused:
        finding = refused.findings[0] if refused.findings else Finding("", "is not JSON")
        raise Unfit(Finding(f"/{number}{finding.pointer}", finding.detail)) from None
    if not isinstance(value, dict):
        raise Unfit(Finding(f"/{number}", "is no object"))
    for name in value.keys() - _MEMBERS:
        raise Unfit(Finding(f"/{number}", f"has a member that is unknown, of {len(name)} letters"))
    fields, at = value.get("fields"), value.get("recorded_at")
    if not isinstance(fields, dict) or not fields:
        raise Unfit(Finding(f"/{number}/fields", "must be an object with a field at least"))
    if not all(one is None or isinstance(one, str) for one in fields.values()):
        raise Unfit(Finding(f"/{number}/fields", "must hold texts, or null"))
    if at is not None and not _is_instant(at):
        raise Unfit(Finding(f"/{number}/recorded_at", "must be an instant (RFC 3339)"))
    return value


def _is_instant(value: object) -> bool:
    from datetime import datetime

    if not isinstance(value, str) or len(value) > 32:
        return False
    try:
        return datetime.fromisoformat(value.upper()).tzinfo is not None
    except ValueError:
        return False

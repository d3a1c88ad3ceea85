"""A strict reader of JSON (RFC 8259, I-JSON of RFC 7493).

It refuses values that two parsers could read differently, or that could not be stored or sent back:
duplicate members, numbers beyond doubles, lone surrogates, NUL. No input raises anything but a
Problem below 500.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any

from chalicelib.errors import BadRequest, Finding, UnsupportedMediaType
from chalicelib.web.contract import JSON, Json

MAX_DEPTH = 32
"""Most levels of arrays and objects."""

_MAX_INTEGER = 2**53
_MAX_FINDINGS = 100
_MAX_POINTER = 300
# A string is skipped whole, also one that never ends, so that the scan stays linear.
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)
_CHARSET_MARKS = re.compile(r"[\s\"'_-]")
_UTF8 = frozenset({"", "utf8", "usascii", "ascii"})
"""Names of charsets that are UTF-8 or part of it, without hyphens and quotation marks."""
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class _Defect:
    """Takes the place of an unacceptable value in the parsed document."""

    def __init__(self, detail: str) -> None:
        self.detail = detail


class _Members(dict[str, Any]):
    """An object that named some members twice."""

    repeated: tuple[str, ...] = ()


def check_content_type(value: str | None, expected: str = JSON) -> None:
    """Raises UnsupportedMediaType unless the header names `expected`, in UTF-8.

    JSON defines no charset parameter (RFC 8259, section 11), so clients spell it in many ways; only
    another charset than UTF-8 is refused.
    """
    media_type, *parameters = [part.strip().lower() for part in (value or "").split(";")]
    named = [name.strip() for name, _, _ in (one.partition("=") for one in parameters)]
    values = [_CHARSET_MARKS.sub("", one.partition("=")[2]) for one in parameters]
    charsets = [one for name, one in zip(named, values, strict=True) if name == "charset"]
    if media_type != expected or not _UTF8.issuperset(charsets):
        raise UnsupportedMediaType(f"Send the body as {expected}, in UTF-8.")


def read_json(body: bytes) -> Json:
    """Returns the JSON value of a body of bounded size.

    Raises BadRequest (type `invalid-json`) with a finding for each defect, at its pointer; for
    invalid JSON, with one finding at the root, which names the place of the error.
    """
    text = _text(body)
    check_depth(text)
    flaws: list[_Defect | _Members] = []

    def noted(value: Any) -> Any:
        if isinstance(value, _Defect | _Members):
            flaws.append(value)
        return value

    try:
        value = json.loads(
            text,
            object_pairs_hook=lambda pairs: noted(_members(pairs)),
            parse_int=lambda digits: noted(_integer(digits)),
            parse_float=lambda digits: noted(_number(digits)),
            parse_constant=lambda _: noted(_Defect("is not a finite number")),
        )
    except json.JSONDecodeError as error:
        detail = f"is not JSON at line {error.lineno}, column {error.colno}"
        raise _refused([Finding("", detail)]) from None
    # UTF-8 holds no half of a pair, and JSON no bare NUL: only an escape makes one.
    if flaws or "\\u" in text:
        findings: list[Finding] = []
        _inspect(value, "", findings)
        if findings:
            raise _refused(findings)
    checked: Json = value
    return checked


def pointer(parent: str, member: str | int) -> str:
    """Returns a JSON Pointer one step longer (RFC 6901); the parent where it would be too long."""
    step = str(member).replace("~", "~0").replace("/", "~1")
    longer = f"{parent}/{step}"
    return longer if len(longer) <= _MAX_POINTER and not _UNSTORABLE.search(step) else parent


def _text(body: bytes) -> str:
    if not body:
        raise _refused([Finding("", "is empty")])
    if body.startswith(b"\xef\xbb\xbf"):
        raise _refused([Finding("", "starts with a byte order mark")])
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise _refused([Finding("", "is not UTF-8")]) from None


def check_depth(text: str) -> None:
    """Raises BadRequest for deep nesting, before any recursive parser sees it."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _STRUCTURE.finditer(text):
        mark = text[token.start()]
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise _refused([Finding("", f"is nested deeper than {MAX_DEPTH} levels")])
        elif mark in "]}":
            depth -= 1


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    flawed = _Members(members)
    counted = Counter(name for name, _ in pairs)
    flawed.repeated = tuple(name for name, times in counted.items() if times > 1)
    return flawed


def _integer(digits: str) -> int | _Defect:
    if len(digits) > 17 or abs(int(digits)) > _MAX_INTEGER:
        return _Defect("is an integer beyond 2^53")
    return int(digits)


def _number(digits: str) -> float | _Defect:
    number = float(digits)
    return number if math.isfinite(number) else _Defect("is a number out of range")


def _inspect(value: Any, at: str, findings: list[Finding]) -> None:
    if len(findings) >= _MAX_FINDINGS:
        return
    if isinstance(value, _Defect):
        findings.append(Finding(at, value.detail))
    elif isinstance(value, str):
        if _UNSTORABLE.search(value):
            findings.append(Finding(at, "holds a NUL or half of a surrogate pair"))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _inspect(item, pointer(at, index), findings)
    elif isinstance(value, dict):
        _inspect_object(value, at, findings)


def _inspect_object(value: dict[str, Any], at: str, findings: list[Finding]) -> None:
    if isinstance(value, _Members):
        findings.extend(Finding(pointer(at, name), "is given twice") for name in value.repeated)
    if any(_UNSTORABLE.search(name) for name in value):
        findings.append(Finding(at, "has a name that holds a NUL or half of a surrogate pair"))
    for name, item in value.items():
        _inspect(item, pointer(at, name), findings)


def _refused(findings: list[Finding]) -> BadRequest:
    return BadRequest(
        "The body cannot be read as JSON.",
        type="invalid-json",
        findings=tuple(findings[:_MAX_FINDINGS]),
    )

"""Inputs that no honest client sends: bodies, members, queries, headers."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Set
from typing import Any, Final

from chalicelib.web.contract import MAX_BODY
from tests.functions.api import JSON

Input = tuple[str, bytes, dict[str, str], set[int]]
"""What is wrong with it, the body, its headers, and the statuses that may answer it."""

AS_JSON: Final = {"Content-Type": JSON}

_NOT_JSON: Final[dict[str, bytes]] = {
    "empty": b"",
    "blank": b" \n ",
    "no utf-8": b'{"\xff": 1}',
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "half a character": '{"è": 1}'.encode()[:3],
    "trailing garbage": b"{} x",
    "two objects": b"{}{}",
    "cut off": b'{"a": ',
    "single quotes": b"{'a': 1}",
    "comment": b"{/* a */}",
    "deep arrays": b"[" * 5000 + b"]" * 5000,
    "deep objects": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "deep and unclosed": b"[" * 60_000,
    "array": b"[]",
    "array of objects": b"[{}]",
    "text": b'"text"',
    "number": b"7",
    "null": b"null",
    "true": b"true",
    "html": b"<script>alert(1)</script>",
    "form": b"token=a&b=c",
}
#: JSON texts that stand for a value, in a member that nobody knows.
_VALUES: Final[dict[str, str]] = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "minus Infinity": "-Infinity",
    "1e999": "1e999",
    "2**70": str(2**70),
    "thousands of digits": "9" * 6000,
    "lone surrogate": r'"\ud800"',
    "surrogates turned round": r'"\udc00\ud800"',
    "NUL": r'"\u0000"',
    "raw control character": '"\x01"',
    "unknown member": "1",
}
_WRONG: Final[dict[type, list[Any]]] = {
    str: [None, 7, 1.5, True, [], {}, ["x"], "x" * 30_000, "\u202e", ""],
    bool: [None, 0, 1, "false", "", [], {}],
    int: [None, -1, 1.5, 10**30, True, "1", "", [], {}],
    dict: [None, 7, True, "x", [], [{}], {"unknown <script>": "granted"}, {"": ""}],
    list: [None, 7, True, "x", {}, [], [None], [[]], ["x"], ["<script>alert(1)</script>"]],
}


def bodies(
    valid: dict[str, Any],
    free: Set[str],
    nullable: Set[str] = frozenset(),
    open: Set[str] = frozenset(),
    most: int = MAX_BODY,
) -> Iterator[Input]:
    """Bodies to refuse, made from one that the operation accepts.

    `free` names the members that may hold any text, `nullable` those that may be null, `open` the
    objects that may have any members, as JSON Pointers. `most` is how many bytes are read.
    """
    good = json.dumps(valid).encode()
    yield "one byte too many", good + b" " * (most + 1 - len(good)), AS_JSON, {413}
    yield "a megabyte", b'"' + b"x" * 1_000_000 + b'"', AS_JSON, {413}
    yield from _typed_wrongly(good)
    for name, body in _NOT_JSON.items():
        yield name, body, AS_JSON, {400}
    yield "byte order mark", b"\xef\xbb\xbf" + good, AS_JSON, {400}
    yield "member twice", good[:-1] + b"," + good[1:], AS_JSON, {400}
    for name, text in _VALUES.items():
        yield name, good[:-1] + f', "zzz": {text}}}'.encode(), AS_JSON, {400}
    for name, changed in _changed(valid, free, nullable, open):
        yield name, json.dumps(changed).encode(), AS_JSON, {400, 422}


def _typed_wrongly(good: bytes) -> Iterator[Input]:
    for kind in (
        None,
        "",
        "text/plain",
        "application/jsonx",
        "application/json; charset=latin-1",
        "multipart/form-data; boundary=x",
        "<script>",
    ):
        headers: dict[str, str] = {} if kind is None else {"Content-Type": kind}
        yield f"content type {kind}", good, headers, {415}


def _changed(
    valid: dict[str, Any], free: Set[str], nullable: Set[str], open: Set[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for pointer, value in _members(valid):
        for wrong in _WRONG[type(value)]:
            if (pointer in free and wrong == "\u202e") or (pointer in nullable and wrong is None):
                continue
            yield f"{pointer} is {str(wrong)[:20]!r}", _with(valid, pointer, wrong)
        if isinstance(value, str) and pointer not in free:
            script = "<script>alert(1)</script>"
            yield f"{pointer} is a script", _with(valid, pointer, script)
        if isinstance(value, dict) and pointer not in open:
            more = {**value, "<script>": "granted"}
            yield f"{pointer} has an unknown member", _with(valid, pointer, more)


def _members(value: dict[str, Any], parent: str = "") -> Iterator[tuple[str, Any]]:
    for name, member in value.items():
        yield f"{parent}/{name}", member
        if isinstance(member, dict):
            yield from _members(member, f"{parent}/{name}")


def _with(valid: dict[str, Any], pointer: str, wrong: Any) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(valid))
    *parents, last = pointer.split("/")[1:]
    place = changed
    for parent in parents:
        place = place[parent]
    place[last] = wrong
    return changed


TOKENS: Final = (
    "%00",
    "%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "%27%20onmouseover=alert(1)%20x=%27",
    "%E2%80%AE",
    "%F0%9F%92%A9",
    "%ff%fe",
    "a" * 201,
    "a" * 5000,
    "{{7*7}}",
    "javascript:alert(1)",
    "..%2f..%2f",
)
"""What stands in the query of a page behind a link, and is no token."""

FORMS: Final[dict[str, bytes]] = {
    "empty": b"",
    "no field": b"&&&",
    "broken escape": b"token=%zz",
    "half an escape": b"token=%e",
    "no utf-8": b"token=%ff%fe",
    "raw bytes": b"token=\xff",
    "NUL": b"token=%00",
    "twice": b"token=a&token=b",
    "unknown field": b"token=" + b"a" * 26 + b"." + b"b" * 43 + b"&more=1",
    "a thousand fields": b"&".join(b"f%d=1" % number for number in range(1000)),
    "script": b"token=%3Cscript%3Ealert(1)%3C/script%3E",
    "array of fields": b"token[]=a",
}


def cursor(text: str) -> str:
    """A text as the cursor of a list."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


#: What is no position in any list, though it is written like one.
_CURSORS: Final = (
    "[]",
    "{}",
    '{"id":{"a":1}}',
    '{"id":""}',
    '{"id":null}',
    r'{"id":"\ud800"}',
    r'{"id":"\u0000"}',
    '{"id":"' + "x" * 1500 + '"}',
    '{"id":"a","pk":"S#b"}',
    '{"id":"S#b"}',
    "[" * 400,
)


QUERIES: Final = (
    "limit=0",
    "limit=101",
    "limit=-1",
    "limit=1.5",
    "limit=abc",
    "limit=",
    "limit=99999999999999999999",
    "limit=1&limit=2",
    "limit=%00",
    "cursor=",
    "cursor=x",
    "cursor=%F0%9F%92%A9",
    "cursor=" + "A" * 5000,
    *(f"cursor={cursor(text)}" for text in _CURSORS),
    "unknown=1",
    "%3Cscript%3E=1",
    "__proto__=1",
)
"""Queries that no list accepts."""

LANGUAGES: Final = (
    "lang=",
    "lang=de",
    "lang=it_IT",
    "lang=IT.UTF-8",
    "lang=it&lang=en",
    "lang=%00",
    "lang=<script>alert(1)</script>",
    "lang=%22%3E",
    "lang=" + "a" * 4000,
)
"""Languages as people's programs write them, and what is none: never a reason to refuse."""

APPENDED: Final = (
    "utm_source=x&fbclid=y",
    "unknown=1&unknown=2",
    "%3Cscript%3E=1",
    "__proto__=1",
    "limit=abc",
)
"""What newsletters, link trackers and strangers append to the addresses of pages."""

SEGMENTS: Final = (
    "x",
    "%00",
    "%22",
    "%E2%80%AE",
    "..",
    "%2e%2e",
    "a%20b",
    "'; DROP TABLE records; --",
    "<script>alert(1)</script>",
    "a" * 129,
    "1999-99-99",
    "*",
    "evidence%23entry%23000000000001",
)
"""Path segments that name nothing."""

HEADERS: Final[tuple[tuple[dict[str, str], int], ...]] = (
    ({"Authorization": "Basic YTpi"}, 401),
    ({"Authorization": "Bearer"}, 401),
    ({"Authorization": "Bearer a b"}, 401),
    ({"Authorization": "Bearer " + "x" * 600}, 401),
    ({"Authorization": "Bearer <script>"}, 401),
    ({"Authorization": f"Bearer {'a' * 26}.{'b' * 43}"}, 401),
    ({"Riserbo-Visitor": "short"}, 400),
    ({"Riserbo-Visitor": "x" * 129}, 400),
    ({"Riserbo-Visitor": "<script>alert(1)</script>"}, 400),
    ({"Riserbo-Visitor": "è" * 30}, 400),
    ({}, 401),
)
"""Credentials to refuse where a session or a visitor is needed, and how."""

"""The table of malformed writes: types, members, sizes, depths, numbers, characters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from tests.functions.malformed import (
    CLASSES,
    Sent,
    Target,
    as_json,
    good,
    kind,
    of_bodies,
    of_names,
    of_raw_values,
    of_texts,
    of_values,
    required,
)
from tests.functions.members import changed, schema_at, without

_DEEP: Final = 10_000
_LONG: Final = 60_000

# Wrong types.
of_values("null instead of a value", [None])
of_values("boolean instead of another type", [True, False])
of_values("number instead of another type", [7, -1, 1.5, 0])
of_values("text instead of another type", ["x", "", "{}", "[]", "null"], dict, list, int, bool)
of_values("array instead of another type", [[], ["x"], [[]], [None], [{}]])
of_values("object instead of another type", [{}, {"a": "b"}, {"": None}, {"$ne": ""}])
of_texts("number written as a text", ["7", "0", "1e3", "-0"])

# Members.
of_names("unknown member", ["zzz", "subject_id", "admin", "$where", "x" * 300])
of_names("name of an object's prototype", ["__proto__", "constructor", "toString", "__class__"])
of_names("empty or blank name", ["", " ", "\t", "\u00a0", "\u200b"])
of_names("script or SQL in a name", ["<script>alert(1)</script>", "'; DROP TABLE records; --"])
of_names("null character or surrogate in a name", ["\0", "a\0b", "\ud800", "\udfff\ud800"])


@kind("missing member")
def _missing(target: Target) -> Iterator[Sent]:
    for place in required(target):
        yield as_json(without(target.valid, place))


@kind("member that is known elsewhere")
def _elsewhere(target: Target) -> Iterator[Sent]:
    for place, value in target.members(dict):
        if place not in target.accepted.open:
            yield as_json(changed(target.valid, place, {**value, "notice_version": "1999-01-01"}))
    yield as_json({**target.valid, "password": "x", "profile": {}})


@kind("thousands of members")
def _thousands(target: Target) -> Iterator[Sent]:
    many = {f"m{number}": "granted" for number in range(3000)}
    yield as_json({**target.valid, **many})
    for place, value in target.members(dict):
        if place not in target.accepted.open:
            yield as_json(changed(target.valid, place, {**value, **many}))


@kind("member twice")
def _twice(target: Target) -> Iterator[Sent]:
    text = json.dumps(target.valid)
    name, value = next(iter(target.valid.items()))
    again = f"{json.dumps(name)}: {json.dumps(value)}"
    yield Sent(f"{text[:-1]}, {again}}}".encode())
    spelled = again.replace(name, f"\\u{ord(name[0]):04x}{name[1:]}", 1)  # the same name, escaped
    yield Sent(f"{text[:-1]}, {spelled}}}".encode())


@kind("member twice inside another")
def _twice_inside(target: Target) -> Iterator[Sent]:
    for place, value in target.members(dict):
        name, one = next(iter(value.items()))
        pair = f"{json.dumps(name)}: {json.dumps(one)}"
        text = json.dumps(changed(target.valid, place, "\u2603"))
        yield Sent(text.replace(json.dumps("\u2603"), f"{{{pair}, {pair}}}").encode())


# What is no object, or no JSON.
of_bodies("empty object", [b"{}", b" { } "])
of_bodies("array as the body", [b"[]", b"[{}]", b"[1, 2]"])
of_bodies("text as the body", [b'"text"', b'""', b'"{}"'])
of_bodies("number as the body", [b"7", b"-0", b"1.5", b"1e5"])
of_bodies("null or boolean as the body", [b"null", b"true", b"false"])
of_bodies("no body", [b"", b" ", b"\r\n\t"])
of_bodies("not JSON", [b"{'a': 1}", b"{a: 1}", b"{/**/}", b"<a/>", b"a=b", b"---\na: 1", b"{,}"])
of_bodies("more than one value", [b"{}{}", b"{} x", b"{},", b"[]{}", b"{}\0"])


@kind("cut off")
def _cut_off(target: Target) -> Iterator[Sent]:
    text = good(target)
    for eighth in range(1, 8):
        yield Sent(text[: len(text) * eighth // 8])
    yield Sent(text[:-1])


# Size.
@kind("one byte too many")
def _one_too_many(target: Target) -> Iterator[Sent]:
    text = good(target)
    more = target.operation.max_body + 1 - len(text)
    for padded in (text + b" " * more, b" " * more + text):
        yield Sent(padded, expected=frozenset({413}))


@kind("huge body")
def _huge(target: Target) -> Iterator[Sent]:
    for body in (b'"' + b"x" * 2_000_000 + b'"', b"[" * 1_000_000, b'{"a":' * 300_000):
        yield Sent(body, expected=frozenset({413}))


@kind("text longer than it may be")
def _long(target: Target) -> Iterator[Sent]:
    for place, _ in target.like("maxLength"):
        yield as_json(changed(target.valid, place, "x" * _LONG))
    for place, _ in target.texts():
        yield as_json(changed(target.valid, place, "\U0001f512" * 5_000))


@kind("longer by one")
def _longer_by_one(target: Target) -> Iterator[Sent]:
    for place, value in target.like("maxLength"):
        most = schema_at(target.schema, place)["maxLength"]
        yield as_json(changed(target.valid, place, (value + "a" * most)[: most + 1]))
    for place, value in target.like("maxItems"):
        most = schema_at(target.schema, place)["maxItems"]
        yield as_json(changed(target.valid, place, [value[0]] * (most + 1)))


# Depth.
of_bodies(
    "arrays nested deeply", [b"[" * _DEEP + b"]" * _DEEP, b"[" * _DEEP, b"[" * 33 + b"]" * 33]
)
of_bodies("objects nested deeply", [b'{"a":' * _DEEP + b"1" + b"}" * _DEEP, b'{"a":' * _DEEP])
of_raw_values("member nested deeply", ["[" * _DEEP + "]" * _DEEP, '{"a":' * 40 + "1" + "}" * 40])

# Numbers.
of_raw_values("huge integer", [str(2**53 + 1), str(-(2**70)), "9" * 6000])
of_raw_values("number out of range", ["1e999", "-1e999", "1e-99999", "1" * 400 + ".5"])
of_raw_values("not a number", ["NaN", "Infinity", "-Infinity", "nan", "0x10", "1_000", "+1", "01"])
of_raw_values("negative zero", ["-0", "-0.0", "-0e0"])

# Characters.
of_raw_values("null character", [r'"\u0000"', r'"a\u0000b"', '"\0"'])
of_raw_values("lone surrogate", [r'"\ud800"', r'"\udfff"', r'"\udc00\ud800"', '"\ud800"'])
of_raw_values("raw control character", ['"\x01"', '"\n"', '"\x1b[2J"', '"\x08"'])
of_raw_values("broken escape", [r'"\x41"', r'"\u12"', r'"\ud83d\u"', '"\\'])
of_texts("invisible characters", ["\u202e", "\u200b", "\ufeff", "\u2028", "\u00ad", "\U000e0041"])
of_texts("line break at the end", ["x\n", "2026-11-22\n", "granted\n", "a" * 26 + "\n"])


def _of_encodings(name: str, *encodings: str) -> None:
    @kind(name)
    def made(target: Target) -> Iterator[Sent]:
        for encoding in encodings:
            yield Sent(json.dumps(target.valid).encode(encoding))


@kind("invalid UTF-8")
def _no_utf8(target: Target) -> Iterator[Sent]:
    text = good(target)
    for wrong in (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xe2\x82"):
        yield Sent(text[:-1] + b', "zzz": "' + wrong + b'"}')
        yield Sent(text[:2] + wrong + text[2:])


_of_encodings("UTF-16", "utf-16", "utf-16-le", "utf-16-be")
_of_encodings("UTF-32", "utf-32", "utf-32-le")
_of_encodings("byte order mark", "utf-8-sig")


__all__ = ["CLASSES"]

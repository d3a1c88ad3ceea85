"""The table of malformed writes: what stands in texts and headers, and which type a body is of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from chalicelib.web.contract import Auth
from tests.functions.malformed import (
    AS_JSON,
    Headers,
    Sent,
    Target,
    as_json,
    good,
    is_instant,
    kind,
    of_content_types,
    of_texts,
    reads_bearer,
)
from tests.functions.malformed_classes import CLASSES
from tests.functions.members import changed
from tests.functions.strangers import NOBODYS


# Dates.
def _of_dates(name: str, *dates: str) -> None:
    @kind(name)
    def made(target: Target) -> Iterator[Sent]:
        for place, _ in target.members(str):
            for date in dates if is_instant(place) else ():
                yield as_json(changed(target.valid, place, date))


_of_dates(
    "impossible date", "2026-02-30", "2026-13-01", "2026-02-30T00:00:00Z", "2026-00-00T00:00:00Z"
)
_of_dates(
    "extreme date",
    "0000-00-00",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999999-23:59",
    "9999-12-31",
    "10000-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "+275760-09-13T00:00:00Z",
)
_of_dates(
    "date in another form",
    "1700000000",
    "22/11/2026",
    "2026-11-22T16:00:00",
    "2026-11-22 16:00:00Z",
    "2026-W47-7T16:00:00Z",
    "20261122T160000Z",
    "2026-11-22T16:00:60Z",
    "2026-11-22T16:00:00+99:99",
    "\u0662\u0660\u0662\u0666-\u0661\u0661-\u0662\u0662T00:00:00Z",
    "now",
    "",
)

# Content types.
of_content_types("plain text", {"text/plain": good, "text/plain;charset=utf-8": good})
of_content_types("XML", {"application/xml": lambda _: b"<a/>", "text/xml": good})
of_content_types(
    "form", {"application/x-www-form-urlencoded": lambda target: urlencode(_flat(target)).encode()}
)
of_content_types(
    "multipart",
    {
        "multipart/form-data; boundary=x": lambda _: (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--'
        ),
        "multipart/form-data": good,
    },
)
of_content_types("no content type", {None: good, "": good})
of_content_types(
    "content type that is like JSON",
    {"application/jsonx": good, "application/json-patch+json": good, "json": good, "*/*": good},
)
of_content_types(
    "another character set",
    {"application/json; charset=latin-1": good, "application/json; charset=utf-16": good},
)


def _flat(target: Target) -> dict[str, Any]:
    return {name: value for name, value in target.valid.items() if isinstance(value, str)}


# Injections.
of_texts(
    "script in a text",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"],
)
of_texts("SQL in a text", ["' OR '1'='1", "1; DROP TABLE records; --", "' UNION SELECT NULL--"])
of_texts("template in a text", ["{{7*7}}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "%s%n"])
of_texts("path in a text", ["../../etc/passwd", "..%2f..%2f", "file:///etc/passwd", "S#x#y"])
of_texts("another case", ["GRANTED", "Granted", "POST", "IT", "Banner"])


# What the notice does not know.
def _of_decisions(name: str, *decisions: dict[str, str]) -> None:
    @kind(name)
    def made(target: Target) -> Iterator[Sent]:
        if "decisions" in target.valid:
            for wrong in decisions:
                yield as_json(changed(target.valid, "/decisions", wrong))


_of_decisions(
    "purpose without consent",
    {"run_account": "granted"},
    {"improvement": "granted"},
    {"rights_and_proof": "granted", "surveys": "granted", "security": "granted"},
)
_of_decisions(
    "choice that nobody makes",
    *({"surveys": one} for one in ("withdrawn", "objected", "yes", "expired", "true", "")),
    {},
)


@kind("unknown purpose")
def _unknown_purpose(target: Target) -> Iterator[Sent]:
    for place, _ in target.members(str):
        for wrong in ("nonsense", "surveys ", "surveys\u0000", "purposes.surveys"):
            if place.endswith("/purpose"):
                # An event for a purpose of no notice is dropped, and its batch is not refused.
                dropped = place.startswith("/events/") and wrong == "nonsense"
                if not dropped:
                    yield as_json(changed(target.valid, place, wrong))
    if "decisions" in target.valid:
        for wrong in ("nonsense", "surveys ", "Surveys"):
            yield as_json(changed(target.valid, "/decisions", {wrong: "granted"}))


@kind("superseded or unknown version")
def _other_version(target: Target) -> Iterator[Sent]:
    for place, value in target.members(str):
        if place.endswith("version"):
            for wrong in ("1999-01-01", "2099-12-31", f"{value}.1", "2026-02-30"):
                yield as_json(changed(target.valid, place, wrong))


# Headers.
def _with(target: Target, *headers: tuple[str, str], expected: set[int], own: bool) -> Sent:
    return Sent(good(target), (*AS_JSON, *headers), frozenset(expected), own)


@kind("malformed visitor token")
def _visitor(target: Target) -> Iterator[Sent]:
    if target.operation.auth is Auth.VISITOR_OR_SESSION:
        utf8 = ("è" * 30).encode().decode("latin-1")
        for token in (
            "short",
            "x" * 129,
            "<script>alert(1)</script>",
            "a b" * 10,
            "../" * 10,
            utf8,
        ):
            yield _with(target, ("Riserbo-Visitor", token), expected={400}, own=False)


@kind("malformed bearer")
def _bearer(target: Target) -> Iterator[Sent]:
    if reads_bearer(target.operation):
        for value in (
            "Bearer",
            "Bearer a b",
            "Bearer " + "x" * 600,
            "Basic YTpi",
            "Bearer <script>",
        ):
            yield _with(target, ("Authorization", value), expected={401}, own=False)


@kind("bearer of nobody")
def _nobody(target: Target) -> Iterator[Sent]:
    if reads_bearer(target.operation):
        for token in (NOBODYS, "rk_" + "a" * 60, "a" * 26 + ".", "eyJhbGciOiJub25lIn0.e30."):
            yield _with(target, ("Authorization", f"Bearer {token}"), expected={401}, own=False)


@kind("header twice")
def _twice_header(target: Target) -> Iterator[Sent]:
    doubled: list[Headers] = [(*AS_JSON, *AS_JSON)]
    if target.operation.idempotent:
        doubled.append((*AS_JSON, ("Idempotency-Key", "a"), ("Idempotency-Key", "b")))
    own = tuple(target.accepted.headers.items())
    if own:
        doubled.append((*AS_JSON, *own))
    if target.operation.auth is Auth.VISITOR_OR_SESSION:
        doubled.append((*AS_JSON, ("Riserbo-Visitor", "a" * 30), ("Riserbo-Visitor", "b" * 30)))
    for headers in doubled:
        yield Sent(good(target), headers, frozenset({400, 401, 415}))


@kind("malformed idempotency key")
def _key(target: Target) -> Iterator[Sent]:
    if target.operation.idempotent:
        for key in ("x" * 129, "a b", "a\tb", "è".encode().decode("latin-1")):
            yield _with(target, ("Idempotency-Key", key), expected={400}, own=True)


__all__ = ["CLASSES"]

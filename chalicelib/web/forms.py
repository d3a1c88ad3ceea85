"""Reads bodies of HTML forms as strictly as JSON, into a flat JSON object."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote_to_bytes

from chalicelib.errors import BadRequest, Finding
from chalicelib.web.contract import Json
from chalicelib.web.json_body import pointer

MAX_FIELDS = 50

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def read_form(body: bytes) -> dict[str, Json]:
    """Returns the fields of an `application/x-www-form-urlencoded` body, each a text.

    Raises BadRequest (type `invalid-form`) with all findings: bytes that are no UTF-8, a broken
    escape, a field twice, too many fields, NUL.
    """
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError:
        raise _refused([Finding("", "must be percent-encoded")]) from None
    pairs = [pair for pair in text.split("&") if pair] if text.count("&") < MAX_FIELDS else []
    if text and not pairs:
        raise _refused([Finding("", f"must have 1 to {MAX_FIELDS} fields")])
    fields: dict[str, Json] = {}
    findings: list[Finding] = []
    for pair in pairs:
        name, _, value = pair.partition("=")
        plain_name, plain_value = _decoded(name), _decoded(value)
        if plain_name is None or plain_value is None:
            findings.append(Finding("", "has a field that is not percent-encoded UTF-8 text"))
        elif plain_name in fields:
            findings.append(Finding(pointer("", plain_name), "is given twice"))
        else:
            fields[plain_name] = plain_value
    if findings:
        raise _refused(findings)
    return fields


def read_form_loosely(body: bytes) -> dict[str, list[str]]:
    """Returns all values of all fields of a body that may fit nothing, as far as they can be read.

    A field that came empty counts as left out.
    """
    return parse_qs(body.decode("utf-8", "replace"), errors="replace")


def _decoded(part: str) -> str | None:
    if _BROKEN_ESCAPE.search(part):
        return None
    try:
        text = unquote_to_bytes(part.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _refused(findings: list[Finding]) -> BadRequest:
    return BadRequest(
        "The form cannot be read.", type="invalid-form", findings=tuple(dict.fromkeys(findings))
    )

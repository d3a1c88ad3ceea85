"""Conditional requests (RFC 9110, section 13): unchanged content is not sent again."""

from __future__ import annotations

import hashlib
import json
import re

from chalicelib.web.answer import Answer
from chalicelib.web.contract import Json

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e]{0,200}")')
_MAX_HEADER = 2_000


def not_modified(method: str, if_none_match: str | None, answer: Answer) -> Answer:
    """Returns the answer, or a 304 with its validators if the client's tag is the answer's."""
    tag = answer.headers.get("ETag")
    if method != "GET" or answer.status != 200 or not tag or not if_none_match:
        return answer
    if if_none_match.strip() != "*" and _opaque(tag) not in _TAG.findall(
        if_none_match[:_MAX_HEADER]
    ):
        return answer
    return Answer(304, None, answer.headers, answer.media_type)


def tag_of(body: Json) -> str:
    """Returns a strong validator of a JSON representation: the same for the same content."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def matches(if_match: str | None, tag: str) -> bool:
    """Tells whether a request may change a resource with this tag (RFC 9110, section 13.1.1).

    Without If-Match it may. The comparison is strong: a weak tag never matches.
    """
    if if_match is None or if_match == "*":
        return True
    return tag in [one.strip() for one in if_match[:_MAX_HEADER].split(",")]


def _opaque(tag: str) -> str:
    """Returns the tag without its weakness: If-None-Match compares weakly (section 8.8.3.2)."""
    return tag.removeprefix("W/")

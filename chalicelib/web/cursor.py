"""Lists in pages: `limit` and an opaque `cursor` in, `{items, next}` out.

A cursor holds the key at which the last page ended. It is not secret and proves nothing: the store
adds its own partition key, so that a forged cursor leads only into the caller's own list.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from chalicelib.errors import BadRequest, Finding
from chalicelib.web.contract import Json, Schema

MAX_LIMIT = 100
DEFAULT_LIMIT = 20

_MAX_CURSOR = 1_000
_VALUE = re.compile(r"[A-Za-z0-9._-]{1,128}\Z")
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_DIGITS: Final = 14
"""Digits of milliseconds since 1970 that a date may have: all of them are before the year 5139."""
_NUMBER = re.compile(r"[0-9]{1,12}\Z")

PAGE_QUERY: Mapping[str, Schema] = {
    "limit": {
        "type": "integer",
        "minimum": 1,
        "maximum": MAX_LIMIT,
        "default": DEFAULT_LIMIT,
        "description": "How many items a page has at most.",
    },
    "cursor": {
        "type": "string",
        "minLength": 1,
        "maxLength": _MAX_CURSOR,
        "pattern": "^[A-Za-z0-9_-]+$",
        "description": "`next` of the page before.",
    },
}
"""The query parameters of every list."""


def page_schema(item: Schema, **beside: Schema) -> Schema:
    """Returns the schema of a page of such items; `beside` are further members of every page."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["items", "next", *beside],
        "properties": {
            "items": {"type": "array", "maxItems": MAX_LIMIT, "items": item},
            "next": {
                "type": ["string", "null"],
                "maxLength": _MAX_CURSOR,
                "description": "The cursor of the next page; null on the last.",
            },
            **beside,
        },
    }


def page(items: Sequence[Json], last_key: Mapping[str, str] | None) -> dict[str, Json]:
    """Returns a page; `last_key` is where it ended, None if there is no more."""
    return {"items": list(items), "next": encode(last_key) if last_key else None}


def encode(last_key: Mapping[str, str]) -> str:
    """Returns a last key as a cursor: names to ids (letters, digits, dot, hyphen, underscore)."""
    text = json.dumps(dict(last_key), ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str | None, members: Sequence[str]) -> dict[str, str] | None:
    """Returns the last key in a cursor, which must have exactly these members; None for no cursor.

    Raises BadRequest for any text that `encode` did not write for such a list.
    """
    if cursor is None:
        return None
    try:
        if len(cursor) > _MAX_CURSOR:
            raise ValueError
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = json.loads(text.decode("utf-8"))
    except (binascii.Error, ValueError, RecursionError):
        raise refused() from None
    if (
        not isinstance(found, dict)
        or set(found) != set(members)
        or not all(isinstance(value, str) and _VALUE.match(value) for value in found.values())
    ):
        raise refused()
    return found


def decode_number(cursor: str | None, member: str) -> int | None:
    """Returns the number in a cursor of a list that is ordered by number; None for no cursor.

    Raises BadRequest like `decode`, also for a number of more than twelve digits.
    """
    found = decode(cursor, [member])
    if found is None:
        return None
    if not _NUMBER.match(found[member]):
        raise refused()
    return int(found[member])


class DatedCursor:
    """The cursor of a list that is ordered by date, of records of many subjects.

    It holds the date of the last record of a page, its subject, and its id by the name `of`.
    """

    def __init__(self, of: str) -> None:
        self._of = of
        self._members = ("at", "subject", of)

    def after(self, query: Mapping[str, Any]) -> tuple[datetime, str, str] | None:
        """Returns date, subject and id at which the page before ended; None without a cursor.

        Raises BadRequest for what is no cursor of this list.
        """
        found = decode(query.get("cursor"), self._members)
        if found is None:
            return None
        at = found["at"]
        if not (at.isascii() and at.isdigit() and len(at) <= _MOST_DIGITS):
            raise refused()
        moment = _START + timedelta(milliseconds=int(at))
        return moment, found["subject"], found[self._of]

    def place(self, at: datetime, subject: str, record_id: str) -> dict[str, str]:
        """Returns where a page ended, for `page`."""
        milliseconds = (at - _START) // timedelta(milliseconds=1)
        return dict(zip(self._members, (str(milliseconds), subject, record_id), strict=True))


def refused() -> BadRequest:
    """Returns the refusal of a cursor that is none of the list."""
    finding = Finding("/query/cursor", "is not a cursor of this list")
    return BadRequest("The cursor cannot be used.", type="validation", findings=(finding,))

"""The operation by which the desk reads its audit."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib.audit.model import Action, Filter, Outcome
from chalicelib.web.contract import Auth, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, decode, page_schema, refused
from chalicelib.web.schemas import DIGEST, ID, INSTANT, STAFF_READS, closed

_CURSOR = ("at", "seq")
_LAST_MILLISECOND = 253_402_300_799_999
"""That of the year 9999, the last one that there is."""


def _moment(description: str) -> Schema:
    forms = [{"format": "date-time"}, {"format": "date"}]
    return {"type": "string", "maxLength": 32, "anyOf": forms, "description": description}


_MAYBE_ID: Schema = {**ID, "type": ["string", "null"]}
_ENTRY: Schema = {
    **closed(
        [
            "seq",
            "at",
            "by",
            "action",
            "subject",
            "request",
            "outcome",
            "previous",
            "hash",
        ],
        seq={"type": "integer", "minimum": 1},
        at=INSTANT,
        by={**ID, "description": "The account of the member of the desk."},
        action={"enum": [str(action) for action in Action]},
        subject={**_MAYBE_ID, "description": "The person it was about; null where it was none."},
        request={**_MAYBE_ID, "description": "The request it was about; null where it was none."},
        outcome={"enum": [str(outcome) for outcome in Outcome]},
        previous={**DIGEST, "description": "The hash of the entry before; 64 zeros of the first."},
        hash={
            **DIGEST,
            "description": "SHA-256 of the other members in canonical form (RFC 8785).",
        },
        hold={
            **closed(
                ["id", "ground", "classes", "records", "placed_at", "until"],
                id=ID,
                ground={"type": "string", "maxLength": 20},
                classes={"type": "array", "items": {"type": "string", "maxLength": 30}},
                records={
                    "type": "string",
                    "description": "Classes and kinds with the ids of each.",
                },
                placed_at=INSTANT,
                until=INSTANT,
            ),
            "description": "Of acts on a hold, and only of those: what it is, without its reason.",
        },
    ),
    "description": "A look at somebody's data, or an act.",
}
_LINK: dict[str, Schema] = {
    "seq": {"type": "integer", "minimum": 0},
    "hash": DIGEST,
}
_HEAD: Schema = {
    **closed(
        ["seq", "hash", "pruned"],
        **_LINK,
        pruned={
            **closed(["seq", "hash"], **_LINK),
            "description": "The last entry whose time is over: the first one left follows it.",
        },
    ),
    "description": "The last entry of the whole chain; 0 and 64 zeros of an empty one.",
}

LIST = Operation(
    id="listAudit",
    method="GET",
    path="/v1/desk/audit",
    summary="What the desk looked at and did, in one chain",
    description=(
        f"{STAFF_READS} The oldest come first. Each entry holds the hash of the one before: from "
        "the entries anybody can check that none was changed, added or taken away. They hold ids "
        "and codes: no reason in words, and no address. With `by`, `subject`, `request` or "
        "`action` a page looks at 500 entries, so it may hold few or none although more follow: "
        "`next` is null on the last page alone."
    ),
    auth=Auth.STAFF,
    query={
        **PAGE_QUERY,
        "from": _moment("From this instant, or the beginning of this day in UTC."),
        "to": _moment("Up to this instant, or the end of this day in UTC."),
        "by": {**ID, "description": "By this account of the desk."},
        "subject": {**ID, "description": "About this person."},
        "request": {**ID, "description": "About this request."},
        "action": {"enum": [str(action) for action in Action], "description": "This action."},
    },
    answers={200: Response("A page of the audit.", page_schema(_ENTRY, head=_HEAD))},
    problems=frozenset({403, 503}),
)

OPERATIONS = (LIST,)


def asked(query: Mapping[str, Any]) -> Filter:
    """Returns the entries that a query asks for, whose values fit the operation."""
    return Filter(
        since=_instant(query.get("from"), last=False),
        until=_instant(query.get("to"), last=True),
        by=query.get("by"),
        subject=query.get("subject"),
        request=query.get("request"),
        action=query.get("action"),
    )


def after(query: Mapping[str, Any]) -> tuple[datetime, int] | None:
    """Returns time and number of the entry at which the page before ended; None without a cursor.

    Raises BadRequest for what is no cursor of this list.
    """
    found = decode(query.get("cursor"), _CURSOR)
    if found is None:
        return None
    at, seq = found["at"], found["seq"]
    digits = all(one.isascii() and one.isdigit() and len(one) <= 15 for one in (at, seq))
    if not digits or int(at) > _LAST_MILLISECOND or len(seq) > 12:
        raise refused()
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(at)), int(seq)


def place(at: datetime, seq: int) -> dict[str, str]:
    """Returns where a page ended, for its cursor."""
    return dict(zip(_CURSOR, (str(round(at.timestamp() * 1000)), str(seq)), strict=True))


def _instant(text: str | None, *, last: bool) -> datetime | None:
    if text is None:
        return None
    if len(text) > len("2026-11-22"):
        at = datetime.fromisoformat(text.upper())
        try:
            return at.astimezone(UTC)
        except OverflowError:  # before the first year or after the last one there is
            return at.replace(tzinfo=UTC)
    return datetime.combine(date.fromisoformat(text), time.max if last else time.min, UTC)

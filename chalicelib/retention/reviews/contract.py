"""The operations by which the desk lists records that wait for a decision, and decides."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from chalicelib import texts
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice, Period
from chalicelib.retention.reviews.model import YEARS, Decision
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, DatedCursor, page_schema
from chalicelib.web.schemas import ID, INSTANT, STAFF_ACTS, STAFF_READS, closed

REASON_MAX: Final = 1_000
"""Most characters of a reason."""

_CURSOR = DatedCursor("review")
_REVIEW_ID: Schema = {
    "type": "string",
    "pattern": "^[a-z2-7]{26,40}[.][a-z2-7]{26,40}$",
    "maxLength": 81,
    "description": "The subject, a full stop, and an id.",
}
_MAYBE: Schema = {**INSTANT, "type": ["string", "null"]}
_NAME: Schema = {"type": "string", "maxLength": 100}
_REVIEW: Schema = closed(
    [
        "id",
        "subject",
        "kind",
        "record",
        "rule",
        "event",
        "since",
        "ended_at",
        "asked_at",
        "held",
        "decision",
        "until",
        "by",
    ],
    id=_REVIEW_ID,
    subject=ID,
    kind={**_NAME, "description": "The kind of record, as in a copy."},
    record={
        **_NAME,
        "description": "Its id, as in a copy; empty where there is only one.",
    },
    rule={**_NAME, "description": "The rule of the notice in force that wants a decision."},
    event={**_NAME, "description": "From what its time runs."},
    since={**INSTANT, "description": "Since when its time runs."},
    ended_at={**INSTANT, "description": "When its time was over by the rule."},
    asked_at={**INSTANT, "description": "Since when it waits for a decision."},
    held={"type": "boolean", "description": "Whether a hold keeps it now."},
    decision={"enum": ["erase", "keep", None], "description": "Null while it waits."},
    until={**_MAYBE, "description": "Until when it is kept and not asked about."},
    by={**ID, "type": ["string", "null"], "description": "Who decided."},
)
_DECIDE: Schema = {
    **closed(
        ["decision", "reason"],
        decision={"enum": [str(one) for one in Decision]},
        reason={
            "type": "string",
            "minLength": 1,
            "maxLength": REASON_MAX,
            "description": "In words, for the desk; kept sealed.",
        },
        until={
            **INSTANT,
            "description": (
                f"Until when it is kept, within {YEARS} years from now; only with `keep`, which "
                "needs it."
            ),
        },
    ),
    "oneOf": [
        {"properties": {"decision": {"const": "keep"}}, "required": ["until"]},
        {"properties": {"decision": {"const": "erase"}, "until": False}},
    ],
}


def _unfit(_: Notice, body: Json, now: datetime) -> tuple[Finding, ...]:
    if not isinstance(body, dict):
        return ()
    return (*_unfit_until(body, now), *_unfit_reason(body))


def _unfit_until(body: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    given = body.get("until")
    try:
        until = datetime.fromisoformat(given.upper() if isinstance(given, str) else "")
    except ValueError:  # the schema says so
        return
    if until.tzinfo is None:
        return
    if until <= now:
        yield Finding("/until", "must be in the future")
    elif until > Period(years=YEARS).after(now):
        yield Finding("/until", f"must be within {YEARS} years; it can be decided again then")


def _unfit_reason(body: Mapping[str, Any]) -> Iterator[Finding]:
    reason = body.get("reason")
    if not isinstance(reason, str) or not reason:
        return
    if texts.is_blank(reason):
        yield Finding("/reason", "must not be blank")
    elif texts.has_control(texts.lines(reason).replace("\t", " ")):
        yield Finding("/reason", "must not contain control characters")


_SUBJECT: Final = "5zk3wz4qvh2n6d7c5rjx2m4xoa"
_EXAMPLE: Json = {
    "id": f"{_SUBJECT}.s7sexxyqbcfplxsmfrqxc23koms7sexx",
    "subject": _SUBJECT,
    "kind": "standing",
    "record": "",
    "rule": "standing_end",
    "event": "last_activity",
    "since": "2024-11-22T16:08:45.630Z",
    "ended_at": "2026-11-22T16:08:45.630Z",
    "asked_at": "2026-11-22T17:00:02.114Z",
    "held": False,
    "decision": "keep",
    "until": "2027-11-30T00:00:00.000Z",
    "by": "k7mzq3vh4n2d6c5rjx2m4xoay5",
}

LIST = Operation(
    id="listReviews",
    method="GET",
    path="/v1/desk/reviews",
    summary="The records at their end that wait for a decision of the desk, the oldest first",
    description=(
        f"{STAFF_READS} A record waits from the first run that finds its time over by a rule that "
        "ends in `review`, until the desk decides. One that was renewed, is gone, or has another "
        "rule by now is not listed. The list shows no data of anybody's and is no entry of the "
        "audit. A page may hold fewer than `limit` although more follow: `next` is null on the "
        "last page alone."
    ),
    auth=Auth.STAFF,
    query=PAGE_QUERY,
    answers={200: Response("A page of what waits.", page_schema(_REVIEW))},
    problems=frozenset({403, 503}),
)

DECIDE = Operation(
    id="decideReview",
    method="POST",
    path="/v1/desk/reviews/{id}",
    summary="Decide about a record at its end: erase it, or keep it for a time and a reason",
    description=(
        f"{STAFF_ACTS} What is kept is not asked about again before `until`, and then it is. What "
        "is to be erased goes with the next sweep, a person's account with all that belongs to it. "
        "The same decision again changes nothing. Refused with 409: what was decided otherwise, or "
        "by somebody else (`too-late`); an erasure of what a hold keeps, or of somebody who had "
        "the use of their data restricted (`held`). Nothing waits (404) under the id of a record "
        "that is gone, was renewed, or has another rule meanwhile."
    ),
    auth=Auth.STAFF,
    acts=True,
    body=_DECIDE,
    check=_unfit,
    example={
        "decision": "keep",
        "reason": "A dispute about the fee of 2024 is open.",
        "until": "2027-11-30T00:00:00Z",
    },
    answers={200: Response("Decided.", _REVIEW, example=_EXAMPLE)},
    problems=frozenset({403, 404, 409, 503}),
)

OPERATIONS = (LIST, DECIDE)


def said(body: Mapping[str, Any]) -> tuple[Decision, datetime | None, str]:
    """Returns decision, end and reason of a body, which fits the operation."""
    until = body.get("until")
    end = None if until is None else datetime.fromisoformat(until.upper()).astimezone(UTC)
    return Decision(body["decision"]), end, texts.lines(body["reason"])


place_after = _CURSOR.after
place = _CURSOR.place

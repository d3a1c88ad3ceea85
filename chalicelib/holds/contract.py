"""The operations by which the desk places, renews, lists and lifts holds."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from chalicelib import texts
from chalicelib.catalogue import STORED
from chalicelib.errors import Finding
from chalicelib.holds import model
from chalicelib.holds.model import MOST_HOLDS, MOST_RECORDS, YEARS, Asked, Ground, Named
from chalicelib.notices.model import Notice, Period
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, DatedCursor, page_schema
from chalicelib.web.schemas import ID, INSTANT, STAFF_ACTS, STAFF_READS, closed

REASON_MAX: Final = 1_000
"""Most characters of a reason."""

MOST_CLASSES: Final = 10
"""Most classes that a body may name, so that all that are none can be said at once."""

_CURSOR = DatedCursor("hold")
_HOLD_ID: Schema = {
    "type": "string",
    "pattern": "^[a-z2-7]{26,40}[.][a-z2-7]{26,40}$",
    "maxLength": 81,
    "description": "The subject, a full stop, and an id.",
}
_NAME: Schema = {"type": "string", "pattern": "^[a-z_]{1,40}$", "maxLength": 40}
_RECORD: Schema = closed(
    ["kind", "id"],
    kind={**_NAME, "description": "The kind of record, as in a copy: " + ", ".join(model.kinds())},
    id={
        "type": "string",
        "pattern": "^[A-Za-z0-9._-]{0,100}$",
        "maxLength": 100,
        "description": "Its id, as in a copy; empty for a kind of which there is one.",
    },
)
_HOLD: Schema = closed(
    ["id", "subject", "classes", "records", "ground", "reason", "placed_at", "until", "by"],
    id=_HOLD_ID,
    subject=ID,
    classes={
        "type": "array",
        "items": _NAME,
        "description": "All records of these, now and later.",
    },
    records={"type": "array", "maxItems": MOST_RECORDS, "items": _RECORD},
    ground={"enum": [str(ground) for ground in Ground]},
    reason={
        "type": ["string", "null"],
        "maxLength": REASON_MAX,
        "description": "Shown of one person's holds; null in the list of all, and once erased.",
    },
    placed_at=INSTANT,
    until={**INSTANT, "description": "The records are due at their own ends from then on."},
    by={**ID, "description": "Who placed it, or renewed it last."},
)


def _list_of(items: Schema, most: int, description: str) -> Schema:
    return {
        "type": "array",
        "items": items,
        "minItems": 1,
        "maxItems": most,
        "uniqueItems": True,
        "description": description,
    }


_PLACE: Schema = {
    **closed(
        ["subject", "ground", "reason", "until"],
        subject={**ID, "description": "Whose records: an account or a browser."},
        classes=_list_of(
            _NAME,
            MOST_CLASSES,
            "All records of these retention classes, also later ones: "
            + ", ".join(model.classes()),
        ),
        records=_list_of(_RECORD, MOST_RECORDS, "Or these records, which have to exist."),
        ground={
            "enum": [str(ground) for ground in Ground],
            "description": "Why they may not be erased (GDPR art. 17(3)(b) and (e)).",
        },
        reason={
            "type": "string",
            "minLength": 1,
            "maxLength": REASON_MAX,
            "description": "In words, for the desk; kept sealed.",
        },
        until={**INSTANT, "description": f"When it ends: within {YEARS} years from now."},
    ),
    "oneOf": [
        {"required": ["classes"], "properties": {"records": False}},
        {"required": ["records"], "properties": {"classes": False}},
    ],
}


def _unfit(_: Notice, body: Json, now: datetime) -> tuple[Finding, ...]:
    if not isinstance(body, dict):
        return ()
    return (*_unfit_until(body, now), *_unfit_reason(body), *_unfit_names(body))


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
        yield Finding("/until", f"must be within {YEARS} years; a hold can be renewed")


def _unfit_reason(body: Mapping[str, Any]) -> Iterator[Finding]:
    reason = body.get("reason")
    if not isinstance(reason, str) or not reason:
        return
    if texts.is_blank(reason):
        yield Finding("/reason", "must not be blank")
    elif texts.has_control(texts.lines(reason).replace("\t", " ")):
        yield Finding("/reason", "must not contain control characters")


def _unfit_names(body: Mapping[str, Any]) -> Iterator[Finding]:
    classes, records = body.get("classes"), body.get("records")
    for index, name in enumerate(classes if isinstance(classes, list) else []):
        if isinstance(name, str) and name not in model.classes():
            detail = "is no class of records that can be held"
            yield Finding(f"/classes/{index}", detail)
    for index, record in enumerate(records if isinstance(records, list) else []):
        kind = record.get("kind") if isinstance(record, dict) else None
        if not isinstance(kind, str) or kind in model.kinds():
            continue
        detail = (
            "is no kind of record"
            if kind not in STORED
            else "goes by itself or with its person: no hold can name it"
        )
        yield Finding(f"/records/{index}/kind", detail)


_SUBJECT: Final = "5zk3wz4qvh2n6d7c5rjx2m4xoa"
_EXAMPLE: Json = {
    "id": f"{_SUBJECT}.s7sexxyqbcfplxsmfrqxc23kom",
    "subject": _SUBJECT,
    "classes": ["evidence"],
    "records": [],
    "ground": "claims",
    "reason": "The claim of 3 November: file 2026-114.",
    "placed_at": "2026-11-22T16:08:45.630Z",
    "until": "2028-11-22T00:00:00.000Z",
    "by": "k7mzq3vh4n2d6c5rjx2m4xoay5",
}

PLACE = Operation(
    id="placeHold",
    method="POST",
    path="/v1/desk/holds",
    summary="Keep some records of a person from being erased, for a time and a reason",
    description=(
        f"{STAFF_ACTS} A hold names records or classes of them of a person, never the person: all "
        "else is erased at its time, and so is what is held once the hold has ended. What is held "
        "is used for nothing by that. The same hold placed again (the same person, ground and "
        f"classes or records) is renewed: its end and reason are replaced. At most {MOST_HOLDS} "
        "stand on one person's records. Of a hold and an erasure at the same moment one is done "
        "whole: where the erasure was first, the answer is 409 with the type `too-late`."
    ),
    auth=Auth.STAFF,
    acts=True,
    body=_PLACE,
    check=_unfit,
    example={
        "subject": _SUBJECT,
        "classes": ["evidence"],
        "ground": "claims",
        "reason": "The claim of 3 November: file 2026-114.",
        "until": "2027-11-30T00:00:00Z",
    },
    answers={
        201: Response("Placed.", _HOLD, headers={"Location": "The hold."}),
        200: Response("Renewed.", _HOLD, example=_EXAMPLE),
    },
    problems=frozenset({403, 404, 409, 503}),
    idempotent=True,
)

LIST = Operation(
    id="listHolds",
    method="GET",
    path="/v1/desk/holds",
    summary="The holds that stand, the first to end first, or those on one person's records",
    description=(
        f"{STAFF_READS} With `subject` their reasons are shown too, and that they were read is an "
        "entry of the audit; without it the list shows none and is no entry. A page may hold fewer "
        "than `limit` although more follow: `next` is null on the last page alone."
    ),
    auth=Auth.STAFF,
    query={**PAGE_QUERY, "subject": {**ID, "description": "On the records of this person: all."}},
    answers={200: Response("A page of holds.", page_schema(_HOLD))},
    problems=frozenset({403, 409, 503}),
)

LIFT = Operation(
    id="liftHold",
    method="DELETE",
    path="/v1/desk/holds/{id}",
    summary="Lift a hold: what it kept is due at its own end again, at once",
    description=(
        f"{STAFF_ACTS} The audit keeps who lifted it and when. What is left of a person whose data "
        "is erased otherwise goes with the next sweep."
    ),
    auth=Auth.STAFF,
    acts=True,
    answers={204: Response("Lifted.")},
    problems=frozenset({403, 404, 409, 503}),
)

OPERATIONS = (PLACE, LIST, LIFT)


def asked(body: Mapping[str, Any]) -> Asked:
    """Returns the hold that a body asks for, which fits the operation."""
    return Asked(
        body["subject"],
        Ground(body["ground"]),
        datetime.fromisoformat(body["until"].upper()).astimezone(UTC),
        texts.lines(body["reason"]),
        frozenset(body.get("classes", ())),
        tuple(
            Named(STORED[one["kind"]].retention_class, one["kind"], one["id"])
            for one in body.get("records", ())
        ),
    )


place_after = _CURSOR.after
place = _CURSOR.place

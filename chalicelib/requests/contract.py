"""The operations of people's requests about their data."""

from datetime import datetime

from chalicelib import texts
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.requests.clock.calendar import DayOff
from chalicelib.requests.clock.deadline import PAUSING
from chalicelib.requests.machine import CLOSED, Action, Actor, Status
from chalicelib.requests.model import COPY, Channel
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import ID, INSTANT, closed

DETAILS_MAX = 4_000
"""Most characters of a person's text about a request."""


def _make(notice: Notice) -> Schema:
    return closed(
        ["right"],
        right={"enum": [COPY], "description": "Which right is used."},
        details={"type": "string", "minLength": 1, "maxLength": DETAILS_MAX},
        locale={"enum": list(notice.locales), "description": "The language of the answer."},
    )


def _unfit(_: Notice, body: Json, _now: datetime) -> tuple[Finding, ...]:
    details = body.get("details") if isinstance(body, dict) else None
    said = details if isinstance(details, str) and details else "a"
    if texts.is_blank(said):
        return (Finding("/details", "must not be blank"),)
    if texts.has_control(texts.lines(said).replace("\t", " ")):
        return (Finding("/details", "must not contain control characters"),)
    return ()


_DAY: Schema = {"type": "string", "format": "date", "maxLength": 10}
_NAMES: Schema = {"type": "array", "items": {"type": "string", "maxLength": 60}}


def _optional(schema: Schema) -> Schema:
    return {**schema, "type": ["string", "null"]}


def _code(*codes: object, nullable: bool = False) -> Schema:
    return {"enum": [*(str(code) for code in codes), *([None] if nullable else [])]}


def _every(description: str, **members: Schema) -> Schema:
    return {**closed(list(members), **members), "description": description}


_ENTRY = _every(
    "An event. One that an older release recorded has no event and no actor.",
    at=INSTANT,
    status=_code(*Status),
    event=_code(*Action, nullable=True),
    by=_code(*Actor, nullable=True),
    reason={"type": ["string", "null"], "maxLength": 60, "description": "A code."},
)
_PAUSE = _every(
    "A time in which the clock stands still, with the civil days that it adds.",
    cause=_code(*sorted(PAUSING)),
    since=_DAY,
    until=_optional(_DAY),
    days={"type": "integer", "minimum": 0},
)
_CLOCK = _every(
    "How `due_on` comes about (GDPR art. 12(3), Regulation 1182/71).",
    counted_from={
        **_DAY,
        "description": "The day of receipt, or of the dispute: it counts as none.",
    },
    first_due_on={**_DAY, "description": "The due day without an extension."},
    extended_on=_optional(_DAY),
    pauses={"type": "array", "items": _PAUSE},
    ends_on={**_DAY, "description": "The end of the period, before it is moved."},
    days_off={
        "type": "array",
        "items": _every("A day that moved the end.", on=_DAY, why=_code(*DayOff)),
    },
)
_REQUEST = _every(
    "A request, with its clock as of now, or as of the answer where there is one.",
    id=ID,
    right={"type": "string", "maxLength": 20},
    status=_code(*Status),
    channel=_code(*Channel),
    received_at=INSTANT,
    received_on={**_DAY, "description": "The civil day of receipt in the notice's zone."},
    due_on={**_DAY, "description": "The civil day by which it is answered."},
    due_at={**INSTANT, "description": "The last millisecond of `due_on`."},
    extended={"type": "boolean"},
    paused_since=_optional(INSTANT),
    overdue={"type": "boolean"},
    disputed={"type": "boolean"},
    purposes=_NAMES,
    categories=_NAMES,
    outcome={
        **_code(*sorted(CLOSED), nullable=True),
        "description": "The last answer, which stays while it is disputed.",
    },
    kept={"type": "array", "maxItems": 0, "items": {}, "description": "What an erasure leaves."},
    completed_at=_optional(INSTANT),
    history={"type": "array", "items": _ENTRY},
    clock=_CLOCK,
)

MAKE = Operation(
    id="makeRequest",
    method="POST",
    path="/v1/requests",
    summary="Ask for a copy of one's data",
    auth=Auth.SESSION,
    body=_make,
    check=_unfit,
    example={"right": COPY},
    answers={
        201: Response("Received. A mail follows when it is done.", _REQUEST),
        200: Response("The request that is open already: a person has one at a time.", _REQUEST),
    },
    problems=frozenset({409, 503}),
    idempotent=True,
)

LIST = Operation(
    id="listRequests",
    method="GET",
    path="/v1/requests",
    summary="One's own requests",
    auth=Auth.SESSION,
    query=PAGE_QUERY,
    answers={200: Response("A page of requests.", page_schema(_REQUEST))},
    problems=frozenset({503}),
)

GET = Operation(
    id="getRequest",
    method="GET",
    path="/v1/requests/{id}",
    summary="One of one's own requests",
    auth=Auth.SESSION,
    answers={200: Response("The request.", _REQUEST)},
    problems=frozenset({503}),
)

EXPORT = Operation(
    id="getExport",
    method="GET",
    path="/v1/requests/{id}/export",
    summary="An address at which the copy can be downloaded for 60 seconds; each issue is recorded",
    auth=Auth.SESSION,
    answers={
        200: Response(
            "The address.",
            closed(
                ["url", "expires_at"],
                url={"type": "string", "format": "uri", "maxLength": 4_000},
                expires_at=INSTANT,
            ),
        )
    },
    problems=frozenset({409}),
)

OPERATIONS = (MAKE, LIST, GET, EXPORT)

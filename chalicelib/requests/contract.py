"""The operations of people's requests about their data."""

from datetime import datetime

from chalicelib import texts
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.requests.model import COPY, Status
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


_REQUEST = closed(
    ["id", "right", "status", "received_at", "due_at", "completed_at", "history"],
    id=ID,
    right={"type": "string", "maxLength": 20},
    status={"enum": [str(status) for status in Status]},
    received_at=INSTANT,
    due_at=INSTANT,
    completed_at={"type": ["string", "null"], "format": "date-time", "maxLength": 32},
    history={
        "type": "array",
        "items": closed(["at", "status"], at=INSTANT, status={"type": "string", "maxLength": 30}),
    },
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
)

GET = Operation(
    id="getRequest",
    method="GET",
    path="/v1/requests/{id}",
    summary="One of one's own requests",
    auth=Auth.SESSION,
    answers={200: Response("The request.", _REQUEST)},
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

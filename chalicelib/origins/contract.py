"""The operation by which the desk lists whom no mail about an origin reached."""

from chalicelib.origins.model import REASONS
from chalicelib.web.contract import Auth, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, DatedCursor, page_schema
from chalicelib.web.schemas import ID, INSTANT, STAFF_READS, closed

_CURSOR = DatedCursor("duty")

_DUTY: Schema = closed(
    ["subject", "category", "began_at", "due_at", "reason"],
    subject={**ID, "description": "Who has to be told."},
    category={
        "type": "string",
        "maxLength": 48,
        "description": "The notice's category of the first record of the origin.",
    },
    began_at={**INSTANT, "description": "When that record came."},
    due_at={**INSTANT, "description": "The end of the month for telling (GDPR art. 14(3)(a))."},
    reason={
        "enum": list(REASONS),
        "description": (
            "Why no mail told of it: the address bounces, its person complained about mail, SES "
            "refused the mail, its outcome is unknown, no such mail may be sent to them, or they "
            "have no address here."
        ),
    },
)

LIST = Operation(
    id="listDuties",
    method="GET",
    path="/v1/desk/duties",
    summary="Whom no mail told that others gave data about them, the earliest first",
    description=(
        f"{STAFF_READS} The origin itself is in the copy of the person's data. A duty leaves the "
        "list by itself once a mail can go to its person, or some time after the last record from "
        "elsewhere about them is gone. A page may hold "
        "fewer than `limit` although more follow: `next` is null on the last page alone."
    ),
    auth=Auth.STAFF,
    query=PAGE_QUERY,
    answers={200: Response("A page of duties.", page_schema(_DUTY))},
    problems=frozenset({403, 503}),
)

OPERATIONS = (LIST,)

place_after = _CURSOR.after
place = _CURSOR.place

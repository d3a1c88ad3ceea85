"""The operation by which the desk reads the report on a month's requests."""

from typing import Final

from chalicelib.requests.machine import CLOSED
from chalicelib.requests.model import Channel
from chalicelib.requests.report import OPEN
from chalicelib.web.contract import JSON, Auth, Operation, Response, Schema
from chalicelib.web.schemas import STAFF_READS, closed

CSV: Final = "text/csv"
COLUMNS: Final = (
    "month",
    "right",
    "channel",
    "outcome",
    "received",
    "median_days",
    "longest_days",
    "extended",
    "overdue",
)
"""The header row in CSV, and the members of a row in JSON but for the month."""

_MONTH: Schema = {
    "type": "string",
    "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$",
    "maxLength": 7,
    "description": "A month, in the notice's time zone.",
}
_OUTCOMES = (OPEN, *sorted(str(status) for status in CLOSED))
_COUNT: Schema = {"type": "integer", "minimum": 0}
_FIGURES: dict[str, Schema] = {
    "received": _COUNT,
    "median_days": {
        "type": ["number", "null"],
        "description": "Civil days from receipt to a completion or refusal; null without one.",
    },
    "longest_days": {"type": ["integer", "null"], "minimum": 0},
    "extended": _COUNT,
    "overdue": {**_COUNT, "description": "Those answered late, and those that are late now."},
}
_ROW: Schema = closed(
    list(COLUMNS[1:]),
    right={"type": "string", "maxLength": 48},
    channel={"enum": [str(channel) for channel in Channel]},
    outcome={"enum": list(_OUTCOMES)},
    **_FIGURES,
)


def _counts(description: str) -> Schema:
    return {"type": "object", "additionalProperties": _COUNT, "description": description}


REPORT = Operation(
    id="getRequestsReport",
    method="GET",
    path="/v1/desk/reports/requests",
    summary="The requests of a month by right, channel and outcome, as JSON or CSV",
    description=(
        f"{STAFF_READS} The requests that were received in the month, as they stand now. The "
        "report has no ids, and is no entry of the audit."
    ),
    auth=Auth.STAFF,
    query={"month": _MONTH},
    required_query=frozenset({"month"}),
    answers={
        200: Response(
            "The report. In CSV (RFC 4180) each row is a right, a channel and an outcome.",
            closed(
                ["month", *_FIGURES, "rights", "channels", "outcomes", "rows"],
                month=_MONTH,
                **_FIGURES,
                rights=_counts("How many, by right."),
                channels=_counts("How many, by channel."),
                outcomes=_counts("How many, by outcome."),
                rows={"type": "array", "items": _ROW},
            ),
            media_types=(JSON, CSV),
        )
    },
    problems=frozenset({403, 503}),
)

OPERATIONS = (REPORT,)

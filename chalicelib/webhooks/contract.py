"""The operation by which the desk lists callbacks: recipients to be told, and their deliveries."""

from chalicelib.web.contract import Auth, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import ID, INSTANT, STAFF_READS, closed
from chalicelib.webhooks.model import Event, Status

RECIPIENT: Schema = {
    "type": "string",
    "pattern": "^[a-z][a-z0-9_]{0,47}$",
    "maxLength": 48,
    "description": "A recipient, by the notice's id.",
}
STATUS: Schema = {
    "enum": [str(status) for status in Status],
    "description": (
        "`delivered`: the recipient answered that it took the message. `retrying`: it did not, and "
        "is told again. `failed`: five tries or more failed; it is told again, more and more "
        "seldom, for as long as the notice keeps work that waits, and by hand after that. "
        "`no_endpoint`: nobody said where to tell it, so it has to be told by hand."
    ),
}

LIST = Operation(
    id="listCallbacks",
    method="GET",
    path="/v1/desk/callbacks",
    summary="Who received data, was to be told what became of it, and was told",
    description=(
        f"{STAFF_READS} That it was read is an entry of the audit. Recipient by recipient; of each "
        "first what is retried, then what has to be told by hand, what failed and what "
        "was delivered, the newest first. Without `recipient`, those whom the notice in force "
        "names and those who have an endpoint."
    ),
    auth=Auth.STAFF,
    query={**PAGE_QUERY, "recipient": RECIPIENT, "status": STATUS},
    answers={
        200: Response(
            "A page of callbacks.",
            page_schema(
                closed(
                    [
                        "id",
                        "recipient",
                        "type",
                        "subject",
                        "entry_id",
                        "status",
                        "attempts",
                        "error",
                        "created_at",
                        "updated_at",
                        "delivered_at",
                    ],
                    id={
                        "type": "string",
                        "maxLength": 64,
                        "pattern": "^msg_[A-Za-z0-9_]+$",
                        "description": "The message's id, the same in every try (`webhook-id`).",
                    },
                    recipient=RECIPIENT,
                    type={"enum": [str(event) for event in Event]},
                    subject=ID,
                    entry_id={
                        "type": ["string", "null"],
                        "maxLength": 64,
                        "description": "The ledger's entry, where it is about a decision.",
                    },
                    status=STATUS,
                    attempts={"type": "integer", "minimum": 0},
                    error={
                        "type": ["string", "null"],
                        "maxLength": 20,
                        "description": (
                            "Why the last try failed: `timeout`, `tls`, `connection`, `protocol`, "
                            "`unfit_url`, `unfit_address` or the status of the answer, such as "
                            "`http_503`."
                        ),
                    },
                    created_at={**INSTANT, "description": "When it happened."},
                    updated_at={**INSTANT, "description": "When it was tried last."},
                    delivered_at={**INSTANT, "type": ["string", "null"]},
                )
            ),
        )
    },
    problems=frozenset({403, 503}),
)

OPERATIONS = (LIST,)

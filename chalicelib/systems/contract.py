"""The operation by which other systems answer about requests."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.systems import model
from chalicelib.systems.model import INLINE_MAX, RECORDS_MAX, UPLOAD_MAX, Answer, Status, Upload
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.schemas import DIGEST, INSTANT, closed

RECIPIENT: Schema = {
    "type": "string",
    "pattern": "^[a-z][a-z0-9_]{0,47}$",
    "maxLength": 48,
    "description": "The recipient of the notice that answers: the one of the API key.",
}

_AROUND = 8 * 1024
"""The bytes of a body around its records, white space included."""


def _body(grounds: Collection[str]) -> Callable[[Notice], Schema]:
    def schema(notice: Notice) -> Schema:
        longest = max(
            (one.maximum for found in notice.categories.values() for one in found.fields.values()),
            default=1,
        )
        names = {name for found in notice.categories.values() for name in found.fields}
        record = closed(
            ["category", "fields"],
            category={
                "enum": sorted(notice.categories),
                "description": "A category of the notice.",
            },
            fields={
                "type": "object",
                "minProperties": 1,
                "maxProperties": 200,
                "propertyNames": {"enum": sorted(names)},
                "additionalProperties": {"type": ["string", "null"], "maxLength": longest},
                "description": "Its fields that this system may hold, by the notice's ids.",
            },
            recorded_at={**INSTANT, "description": "When the system came to hold it."},
        )
        return closed(
            ["recipient", "status"],
            recipient=RECIPIENT,
            status={
                "enum": [str(one) for one in Status],
                "description": (
                    "`data`: here it is, of `copy` and `port`. `done`: what was asked is done. "
                    "`nothing`: nothing is held about this person. `refused`: the law forbids it."
                ),
            },
            ground={"enum": sorted(grounds), "description": "Of `refused`: why."},
            records={
                "type": "array",
                "items": record,
                "minItems": 1,
                "maxItems": RECORDS_MAX,
                "description": f"Of `data`: up to {INLINE_MAX // 1024} KiB.",
            },
            upload={
                **closed(
                    ["size", "sha256"],
                    size={"type": "integer", "minimum": 1, "maximum": UPLOAD_MAX},
                    sha256=DIGEST,
                ),
                "description": (
                    "Of `data`, in place of `records`: a file of JSON Lines, a record a line, by "
                    "its size in bytes and its SHA-256."
                ),
            },
        )

    return schema


def _unfit(notice: Notice, body: Json, _now: datetime) -> tuple[Finding, ...]:
    if not isinstance(body, dict):
        return ()
    found = list(model.misplaced(body))
    name, records = body.get("recipient"), body.get("records")
    recipient = notice.recipients.get(name) if isinstance(name, str) else None
    if recipient is not None and isinstance(records, list):
        found += model.unfit(records[:RECORDS_MAX], model.held(recipient, notice))
    return tuple(found[:100])


def answer_in(body: Mapping[str, Any]) -> Answer:
    """Returns the answer in a body that fits the operation."""
    upload = body.get("upload")
    return Answer(
        recipient=body["recipient"],
        status=Status(body["status"]),
        ground=body.get("ground"),
        records=tuple(body.get("records", ())),
        upload=None if upload is None else Upload(int(upload["size"]), upload["sha256"]),
    )


def answering(grounds: Collection[str]) -> Operation:
    """Returns the operation; `grounds` are those by which the law lets a request be refused."""
    return Operation(
        id="answerRequest",
        method="POST",
        path="/v1/requests/{id}/answers",
        summary="Answer, as another system that was asked, about somebody's request",
        description=(
            "Needs an API key with the scope `answers`, which is made for one recipient of the "
            "notice: a callback `request.asked` says what is asked, until when, and names this "
            "address. A system answers a request once; the same answer again changes nothing, and "
            "another is refused with 409 (`answered-already`). An answer after its time is kept "
            "and given to the person as a supplement. For more than "
            f"{INLINE_MAX // 1024} KiB send `upload`: 201 names an address to PUT the file to, "
            "within an hour; then send the same body again, and the file's form is looked at. "
            "While it is, and when it was found right, the same body gets 200; a file that does "
            "not fit gets 422 (`upload-unfit`), and another one may be announced."
        ),
        auth=Auth.SERVICE,
        scope="answers",
        body=_body(grounds),
        check=_unfit,
        max_body=INLINE_MAX + _AROUND,
        example={"recipient": "helpdesk", "status": "nothing"},
        answers={
            200: Response(
                "Recorded, or being looked at.",
                closed(
                    ["status", "supplement", "checking"],
                    status={"enum": [str(one) for one in Status]},
                    supplement={
                        "type": "boolean",
                        "description": "Whether it came too late to be waited for.",
                    },
                    checking={
                        "type": "boolean",
                        "description": "Whether an upload is being looked at.",
                    },
                ),
            ),
            201: Response(
                "The file can be uploaded.",
                closed(
                    ["upload_url", "expires_at"],
                    upload_url={
                        "type": "string",
                        "format": "uri",
                        "maxLength": 4_000,
                        "description": "Where to PUT the file, of exactly the announced size.",
                    },
                    expires_at=INSTANT,
                ),
            ),
        },
        problems=frozenset({401, 403, 409, 422, 503}),
    )

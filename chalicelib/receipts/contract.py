"""The operations of receipts."""

from typing import Any

from chalicelib.consents.contract.schemas import STANDING
from chalicelib.receipts.model import Reason
from chalicelib.receipts.schema import CONTENT
from chalicelib.web.contract import HTML, JSON, Auth, Operation, Response, Schema
from chalicelib.web.schemas import closed

MAX_RECEIPT = 200_000
"""Most characters of a receipt to be verified: eight times the length of one about all purposes
that the shipped notice asks about."""

_ENTRY_ID: Schema = {"type": "string", "maxLength": 60}

_RECEIPT: Schema = {
    "type": "string",
    "minLength": 5,
    "maxLength": MAX_RECEIPT,
    "pattern": "^[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+$",
    "description": (
        "A JSON Web Signature in compact form (RFC 7515), ES256, whose key is in "
        "/.well-known/jwks.json."
    ),
}

RECEIPT = Operation(
    id="getReceipt",
    method="GET",
    path="/v1/receipts/{entry_id}",
    summary="A signed receipt of one of one's own decisions, as data or as a document",
    description=(
        "Signed when it is fetched. It describes the version of the notice that was decided on, "
        "not the one in force; `standing`, which is not signed, says what holds now of what was "
        "decided. Its form follows ISO/IEC TS 27560:2023; no conformity is claimed."
    ),
    auth=Auth.VISITOR_OR_SESSION,
    answers={
        200: Response(
            "The receipt, and what it says. As HTML, a document for its person to keep.",
            closed(
                ["entry_id", "receipt", "content", "standing"],
                entry_id=_ENTRY_ID,
                receipt=_RECEIPT,
                content=CONTENT,
                standing=STANDING,
            ),
            media_types=(JSON, HTML),
        )
    },
    problems=frozenset({401, 429, 503}),
)

_SAID: dict[str, Any] = {
    "type": ["object", "null"],
    "description": "What the receipt says, as it was signed; null where it is not valid.",
}

VERIFY = Operation(
    id="verifyReceipt",
    method="POST",
    path="/v1/receipts/verify",
    summary="Whether a receipt was signed here and is unchanged; open to anybody",
    description=(
        "It looks at the receipt alone: nothing about the person is needed, read or kept, and it "
        "works after their data is gone. It says nothing of what was decided since. Of the receipt "
        "of an erasure it also says what is still kept. The signed root of a report on retention "
        "is verified too: its content has the `schema_version` `urn:riserbo:retention-root:1`, "
        "and says what it proves."
    ),
    auth=Auth.NONE,
    body=closed(["receipt"], receipt=_RECEIPT),
    answers={
        200: Response(
            "The verdict.",
            closed(
                ["valid", "reason", "content"],
                valid={"type": "boolean"},
                reason={
                    "enum": [None, *(str(reason) for reason in Reason)],
                    "description": (
                        "Why it is not valid: no signed receipt (format), another algorithm than "
                        "ES256 (algorithm), signed for something else (type), by a key that is "
                        "not ours (key), or changed since (signature)."
                    ),
                },
                content=_SAID,
                kept={
                    "type": "array",
                    "items": closed(
                        ["kind", "ground", "ends_at", "gone"],
                        kind={"type": "string", "maxLength": 40},
                        ground={"type": "string", "maxLength": 2_000},
                        ends_at={
                            "type": ["string", "null"],
                            "maxLength": 30,
                            "description": "Null where it stays as long as the account.",
                        },
                        gone={"type": "boolean"},
                    ),
                    "description": "Of the receipt of an erasure: what stayed, and what is left.",
                },
            ),
        )
    },
    max_body=MAX_RECEIPT + 1024,
)

OPERATIONS = (RECEIPT, VERIFY)
"""The operations of receipts."""

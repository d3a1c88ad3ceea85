"""The operations that give out what a request brought."""

from chalicelib.accounts.contract.shared import FORM_ANSWERED
from chalicelib.web.contract import HTML, JSON, Auth, Operation, Response, Schema
from chalicelib.web.schemas import INSTANT, LINK_TOKEN, closed

_EXPORT: Schema = closed(
    ["url", "expires_at", "size", "sha256"],
    url={"type": "string", "format": "uri", "maxLength": 4_000},
    expires_at={**INSTANT, "description": "The end of the address."},
    size={"type": "integer", "minimum": 0, "description": "Bytes of the ZIP."},
    sha256={
        "type": ["string", "null"],
        "pattern": "^[0-9a-f]{64}$",
        "description": "The SHA-256 of the ZIP; null for a copy that an earlier release made.",
    },
)

EXPORT = Operation(
    id="getExport",
    method="GET",
    path="/v1/requests/{id}/export",
    summary="An address at which the copy can be downloaded for 60 seconds; each issue is recorded",
    description=(
        "Of a request for a copy or for portability that is completed. From the first issue on the "
        "copy is kept for 24 hours, or until the notice's period for it is over, where that is "
        "sooner."
    ),
    auth=Auth.REQUEST,
    answers={200: Response("The address of a ZIP.", _EXPORT)},
    problems=frozenset({409, 503}),
)

RECEIPT = Operation(
    id="getClosingReceipt",
    method="GET",
    path="/v1/requests/{id}/receipt",
    summary="The signed receipt of an erasure that was carried out, as data or as a document",
    description=(
        "Of a request for erasure that is completed: what went, what stays on which ground and "
        "until when. The account being gone, the token of the request opens it, or the mail has "
        "it. `POST /v1/receipts/verify` says whether it is valid and what is still kept."
    ),
    auth=Auth.REQUEST,
    visitor=True,
    answers={
        200: Response(
            "The receipt, and what it says. As HTML, a document for its person to keep.",
            closed(
                ["receipt", "content"],
                receipt={
                    "type": "string",
                    "maxLength": 100_000,
                    "description": (
                        "A JSON Web Signature in compact form (RFC 7515), ES256, of the type "
                        "`closing-receipt+jwt`."
                    ),
                },
                content={"type": "object", "description": "What was signed."},
            ),
            media_types=(JSON, HTML),
        )
    },
    problems=frozenset({409, 503}),
)

DOWNLOAD = "/v1/requests/{id}/download"

ISSUE = Operation(
    id="issueExport",
    method="POST",
    path=DOWNLOAD,
    summary="Get the address of the copy by the mailed link, without an account",
    description=(
        "The mailed link can be used again until the copy goes; each issue is recorded, as by "
        "`getExport`."
    ),
    auth=Auth.LINK,
    body=closed(["token"], token=LINK_TOKEN),
    answers={
        200: Response("The address of a ZIP.", _EXPORT, media_types=(JSON, HTML)),
        **FORM_ANSWERED,
    },
    problems=frozenset({422, 503}),
    form=True,
)

OPERATIONS = (
    EXPORT,
    RECEIPT,
    ISSUE,
)
"""The operations that give out what a request brought."""

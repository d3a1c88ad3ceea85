"""The operation that reports the processing activities to the controller's staff."""

from typing import Final

from chalicelib.notices.model import LegalBasis
from chalicelib.web.contract import JSON, Auth, Operation, Response, Schema
from chalicelib.web.schemas import DIGEST, INSTANT, NOTICE_VERSION, STAFF_READS, closed

CSV: Final = "text/csv"

_TEXT: Schema = {"type": "string", "maxLength": 8000}
_MAYBE: Schema = {"type": ["string", "null"], "maxLength": 8000}
_ID: Schema = {"type": "string", "maxLength": 48}
_COUNTRIES: Schema = {
    "type": "array",
    "maxItems": 60,
    "items": {"type": "string", "maxLength": 3},
    "description": "ISO 3166-1 codes, EU and EEA; none where the notice does not state them.",
}


def _list(items: Schema, description: str = "") -> Schema:
    found = {"type": "array", "maxItems": 1000, "items": items}
    return {**found, "description": description} if description else found


_UNCONFIRMED: Schema = {
    "type": "array",
    "maxItems": 10_000,
    "items": {"type": "string", "maxLength": 300},
    "description": (
        "Ids of what the controller has still to confirm, such as `purposes/newsletter/basis`."
    ),
}
_PARTY: dict[str, Schema] = dict.fromkeys(
    ("name", "address", "country", "email", "phone", "website", "text"), _MAYBE
)
_NAMED: Schema = {
    **closed(list(_PARTY), **_PARTY),
    "type": ["object", "null"],
    "description": "Null where the notice does not speak of one.",
}
_CONTROLLER = closed(
    [*_PARTY, "representative", "dpo"], **_PARTY, representative=_NAMED, dpo=_NAMED
)
_LIMIT = closed(
    ["rule", "record", "period", "from", "then"],
    **{"rule": _ID, "record": _TEXT, "period": _TEXT, "from": _TEXT, "then": _TEXT},
)
_CATEGORY = closed(
    ["id", "title", "special", "items", "retention"],
    id=_ID,
    title=_TEXT,
    special={**_MAYBE, "description": "Which special data it is (GDPR art. 9, 10), in words."},
    items=_list(_TEXT),
    retention=closed(["text", "limits"], text=_MAYBE, limits=_list(_LIMIT)),
)
_TRANSFER: Schema = {
    **closed(["countries", "tool", "text"], countries=_COUNTRIES, tool=_MAYBE, text=_MAYBE),
    "type": ["object", "null"],
    "description": "To a third country, and what protects the data there (GDPR art. 44 to 49).",
}
_RECIPIENT = closed(
    ["id", "name", "role", "role_text", "countries", "place", "items", "transfer"],
    id=_ID,
    name=_TEXT,
    role={
        "enum": [
            "processor",
            "controller",
            "joint_controller",
            "own_system",
            "other_users",
            "public",
        ]
    },
    role_text=_TEXT,
    countries=_COUNTRIES,
    place={**_TEXT, "description": "The countries in words, or what the notice says instead."},
    items={
        **_list(_TEXT, "The only data that it receives; null where that is not limited."),
        "type": ["array", "null"],
    },
    transfer=_TRANSFER,
)
_ACTIVITY = closed(
    [
        "purpose",
        "title",
        "description",
        "basis",
        "subjects",
        "categories",
        "recipients",
        "kept",
        "unconfirmed",
    ],
    purpose=_ID,
    title=_TEXT,
    description=_TEXT,
    basis=closed(
        ["kind", "text", "act", "interest", "condition"],
        kind={"enum": [str(basis) for basis in LegalBasis]},
        text=_TEXT,
        act=_MAYBE,
        interest=_MAYBE,
        condition={**_MAYBE, "description": "Of GDPR art. 9(2) or 10, for special data."},
    ),
    subjects=_list(_TEXT, "Categories of people; none where the notice tells nothing of them."),
    categories=_list(_CATEGORY, "Categories of data, each with its time limits for erasure."),
    recipients=_list(_RECIPIENT),
    kept=_list(_TEXT, "How long data is kept for the purpose; empty where its categories say it."),
    unconfirmed=_UNCONFIRMED,
)

PROCESSING = Operation(
    id="getProcessingReport",
    method="GET",
    path="/v1/desk/reports/processing",
    summary="The record of processing activities (GDPR art. 30), as JSON or CSV",
    description=(
        f"{STAFF_READS} One activity for each purpose of the notice in force. The record says "
        "what the notice says and nothing else."
    ),
    auth=Auth.STAFF,
    answers={
        200: Response(
            "The record, in the reader's language. In CSV (RFC 4180) each row is an activity.",
            closed(
                [
                    "version",
                    "digest",
                    "effective_at",
                    "locale",
                    "controller",
                    "other_controllers",
                    "arrangements",
                    "security",
                    "activities",
                    "unconfirmed",
                ],
                version={**NOTICE_VERSION, "description": "The version that the record is of."},
                digest=DIGEST,
                effective_at=INSTANT,
                locale={"type": "string", "maxLength": 35},
                controller=_CONTROLLER,
                other_controllers=_list(
                    _CONTROLLER, "The other controllers, where several decide (art. 26)."
                ),
                arrangements=_list(_TEXT, "The essence of the arrangements between them."),
                security=_list(_TEXT, "Measures in general terms (GDPR art. 30(1)(g))."),
                activities=_list(_ACTIVITY),
                unconfirmed=_UNCONFIRMED,
            ),
            media_types=(JSON, CSV),
            headers={"Content-Language": "The language of the record."},
        )
    },
    problems=frozenset({403, 503}),
)

OPERATIONS = (PROCESSING,)

"""The schema of a receipt's content, in the form that is issued now."""

from chalicelib.notices.model import Since
from chalicelib.subjects.model import Decision, Origin
from chalicelib.web.contract import Schema
from chalicelib.web.schemas import DIGEST, INSTANT, NOTICE_VERSION, closed

_TEXT: Schema = {"type": "string", "maxLength": 20_000}
_TEXT_OR_NONE: Schema = {"type": ["string", "null"], "maxLength": 20_000}
_ID: Schema = {"type": "string", "maxLength": 255}
_IDS: Schema = {"type": "array", "items": _ID}
_WHEN_OR_NEVER: Schema = {**INSTANT, "type": ["string", "null"]}

_RECORD = closed(
    ["schema_version", "record_id", "pii_principal_id"],
    schema_version={**_ID, "description": "Which form the receipt has."},
    record_id={**_ID, "description": "The entry of the ledger."},
    pii_principal_id={**_ID, "description": "The person, by the subject's id and nothing else."},
)

_EVIDENCE = {
    **closed(
        ["state", "version", "language", "hour"],
        state={"enum": ["verified", "not_verified", "none"]},
        version={"type": ["string", "null"], "maxLength": 14},
        language={"type": ["string", "null"], "maxLength": 35},
        hour={**_WHEN_OR_NEVER, "description": "When the hour began in which it was served."},
    ),
    "description": (
        "Whether the website proved, when the decision came in, which words we served it. With "
        "`not_verified` what it sent did not hold and was not kept; with `none` it sent nothing."
    ),
}

_NOTICE = closed(
    ["version", "digest", "effective_at", "language", "address"],
    version=NOTICE_VERSION,
    digest=DIGEST,
    effective_at=INSTANT,
    language={"type": "string", "maxLength": 35},
    address={"type": "string", "format": "uri", "maxLength": 2000},
)

_PURPOSE = closed(
    ["id", "title", "description", "lawful_basis", "pii_information", "recipients"],
    id=_ID,
    title=_TEXT,
    description=_TEXT,
    lawful_basis=closed(["kind", "text"], kind=_ID, text=_TEXT),
    pii_information=_IDS,
    recipients=_IDS,
)

_RULE = closed(
    ["record", "period", "starts", "then"], record=_TEXT, period=_TEXT, starts=_TEXT, then=_TEXT
)

_INFORMATION = closed(
    ["id", "title", "items", "retention"],
    id=_ID,
    title=_TEXT,
    items={"type": "array", "items": _TEXT},
    retention=closed(
        ["text", "rules"], text=_TEXT_OR_NONE, rules={"type": "array", "items": _RULE}
    ),
)

_RECIPIENT = closed(
    ["id", "name", "role", "role_text", "place", "transfer"],
    id=_ID,
    name=_TEXT,
    role=_ID,
    role_text=_TEXT,
    place=_TEXT,
    transfer={**_TEXT_OR_NONE, "description": "What protects data sent to a third country."},
)

_PARTY = closed(
    ["role", "name", "address", "country", "email", "phone", "website", "text"],
    role={"enum": ["controller", "representative", "dpo"]},
    name=_TEXT_OR_NONE,
    address=_TEXT_OR_NONE,
    country=_TEXT_OR_NONE,
    email=_TEXT_OR_NONE,
    phone=_TEXT_OR_NONE,
    website=_TEXT_OR_NONE,
    text=_TEXT_OR_NONE,
)

_EVENT = closed(
    [
        "purpose",
        "event_state",
        "event_time",
        "source",
        "origin",
        "taken_from",
        "valid_until",
    ],
    purpose=_ID,
    event_state={"enum": [str(decision) for decision in Decision]},
    event_time=INSTANT,
    source=_ID,
    origin={
        "enum": [str(origin) for origin in Origin],
        "description": "The person's own act, a browser's signal, or taken over at a sign-in.",
    },
    taken_from={
        "type": ["string", "null"],
        "maxLength": 60,
        "description": "The browser's entry that was taken over: it says when it was decided.",
    },
    valid_until={
        **_WHEN_OR_NEVER,
        "description": (
            "When a yes ends by itself, as far as its entry tells; null if never, or if it was "
            "taken over."
        ),
    },
    consent_type={
        "const": "explicit",
        "description": (
            "A consent to the use of special categories of data, given by a statement of its own "
            "(GDPR art. 9(2)(a)). Missing for every other decision."
        ),
    },
    renewed_by={
        "enum": [str(Since.LAST_INTEREST), None],
        "description": (
            "What begins the time of a yes anew before it ends: its person's last sign of "
            "interest, such as a sign-in; null for nothing. A receipt that was signed before there "
            "were such ends lacks it."
        ),
    },
)

_ENTRY = closed(
    [
        "seq",
        "previous",
        "commitment",
        "notice_version",
        "notice_digest",
        "source",
        "event",
        "at",
        "hash",
        "opened",
    ],
    seq={"type": "integer", "minimum": 1, "maximum": 10**12},
    previous=DIGEST,
    commitment={
        **DIGEST,
        "description": "SHA-256 of `opened` in canonical form (RFC 8785).",
    },
    notice_version=NOTICE_VERSION,
    notice_digest=DIGEST,
    source=_ID,
    event={"type": "string", "maxLength": 64, "description": "Hash of the client's event id."},
    at=INSTANT,
    hash={
        **DIGEST,
        "description": (
            "The entry's place in the chain: SHA-256 of these members but `hash` and `opened`, "
            "and of `subject`, in canonical form."
        ),
    },
    opened={
        "type": "object",
        "description": (
            "What the ledger keeps sealed: decisions, salt, language, and what is known of how "
            "the decisions came about."
        ),
    },
)

CONTENT: Schema = closed(
    [
        "iss",
        "iat",
        "record_metadata",
        "pii_processing",
        "party_identification",
        "events",
        "entry",
    ],
    iss={"type": "string", "maxLength": 2000, "description": "Who signed: this deployment."},
    iat={
        "type": "integer",
        "minimum": 0,
        "maximum": 10**11,
        "description": "When it was signed, in seconds since 1970 (RFC 7519).",
    },
    record_metadata=_RECORD,
    pii_processing=closed(
        ["privacy_notice", "evidence", "purposes", "pii_information", "recipients"],
        privacy_notice=_NOTICE,
        evidence=_EVIDENCE,
        purposes={"type": "array", "items": _PURPOSE},
        pii_information={"type": "array", "items": _INFORMATION},
        recipients={"type": "array", "items": _RECIPIENT},
    ),
    party_identification={"type": "array", "items": _PARTY},
    events={"type": "array", "items": _EVENT},
    entry=_ENTRY,
)
"""The form `urn:riserbo:consent-receipt:1`."""

"""The HTTP operations of consent."""

from datetime import datetime

from chalicelib.consents import explicit
from chalicelib.consents.contract.schemas import (
    ASK,
    DATA,
    ENTRY,
    NEVER_REFUSED,
    OVERLOOKED,
    RECEIPT,
    STANDING,
    VISITOR,
)
from chalicelib.consents.model import ASKED, Choice
from chalicelib.consents.signals import SOURCE as SIGNAL
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import ENTRY_ID, EVIDENCE, NOTICE_VERSION, closed

SOURCES = ("banner", "preference_centre", "api", SIGNAL)
"""Where on the website a decision can be made; `signal` is the browser's own."""

GPC = {"Sec-GPC": "`1` says that the browser refuses sale and sharing for its person."}
"""The header by which a browser decides too."""


def choices(notice: Notice, at_least: int = 1) -> Schema:
    """Decisions by purpose: only purposes that the notice bases on consent can be decided."""
    return {
        "type": "object",
        "additionalProperties": False,
        "minProperties": at_least,
        "description": "Purpose to decision. A purpose left out is not decided.",
        "properties": {
            purpose.id: {
                "enum": [str(choice) for choice in ASKED],
                "description": notice.text(purpose.title, "en"),
            }
            for purpose in notice.choices.values()
        },
    }


def explicit_member(notice: Notice) -> dict[str, Schema]:
    """The member that says which grants are explicit; none where no purpose needs it."""
    names = explicit.purposes(notice)
    if not names:
        return {}
    schema: Schema = {
        "type": "array",
        "items": {"enum": names},
        "maxItems": len(names),
        "uniqueItems": True,
        "description": (
            "The purposes granted by a statement of their own, beside words that name the special "
            "categories of data (GDPR art. 9(2)(a)). A grant that needs it and is not named here "
            "is refused, and so is one of a banner."
        ),
    }
    return {explicit.MEMBER: schema}


def unsaid(notice: Notice, body: Json, _now: datetime) -> tuple[Finding, ...]:
    """The grants in a body that need explicit consent and are not said to be."""
    return tuple(explicit.findings(notice, body))


def _capture(notice: Notice) -> Schema:
    body = closed(
        ["notice_version", "decisions", "source"],
        notice_version=NOTICE_VERSION,
        decisions=choices(notice, at_least=0),
        source={
            "enum": list(SOURCES),
            "description": "Where it was decided. With `signal`, `decisions` may be empty.",
        },
        locale={"enum": list(notice.locales), "description": "The language of the words shown."},
        event_id={
            "type": "string",
            "minLength": 1,
            "maxLength": 128,
            "description": "The client's own id of this act: sent again, it changes nothing.",
        },
        evidence=EVIDENCE,
        first={
            "type": "boolean",
            "description": (
                "Whether this is the first act under its visitor's token, as far as the browser "
                "knows. It spares a read; where it is wrong, the answer is the same."
            ),
        },
        **explicit_member(notice),
    )
    by_signal = {"required": ["source"], "properties": {"source": {"const": SIGNAL}}}
    refused = {"additionalProperties": {"const": str(Choice.DENIED)}}
    return {
        **body,
        "if": by_signal,
        "then": {"properties": {"decisions": refused}},
        "else": {"properties": {"decisions": {"minProperties": 1}}},
    }


CAPTURE = Operation(
    id="captureConsent",
    method="POST",
    path="/v1/consents",
    summary="Record what a person decided, granted or denied",
    description=(
        "A denial after a grant is a withdrawal. `Sec-GPC: 1` denies the purposes for which the "
        "notice honours it, in the same entry: send the browser's header on, or tell of it alone "
        "with the source `signal`. A choice about that very purpose made in the preference centre "
        "or in the account goes before it; one button for everything in the banner does not. What "
        "the signal finds refused already is not recorded again. " + NEVER_REFUSED + " A session "
        "that has ended leaves the browser's own no, if its token is sent along."
    ),
    auth=Auth.VISITOR_OR_SESSION,
    headers=GPC,
    body=_capture,
    check=unsaid,
    answers={
        201: Response(
            "Recorded.",
            closed(
                ["entry_id", "standing", "data", "receipt"],
                entry_id=ENTRY_ID,
                visitor=VISITOR,
                standing=STANDING,
                data=DATA,
                receipt=RECEIPT,
                overlooked=OVERLOOKED,
            ),
        )
    },
    problems=frozenset({401, 409, 422, 429, 503}),
    idempotent=True,
    hands_out=True,
)

CONSENTS = Operation(
    id="getConsents",
    method="GET",
    path="/v1/consents",
    summary="What stands recorded about one's own choices",
    auth=Auth.VISITOR_OR_SESSION,
    answers={
        200: Response(
            "What stands now; `notice_version` is that of the last decision, null without any.",
            closed(
                ["notice_version", "standing", "ask"],
                notice_version={"type": ["string", "null"], "maxLength": 14},
                standing=STANDING,
                ask=ASK,
            ),
        )
    },
    problems=frozenset({401, 503}),
)

LEDGER = Operation(
    id="getLedger",
    method="GET",
    path="/v1/consents/ledger",
    summary="The whole history of one's own choices, oldest first, as a chain that can be checked",
    auth=Auth.VISITOR_OR_SESSION,
    query=PAGE_QUERY,
    description=(
        "Entries say what was decided when they were made; `standing` says what holds of it now."
    ),
    answers={200: Response("A page of entries.", page_schema(ENTRY, standing=STANDING))},
    problems=frozenset({401}),
)

OPERATIONS = (CAPTURE, CONSENTS, LEDGER)

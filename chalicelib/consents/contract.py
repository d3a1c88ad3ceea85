"""The HTTP operations of consent."""

from chalicelib.consents.model import Choice, Decision
from chalicelib.notices.model import Notice
from chalicelib.web.contract import Auth, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import DIGEST, EVIDENCE, INSTANT, NOTICE_VERSION, closed

SOURCES = ("banner", "preference_centre", "api")
"""Where on the website a decision can be made."""

_ENTRY_ID: Schema = {
    "type": "string",
    "pattern": "^[a-z2-7]{26,40}[.][0-9]{1,12}$",
    "maxLength": 60,
}

_VISITOR: Schema = {
    "type": "string",
    "pattern": "^[A-Za-z0-9_-]{22,128}$",
    "maxLength": 128,
    "description": "The token of a browser seen first now: keep it, send it as Riserbo-Visitor.",
}

_IDS: Schema = {"type": "array", "items": {"type": "string", "maxLength": 255}}

_ASK_AGAIN: Schema = {
    **closed(
        ["whole", "categories", "recipients", "channels", "cookies", "cookie_classes"],
        whole={
            "type": "boolean",
            "description": "The consent covers nothing of the purpose as it is now.",
        },
        categories={**_IDS, "description": "Data that it does not cover, by category."},
        recipients={**_IDS, "description": "Who may not receive data because of it."},
        channels={**_IDS, "description": "Channels that it does not cover."},
        cookies={**_IDS, "description": "Cookies that it does not cover, by name."},
        cookie_classes={**_IDS, "description": "Classes of cookies that it does not cover."},
    ),
    "type": ["object", "null"],
    "description": (
        "What a consent does not cover since the notice changed; null while it covers all. For the "
        "rest it stays in force until the person decides again."
    ),
}

_STANDING: Schema = {
    "type": "object",
    "description": (
        "The decision in force about each purpose that was decided on. A yes does not hold for "
        "what `ask_again` names: nothing of it may be done before there is another."
    ),
    "additionalProperties": closed(
        ["decision", "decided_at", "entry_id", "notice_version", "ask_again"],
        decision={"enum": [str(decision) for decision in Decision]},
        decided_at=INSTANT,
        entry_id=_ENTRY_ID,
        notice_version=NOTICE_VERSION,
        ask_again=_ASK_AGAIN,
    ),
}


def choices(notice: Notice, at_least: int = 1) -> Schema:
    """Decisions by purpose: only purposes that the notice bases on consent can be decided."""
    return {
        "type": "object",
        "additionalProperties": False,
        "minProperties": at_least,
        "description": "Purpose to decision. A purpose left out is not decided.",
        "properties": {
            purpose.id: {
                "enum": [str(choice) for choice in Choice],
                "description": notice.text(purpose.title, "en"),
            }
            for purpose in notice.choices.values()
        },
    }


def _capture(notice: Notice) -> Schema:
    return closed(
        ["notice_version", "decisions", "source"],
        notice_version=NOTICE_VERSION,
        decisions=choices(notice),
        source={"enum": list(SOURCES)},
        locale={"enum": list(notice.locales), "description": "The language of the words shown."},
        event_id={
            "type": "string",
            "minLength": 1,
            "maxLength": 128,
            "description": "The client's own id of this act: sent again, it changes nothing.",
        },
        evidence=EVIDENCE,
    )


CAPTURE = Operation(
    id="captureConsent",
    method="POST",
    path="/v1/consents",
    summary="Record what a person decided, granted or denied",
    summaries={"it": "Registrare ciò che una persona ha deciso, sì o no"},
    description="A denial after a grant is a withdrawal.",
    auth=Auth.VISITOR_OR_SESSION,
    body=_capture,
    answers={
        201: Response(
            "Recorded.",
            closed(
                ["entry_id", "standing"],
                entry_id=_ENTRY_ID,
                visitor=_VISITOR,
                standing=_STANDING,
            ),
        )
    },
    problems=frozenset({401, 409, 422, 503}),
    idempotent=True,
)

CONSENTS = Operation(
    id="getConsents",
    method="GET",
    path="/v1/consents",
    summary="What stands recorded about one's own choices",
    summaries={"it": "Che cosa risulta registrato sulle proprie scelte"},
    auth=Auth.VISITOR_OR_SESSION,
    answers={
        200: Response(
            "The decisions in force; `notice_version` is that of the last one, null without any.",
            closed(
                ["notice_version", "standing"],
                notice_version={"type": ["string", "null"], "maxLength": 14},
                standing=_STANDING,
            ),
        )
    },
    problems=frozenset({401, 503}),
)

_ENTRY = closed(
    [
        "entry_id",
        "decided_at",
        "decisions",
        "source",
        "event",
        "locale",
        "notice_version",
        "notice_digest",
        "previous",
        "commitment",
        "salt",
        "hash",
    ],
    entry_id=_ENTRY_ID,
    decided_at=INSTANT,
    decisions={"type": "object", "additionalProperties": {"enum": [str(one) for one in Decision]}},
    source={"type": "string", "maxLength": 40},
    event={"type": "string", "maxLength": 64, "description": "Hash of the client's event id."},
    locale={"type": "string", "maxLength": 35},
    evidence=EVIDENCE,
    notice_version=NOTICE_VERSION,
    notice_digest=DIGEST,
    previous=DIGEST,
    commitment=DIGEST,
    salt={"type": "string", "maxLength": 64},
    hash=DIGEST,
)

LEDGER = Operation(
    id="getLedger",
    method="GET",
    path="/v1/consents/ledger",
    summary="The whole history of one's own choices, oldest first, as a chain that can be checked",
    summaries={"it": "Tutta la storia delle proprie scelte, dalla prima, come catena verificabile"},
    auth=Auth.VISITOR_OR_SESSION,
    query=PAGE_QUERY,
    answers={200: Response("A page of entries.", page_schema(_ENTRY))},
    problems=frozenset({401}),
)

OPERATIONS = (CAPTURE, CONSENTS, LEDGER)

"""The operations by which people read and acknowledge the changes that they were told of."""

from chalicelib.publications.model import Status
from chalicelib.web.contract import Auth, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import INSTANT, NOTICE_VERSION, closed

_MAYBE: Schema = {**INSTANT, "type": ["string", "null"]}

_TOLD = closed(
    [
        "version",
        "status",
        "created_at",
        "effective_at",
        "sent_at",
        "bounced_at",
        "seen_at",
        "ask",
        "changes",
    ],
    version={**NOTICE_VERSION, "description": "The version that changes something for you."},
    status={
        "enum": [str(status) for status in Status if status is not Status.WITHDRAWING],
        "description": (
            "To be told, told by mail, the mail came back, seen by you, or called back: then the "
            "version never takes effect."
        ),
    },
    created_at={**INSTANT, "description": "Since when you had to be told."},
    effective_at={**INSTANT, "description": "When the version takes effect, or took effect."},
    sent_at={**_MAYBE, "description": "When the mail was accepted; null without any."},
    bounced_at={**_MAYBE, "description": "When no mail could reach you; null if one could."},
    seen_at={**_MAYBE, "description": "When you said that you have seen it; null until then."},
    ask={
        "type": "array",
        "items": {"type": "string", "maxLength": 48},
        "description": (
            "The purposes you were to be asked again about; GET /v1/consents says what is still "
            "open."
        ),
    },
    changes={
        "type": "string",
        "format": "uri",
        "maxLength": 2000,
        "description": "Where the difference can be read, as JSON, HTML or Markdown.",
    },
)

_PATH = "/v1/account/notices"

LIST = Operation(
    id="listAccountNotices",
    method="GET",
    path=_PATH,
    summary="Which changes of the notice one was told of, and when; newest first",
    description=(
        "Only versions that changed something for this person. A mail counts as sent when it was "
        "accepted for delivery; whether it was opened, nobody measures."
    ),
    auth=Auth.SESSION,
    query=PAGE_QUERY,
    answers={200: Response("A page of what one was told.", page_schema(_TOLD))},
    problems=frozenset({503}),
)

ACKNOWLEDGE = Operation(
    id="acknowledgeNotice",
    method="POST",
    path=f"{_PATH}/{{version}}/seen",
    summary="Say that one has seen a change of the notice",
    description=(
        "The first time counts. A change that was seen is not told by mail any more. It is no "
        "consent: who is to be asked again still is."
    ),
    auth=Auth.SESSION,
    answers={204: Response("It is recorded, or was before.")},
    problems=frozenset({503}),
)

OPERATIONS = (LIST, ACKNOWLEDGE)

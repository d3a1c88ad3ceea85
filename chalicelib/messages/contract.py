"""The operations by which people write messages and see their own."""

from datetime import datetime
from typing import Final

from chalicelib.accounts.contract.shared import FORM_ANSWERED
from chalicelib.accounts.model import address_findings
from chalicelib.errors import Finding
from chalicelib.messages import model
from chalicelib.notices.model import Notice
from chalicelib.web.contract import HTML, JSON, Auth, Json, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import EMAIL, ID, INSTANT, LINK_TOKEN, closed

NOBODY: Final = (
    "Send a session as: Authorization: Bearer <token>, a browser's as: Riserbo-Visitor: <token>, "
    "or an email to write with."
)

AWAITING: Final = "awaiting_verification"
"""The status of a message whose address is to be proven."""

_FORM: Schema = {"type": "string", "maxLength": 48, "description": "The form, by its id."}
_OPTIONAL: Schema = {**INSTANT, "type": ["string", "null"]}
_ENDS_FROM: Schema = {
    "enum": [model.CLOSED, None],
    "description": "The event that sets its end; null once that has happened.",
}

MESSAGE: Schema = closed(
    [
        "id",
        "kind",
        "locale",
        "written_at",
        "closed_at",
        "text",
        "fields",
        "ends_from",
        "ends_at",
        "reviewed_at",
    ],
    id=ID,
    kind=_FORM,
    locale={"type": "string", "maxLength": 35},
    written_at=INSTANT,
    closed_at={**_OPTIONAL, "description": "When its case was closed."},
    text={"type": "string"},
    fields={"type": "object", "additionalProperties": {"type": "string"}},
    ends_from=_ENDS_FROM,
    ends_at={**_OPTIONAL, "description": "When it goes; null while somebody would decide."},
    reviewed_at={
        **_OPTIONAL,
        "description": "When somebody looks whether it is still needed; null where it just goes.",
    },
)
"""A message, as it is shown."""


def _body(notice: Notice) -> Schema:
    forms = model.forms(notice)
    longest = max((model.longest(form, notice) for form in forms.values()), default=1)
    return closed(
        ["kind", "text"],
        kind={"enum": [*forms], "description": "One of the notice's forms for messages."},
        text={
            "type": "string",
            "minLength": 1,
            "maxLength": longest,
            "description": "Text and nothing else: it is shown as it is, and is no markup.",
        },
        fields=_fields(notice),
        email={
            **EMAIL,
            "description": "Without a session: the address of who writes, which a mail proves.",
        },
        locale={
            "enum": list(notice.locales),
            "description": "The language of an answer; without it, the account's.",
        },
    )


def _fields(notice: Notice) -> Schema:
    """The fields that the notice's forms collect beside the text, and no others."""
    found: dict[str, Schema] = {}
    for form in model.forms(notice).values():
        for name, category in sorted(model.fields_of(form).items()):
            field = notice.categories[category].fields[name]
            found[name] = {
                "type": "string",
                "minLength": 1,
                "maxLength": field.maximum,
                "description": notice.text(field.title, "en"),
            }
    return {
        **closed([], **found),
        "description": "What the form asks for beside the text, by the names of the notice.",
    }


def _check(notice: Notice, body: Json, _now: datetime) -> tuple[Finding, ...]:
    return (*model.findings(body, notice), *address_findings(body))


WRITE = Operation(
    id="writeMessage",
    method="POST",
    path="/v1/messages",
    summary="Write to support, give feedback, answer a survey or enter a contest",
    description=(
        "The notice's forms `support`, `feedback`, `survey` and `contest` say which kinds there "
        "are, for which purpose, which fields each has, and what follows without them. 409 means "
        "that the purpose of the form is not allowed now: `reasons` says why as the decision point "
        "does, and nothing is kept. A message is kept from its writing; from the day its case is "
        "closed, its end is known. One that is written in a browser joins the account whose person "
        "signs in with it. With `email` and no session the answer is 202, the same for every "
        "address, and a mail brings a link: the message is kept for some days, and longer once the "
        "address is proven by it (`verifyMessage`). A form on consent is not for an address alone."
    ),
    auth=Auth.VISITOR_OR_SESSION,
    body=_body,
    check=_check,
    answers={
        201: Response("Kept.", closed(["id", "ends_from"], id=ID, ends_from=_ENDS_FROM)),
        202: Response(
            "Kept until the address is proven.",
            closed(["id", "status"], id=ID, status={"const": AWAITING}),
        ),
    },
    problems=frozenset({401, 409, 429, 503}),
    idempotent=True,
)

LIST = Operation(
    id="listMessages",
    method="GET",
    path="/v1/messages",
    summary="One's own messages, each with its end",
    auth=Auth.VISITOR_OR_SESSION,
    query=PAGE_QUERY,
    answers={200: Response("A page of messages.", page_schema(MESSAGE))},
    problems=frozenset({401, 503}),
)

VERIFICATION = "/v1/messages/{id}/verification"

PROVE = Operation(
    id="verifyMessage",
    method="POST",
    path=VERIFICATION,
    summary="Prove the address of a message that was sent with an address alone",
    description=(
        "By the token of the mailed link, or with a session of the account that holds the address "
        "and an empty body. A message whose address an account holds moves into that account, with "
        "its id, if its form's purpose is allowed there now: else 409, and nothing changes. "
        "Without an account it is kept where it is, by the same rules as others; the link works "
        "on, and moves it once there is one."
    ),
    auth=Auth.SESSION_OR_LINK,
    body=closed([], token=LINK_TOKEN),
    example={"token": "$TOKEN"},
    answers={
        200: Response(
            "The address is proven.",
            closed(
                ["id", "in_account"],
                id=ID,
                in_account={
                    "type": "boolean",
                    "description": "Whether the message lies in an account now.",
                },
            ),
            media_types=(JSON, HTML),
        ),
        **FORM_ANSWERED,
    },
    problems=frozenset({401, 404, 409, 422, 503}),
    form=True,
)

OPERATIONS = (WRITE, LIST, PROVE)
"""The operations on messages."""

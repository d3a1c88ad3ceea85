"""The HTTP operations of one's own account."""

from datetime import datetime
from typing import Any

from chalicelib.accounts.model import REFERENCE_MAX, read_changes
from chalicelib.accounts.service.forms import FORM
from chalicelib.consents.contract.operations import GPC, choices, explicit_member, unsaid
from chalicelib.consents.contract.schemas import DATA, EFFECT, NEVER_REFUSED, OVERLOOKED
from chalicelib.consents.explicit import MEMBER
from chalicelib.errors import Finding
from chalicelib.notices.model import FieldRef, Notice
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.schemas import ID, INSTANT, NOTICE_VERSION, closed

_ACCOUNT = closed(
    [
        "id",
        "state",
        "locale",
        "registered_at",
        "notice_version",
        "role",
        "second_factor",
        "notifications",
        "profile",
    ],
    id=ID,
    state={"enum": ["active", "deactivated"]},
    locale={"type": "string", "maxLength": 35},
    registered_at=INSTANT,
    notice_version=NOTICE_VERSION,
    role={
        "type": ["string", "null"],
        "maxLength": 20,
        "description": "A role at the desk; it works in a session opened with a second factor.",
    },
    second_factor={"type": "boolean", "description": "Whether signing in asks for one."},
    notifications={
        "type": "object",
        "description": "Notification to whether it is sent.",
        "additionalProperties": {"type": "boolean"},
    },
    profile={
        "type": "object",
        "description": "Category to field to value, as the notice names them.",
        "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
    },
)

_TAG = {"ETag": "What If-Match compares when the account is changed."}

ACCOUNT = Operation(
    id="getAccount",
    method="GET",
    path="/v1/account",
    summary="One's own account, with the profile by category",
    auth=Auth.SESSION,
    answers={200: Response("The account.", _ACCOUNT, headers=_TAG)},
)


def _corrections(notice: Notice) -> Schema:
    form = notice.forms[FORM]
    fields: dict[str, dict[str, Schema]] = {}
    for ref in sorted(form.required | form.optional):
        fields.setdefault(ref.category, {})[ref.field] = _field(ref, notice)
    profile = {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {name: closed([], **properties) for name, properties in fields.items()},
    }
    return closed(["profile"], profile=profile)


def _field(ref: FieldRef, notice: Notice) -> dict[str, Any]:
    field = notice.categories[ref.category].fields[ref.field]
    return {
        "type": ["string", "null"],
        "minLength": 1,
        "maxLength": field.maximum,
        "description": notice.text(field.title, "en"),
    }


def _unfit(notice: Notice, body: Json, _now: datetime) -> tuple[Finding, ...]:
    read = read_changes(notice, notice.forms[FORM], body)
    return read if isinstance(read, tuple) else ()


CORRECT = Operation(
    id="correctAccount",
    method="PATCH",
    path="/v1/account",
    summary="Correct the profile: fields left out stay, null removes one",
    description=(
        "With `If-Match`, only if the account is still what its ETag says: otherwise 412. The "
        "address is changed by PUT /v1/account/email."
    ),
    auth=Auth.SESSION,
    headers={"If-Match": "The ETag of the account as it was read."},
    body=_corrections,
    check=_unfit,
    answers={200: Response("The account after it.", _ACCOUNT, headers=_TAG)},
    problems=frozenset({409, 412, 503}),
)


def _preferences(notice: Notice) -> Schema:
    return {
        **closed(
            [],
            locale={"enum": list(notice.locales), "description": "The language to write in."},
            notifications=closed(
                [],
                **{
                    one.id: {
                        **({"type": "boolean"} if one.optional else {"const": True}),
                        "description": notice.text(one.title, "en"),
                    }
                    for one in notice.notifications.values()
                },
            ),
            notice_version=NOTICE_VERSION,
            decisions=choices(notice),
            **explicit_member(notice),
        ),
        "minProperties": 1,
        "dependentRequired": {
            "decisions": ["notice_version"],
            **({MEMBER: ["decisions"]} if explicit_member(notice) else {}),
            "notice_version": ["decisions"],
        },
    }


PREFERENCES = Operation(
    id="setPreferences",
    method="PUT",
    path="/v1/account/preferences",
    summary="Set language, notifications and decisions on purposes; what is left out stays",
    description=(
        "Decisions are recorded in the ledger, with the version of the notice that the person "
        "had before them. `Sec-GPC: 1` denies the purposes for which the notice honours it and "
        "about which nothing is said here, unless the person chose after it was honoured first. A "
        "notification that is always sent cannot be turned off. " + NEVER_REFUSED + " Settings "
        "beside it are then set as far as they fit, and where the session has ended the no is the "
        "browser's whose token is sent along: it joins the account at the next sign-in."
    ),
    auth=Auth.SESSION,
    headers=GPC,
    body=_preferences,
    check=unsaid,
    answers={
        200: Response(
            "What is set.",
            closed(
                ["locale", "notifications", "decisions", "data"],
                locale={"type": "string", "maxLength": 35},
                notifications={
                    "type": "object",
                    "additionalProperties": {"type": "boolean"},
                },
                decisions={
                    "type": "object",
                    "description": "What stands about each purpose that was decided on.",
                    "additionalProperties": EFFECT,
                },
                data=DATA,
                overlooked=OVERLOOKED,
            ),
        )
    },
    problems=frozenset({409, 422, 429, 503}),
)

_DEACTIVATION = "/v1/account/deactivation"

DEACTIVATE = Operation(
    id="deactivateAccount",
    method="POST",
    path=_DEACTIVATION,
    summary="Stop the account; the data stays, and the answer says how to have it erased",
    auth=Auth.SESSION,
    answers={
        200: Response(
            "The account is stopped.",
            closed(
                ["status", "data", "erasure", "contact"],
                status={"const": "deactivated"},
                data={
                    "type": "string",
                    "maxLength": 4000,
                    "description": "What becomes of the data, in the notice's words.",
                },
                erasure={
                    "type": "string",
                    "maxLength": 4000,
                    "description": "How to have it erased, in the notice's words.",
                },
                contact={"type": "string", "maxLength": 400},
            ),
        )
    },
    problems=frozenset({409, 503}),
)

REACTIVATE = Operation(
    id="reactivateAccount",
    method="DELETE",
    path=_DEACTIVATION,
    summary="Come back to an account that was stopped",
    auth=Auth.SESSION,
    answers={
        200: Response(
            "The account is active.",
            closed(["status"], status={"const": "active"}),
            example={"status": "active"},
        )
    },
    problems=frozenset({409, 429, 503}),
)

REFER = Operation(
    id="setReference",
    method="PUT",
    path="/v1/accounts/{id}/reference",
    summary="Store the site's own id of an account's person; null removes it",
    description="Needs an API key with the scope `accounts`.",
    auth=Auth.SERVICE,
    scope="accounts",
    body=closed(
        ["reference"],
        reference={
            "type": ["string", "null"],
            "pattern": "^[^\\u0000-\\u001f\\u007f]+$",
            "minLength": 1,
            "maxLength": REFERENCE_MAX,
        },
    ),
    example={"reference": "customer-1815"},
    answers={204: Response("It is stored, or removed.")},
    problems=frozenset({401, 403, 404, 503}),
)

OPERATIONS = (ACCOUNT, CORRECT, PREFERENCES, DEACTIVATE, REACTIVATE, REFER)

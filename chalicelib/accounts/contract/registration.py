"""The HTTP operations of accounts and signing in."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from chalicelib.accounts import age
from chalicelib.accounts.contract.shared import FORM_ANSWERED
from chalicelib.accounts.model import (
    PASSWORD_MAX,
    PASSWORD_MIN,
    address_findings,
    read_registration,
)
from chalicelib.accounts.password_rules import unfit
from chalicelib.accounts.service.forms import FORM
from chalicelib.consents import explicit
from chalicelib.consents.contract.operations import choices, explicit_member
from chalicelib.errors import Finding
from chalicelib.notices.model import FieldRef, Notice
from chalicelib.web.contract import HTML, JSON, Auth, Json, Operation, Response, Schema
from chalicelib.web.schemas import EMAIL, LINK_TOKEN, NOTICE_VERSION, closed

MOST_TOLD, MOST_FIELDS = 500, 50
"""Most characters of other data that a password is compared with: more than any form asks."""

_CODE: Schema = {
    "type": "string",
    "pattern": "^[0-9]{8}$",
    "maxLength": 8,
    "description": "The short code of the mail, for who reads it on another device.",
}


_CHOSEN: Schema = {
    "type": "string",
    "maxLength": PASSWORD_MAX,
    "description": "The password that was chosen at registration.",
}
"""A blank one is a wrong one: without any, the registration would be dropped."""


def _registration(notice: Notice) -> Schema:
    confirmed = age.confirmation(notice)
    return closed(
        ["email", "password", "locale", "notice_version", "decisions", *confirmed],
        email=EMAIL,
        password={"type": "string", "minLength": PASSWORD_MIN, "maxLength": PASSWORD_MAX},
        profile=_profile(notice),
        locale={"enum": list(notice.locales), "description": "The language to write to them in."},
        notice_version=NOTICE_VERSION,
        decisions=choices(notice, at_least=0),
        **explicit_member(notice),
        **confirmed,
    )


def _unfit(notice: Notice, body: Json, now: datetime) -> tuple[Finding, ...]:
    form = notice.forms[FORM]
    read = read_registration(notice, form, body)
    return (
        *_password(notice, body),
        *(read if isinstance(read, tuple) else ()),
        *age.findings(notice, body, now),
        *explicit.findings(notice, body),
        *explicit.of_form(notice, form, body),
    )


def _password(notice: Notice, body: Json) -> tuple[Finding, ...]:
    """Finds the faults of the password, given the person's other data."""
    given = body if isinstance(body, dict) else {}
    password = given.get("password")
    if not isinstance(password, str) or not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        return ()
    own = [notice.site_name, *_texts(given.get("email")), *_texts(given.get("profile"))]
    refusal = unfit(password, own)
    return () if refusal is None else (Finding("/password", refusal.detail, refusal.reason),)


def _texts(value: Json) -> Iterator[str]:
    """Every text in a value, as deep as a profile and as long as a field may be."""
    if isinstance(value, str):
        yield value[:MOST_TOLD]
    elif isinstance(value, dict):
        for part in islice(value.values(), MOST_FIELDS):
            yield from _texts(part)


def _one_way(body: Json) -> tuple[Finding, ...]:
    """A token, or an address with a code, and not both."""
    given = body if isinstance(body, dict) else {}
    by_code = {"email", "code"} & given.keys()
    if not by_code:
        return () if "token" in given else (Finding("/token", "is required", "required"),)
    if "token" in given:
        return (Finding("/token", "cannot come together with a code"),)
    missing = sorted({"email", "code"} - by_code)
    return (
        *address_findings(body),
        *(Finding(f"/{name}", "is required", "required") for name in missing),
    )


def _profile(notice: Notice) -> Schema:
    """The fields that the notice's form collects, by category, and no others."""
    form = notice.forms[FORM]
    fields: dict[str, dict[str, Schema]] = {}
    for ref in sorted(form.required | form.optional):
        fields.setdefault(ref.category, {})[ref.field] = _field(ref, notice)
    return {
        "type": "object",
        "additionalProperties": False,
        "description": notice.text(form.consequence, "en"),
        "properties": {name: closed([], **properties) for name, properties in fields.items()},
    }


def _field(ref: FieldRef, notice: Notice) -> dict[str, Any]:
    field = notice.categories[ref.category].fields[ref.field]
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": field.maximum,
        "description": notice.text(field.title, "en"),
    }


REGISTER = Operation(
    id="registerAccount",
    method="POST",
    path="/v1/accounts",
    summary="Open an account; its address is proven by a link in a mail",
    description="The answer is the same whether or not somebody holds the address already.",
    auth=Auth.NONE,
    body=_registration,
    check=_unfit,
    answers={
        202: Response(
            "A mail was sent to the address, if mail reaches it.",
            closed(["status"], status={"const": "awaiting_verification"}),
            example={"status": "awaiting_verification"},
        )
    },
    problems=frozenset({422, 429, 503}),
    idempotent=True,
    opens_accounts=True,
)

VERIFY = Operation(
    id="verifyAccount",
    method="POST",
    path="/v1/accounts/verification",
    summary="Prove the address: the account starts, and its decisions count from now",
    description=(
        "By the token of the mailed link, or by the address and the mail's short code. Anybody can "
        "register an address, so send the registration's `password` too: then its profile and "
        "decisions start. A wrong one is answered 403 (`wrong-password`), spends nothing, and is "
        "limited to five an hour for a link. Without `password` the address is proven and "
        "nothing of that registration starts: its password, profile and decisions are dropped, "
        "`next` says `choose_password`, and a mail brings the link with which to choose one."
    ),
    auth=Auth.LINK,
    body=closed([], token=LINK_TOKEN, email=EMAIL, code=_CODE, password=_CHOSEN),
    check=lambda _, body, _now: _one_way(body),
    example={"token": f"{'a' * 26}.{'b' * 43}", "password": "correct horse battery staple"},
    answers={
        200: Response(
            "The address is proven.",
            closed(
                ["status"],
                status={"const": "verified"},
                next={
                    "const": "choose_password",
                    "description": "What is left to do before signing in, if anything.",
                },
            ),
            media_types=(JSON, HTML),
            example={"status": "verified"},
        ),
        **FORM_ANSWERED,
    },
    problems=frozenset({403, 422, 429, 503}),
    form=True,
)

RESEND = Operation(
    id="resendVerification",
    method="POST",
    path="/v1/accounts/verification/resend",
    summary="Ask for the verification mail once more",
    description="The answer is the same whether or not a registration waits for the address.",
    auth=Auth.NONE,
    body=closed(["email"], email=EMAIL),
    check=lambda _, body, _now: address_findings(body),
    example={"email": "ada@example.com"},
    answers={
        202: Response(
            "A mail was sent, if a registration waits for the address.",
            closed(["status"], status={"const": "requested"}),
            example={"status": "requested"},
        )
    },
    problems=frozenset({429, 503}),
    idempotent=True,
)

_TEXT: Schema = {"type": "string", "maxLength": 4000}

FORM_DESCRIPTION = Operation(
    id="getRegistrationForm",
    method="GET",
    path="/v1/accounts/form",
    summary="What registering asks for: which fields are required, and what follows without them",
    description=(
        "For who draws the form (GDPR art. 13(2)(e)). Nothing is chosen beforehand: a purpose "
        "left out of `decisions` is not decided."
    ),
    auth=Auth.NONE,
    answers={
        200: Response(
            "The form, in the reader's language.",
            closed(
                ["notice_version", "title", "purpose", "consequence", "fields", "choices"],
                notice_version=NOTICE_VERSION,
                title=_TEXT,
                purpose=_TEXT,
                consequence=_TEXT,
                fields={
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["category", "field", "title", "type", "required", "maximum"],
                        "properties": {
                            "category": {"type": "string", "maxLength": 64},
                            "field": {"type": "string", "maxLength": 64},
                            "title": _TEXT,
                            "type": {"type": "string", "maxLength": 20},
                            "required": {"type": "boolean"},
                            "maximum": {"type": "integer"},
                        },
                    },
                },
                choices={
                    "type": "array",
                    "items": closed(
                        ["purpose", "title", "place"],
                        purpose={"type": "string", "maxLength": 64},
                        title=_TEXT,
                        place={
                            "type": "string",
                            "maxLength": 56,
                            "description": (
                                "Its address on the page of the notice: `/v1/notice#` and this."
                            ),
                        },
                        explicit={
                            **_TEXT,
                            "description": (
                                "Where explicit consent is needed (GDPR art. 9(2)(a)): the words "
                                "by which it is asked for, by themselves. A person who agrees is "
                                "named in `explicit` of the registration."
                            ),
                        },
                    ),
                },
                age=age.DESCRIBED,
            ),
        )
    },
    problems=frozenset({503}),
    opens_accounts=True,
)

DISAVOW = Operation(
    id="disavowAccount",
    method="POST",
    path="/v1/accounts/disavowal",
    summary="Say that one did not open this account",
    description=(
        "An account whose address is not proven is disowned at once: it is never used again, and "
        "erased by the next sweep; for one that is proven a request is opened, which a person "
        "decides."
    ),
    auth=Auth.LINK,
    body=closed(["token"], token=LINK_TOKEN),
    answers={
        200: Response(
            "What came of it.",
            closed(["status"], status={"enum": ["disowned", "request_opened"]}),
            media_types=(JSON, HTML),
            example={"status": "disowned"},
        ),
        **FORM_ANSWERED,
    },
    problems=frozenset({422, 503}),
    form=True,
)

OPERATIONS = (
    REGISTER,
    FORM_DESCRIPTION,
    VERIFY,
    RESEND,
    DISAVOW,
)

"""The operations of people's requests about their data."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from chalicelib import texts
from chalicelib.accounts.contract.shared import FACTOR_CODE, GIVEN_PASSWORD, page_behind_link
from chalicelib.accounts.model import read_changes
from chalicelib.accounts.service.forms import FORM
from chalicelib.errors import Finding
from chalicelib.notices.model import LegalBasis, Notice
from chalicelib.requests.clock.calendar import DayOff
from chalicelib.requests.clock.deadline import PAUSING
from chalicelib.requests.grounds import Ground, Right
from chalicelib.requests.machine import CLOSED, Action, Actor, Status
from chalicelib.requests.model import (
    CHANGES_MAX,
    COPY,
    DETAILS_MAX,
    Asked,
    Channel,
    RestrictionGround,
)
from chalicelib.systems.contract import answering
from chalicelib.web.contract import HTML, JSON, Auth, Json, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import EMAIL, ID, INSTANT, LINK_TOKEN, TOKEN, closed

RECORDED = tuple(Right)
"""The rights that can be asked for here."""

_MEMBERS: Mapping[str, frozenset[Right]] = {
    "purposes": frozenset({Right.OBJECT, Right.RESTRICT, Right.WITHDRAW}),
    "categories": frozenset({Right.RESTRICT, Right.ERASE}),
    "changes": frozenset({Right.RECTIFY}),
    "ground": frozenset({Right.RESTRICT}),
    "password": frozenset({Right.ERASE}),
    "code": frozenset({Right.ERASE}),
}
"""Member -> the rights that it belongs to."""


def _make(notice: Notice) -> Schema:
    return closed(
        ["right"],
        right={
            "enum": [str(one) for one in RECORDED if one in notice.rights],
            "description": "Which right is used.",
        },
        email={
            **EMAIL,
            "description": "Without a session: where the link and the code go that prove it.",
        },
        details={"type": "string", "minLength": 1, "maxLength": DETAILS_MAX},
        locale={"enum": list(notice.locales), "description": "The language of the answer."},
        purposes=_named(notice.purposes, "Of `object`, `restrict` and `withdraw`: the purposes."),
        categories=_named(notice.categories, "Of `restrict` and `erase`: the categories."),
        changes=_changes(notice),
        ground={
            "enum": [str(ground) for ground in RestrictionGround],
            "description": "Of `restrict`: why (GDPR art. 18(1)).",
        },
        password={
            **GIVEN_PASSWORD,
            "description": (
                "Of `erase`, signed in: the account's password. The erasure then begins by itself "
                "after 72 hours, until which it can be cancelled."
            ),
        },
        code={**FACTOR_CODE, "description": "With `password`: where there is a second factor."},
    )


def _named(known: Collection[str], description: str) -> Schema:
    return {
        "type": "array",
        "items": {"enum": sorted(known)},
        "minItems": 1,
        "maxItems": len(known),
        "uniqueItems": True,
        "description": description,
    }


def _changes(notice: Notice) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "description": f"Of `rectify`: up to {CHANGES_MAX} corrections; null removes a value.",
        "properties": {
            category.id: {
                **closed(
                    [],
                    **{
                        one.id: {
                            "type": ["string", "null"],
                            "minLength": 1,
                            "maxLength": one.maximum,
                        }
                        for one in category.fields.values()
                    },
                ),
                "minProperties": 1,
            }
            for category in notice.categories.values()
            if category.fields
        },
    }


_CODE: Schema = {
    "type": "string",
    "pattern": "^[0-9]{8}$",
    "maxLength": 8,
    "description": "The code of the mail, for who reads it on another device.",
}


def _one_proof(body: Json) -> tuple[Finding, ...]:
    if isinstance(body, dict) and {"token", "code"} <= body.keys():
        return (Finding("/code", "comes instead of the token; remove one of them"),)
    return ()


def asked(body: Any) -> Asked:
    """Returns what a body that fits the operation asks for."""
    ground = body.get("ground")
    return Asked(
        Right(body["right"]),
        body.get("details"),
        tuple(body.get("purposes", ())),
        tuple(body.get("categories", ())),
        body.get("changes", {}),
        None if ground is None else RestrictionGround(ground),
    )


def _unfit(notice: Notice, body: Json, _now: datetime) -> tuple[Finding, ...]:
    if not isinstance(body, dict):
        return ()
    return (
        *_blank(body),
        *_foreign(body),
        *_not_meant(notice, body),
        *_corrections(body),
        *_not_normal(notice, body),
        *_proof(body),
    )


def _proof(body: Mapping[str, Any]) -> Iterator[Finding]:
    """Yields a password that proves nothing, and a code without one."""
    if "password" in body and "email" in body:
        yield Finding("/password", "belongs to a session; remove it, or sign in")
    if "password" in body and "categories" in body:
        yield Finding("/password", "erases the whole account; remove it, or the categories")
    if "code" in body and "password" not in body:
        yield Finding("/code", "comes with the password")


def _unfit_text(_notice: Notice, body: Json, _now: datetime) -> tuple[Finding, ...]:
    return tuple(_blank(body, "text")) if isinstance(body, dict) else ()


def _blank(body: Mapping[str, Any], member: str = "details") -> Iterator[Finding]:
    text = body.get(member)
    said = text if isinstance(text, str) and text else "a"
    if texts.is_blank(said):
        yield Finding(f"/{member}", "must not be blank")
    elif texts.has_control(texts.lines(said).replace("\t", " ")):
        yield Finding(f"/{member}", "must not contain control characters")


def _foreign(body: Mapping[str, Any]) -> Iterator[Finding]:
    """Yields the members that belong to other rights."""
    right = body.get("right")
    if isinstance(right, str) and right in set(Right):
        for member, rights in _MEMBERS.items():
            if member in body and right not in rights:
                yield Finding(f"/{member}", "does not belong to this right; remove it")


def _not_meant(notice: Notice, body: Mapping[str, Any]) -> Iterator[Finding]:
    """Yields the purposes to which nobody can object (GDPR art. 21(1), 21(2)).

    Of a withdrawal it yields those that rest on no consent (art. 7(3)).
    """
    named, right = body.get("purposes"), body.get("right")
    if not isinstance(named, list):
        return
    for index, name in enumerate(named):
        purpose = notice.purposes.get(name) if isinstance(name, str) else None
        if purpose is None:
            continue
        interest = purpose.basis is LegalBasis.LEGITIMATE_INTEREST
        if right == Right.OBJECT and not interest and not purpose.marketing:
            detail = "rests on no legitimate interest and is no marketing"
            yield Finding(f"/purposes/{index}", detail)
        if right == Right.WITHDRAW and not purpose.needs_consent:
            yield Finding(f"/purposes/{index}", "rests on no consent; `object` may be the right")


def _not_normal(notice: Notice, body: Mapping[str, Any]) -> Iterator[Finding]:
    """Yields the corrections that the profile refuses, for the reason that it gives."""
    changes = body.get("changes")
    said = {
        category: {name: value for name, value in fields.items() if value != ""}
        for category, fields in (changes.items() if isinstance(changes, dict) else ())
        if isinstance(fields, dict)
    }
    read = read_changes(notice, notice.forms[FORM], {"profile": said})
    told = {finding.pointer for finding in _corrections(body)}
    for finding in read if isinstance(read, tuple) else ():
        pointer = "/changes" + finding.pointer.removeprefix("/profile")
        if pointer not in told:
            yield Finding(pointer, finding.detail)


def _corrections(body: Mapping[str, Any]) -> Iterator[Finding]:
    changes = body.get("changes")
    if not isinstance(changes, dict):
        return
    given = [
        (f"/changes/{category}/{name}", value)
        for category, fields in changes.items()
        if isinstance(fields, dict)
        for name, value in fields.items()
    ]
    if len(given) > CHANGES_MAX:
        yield Finding("/changes", f"has more than {CHANGES_MAX} corrections")
    for pointer, value in given[:CHANGES_MAX]:
        text = value if isinstance(value, str) and value else "a"
        if texts.is_blank(text) or texts.has_control(texts.lines(text).replace("\t", " ")):
            yield Finding(pointer, "must be text without control characters, and not blank")


_DAY: Schema = {"type": "string", "format": "date", "maxLength": 10}
_NAMES: Schema = {"type": "array", "items": {"type": "string", "maxLength": 60}}


def _optional(schema: Schema) -> Schema:
    return {**schema, "type": ["string", "null"]}


def _code(*codes: object, nullable: bool = False) -> Schema:
    return {"enum": [*(str(code) for code in codes), *([None] if nullable else [])]}


def _every(description: str, **members: Schema) -> Schema:
    return {**closed(list(members), **members), "description": description}


_ENTRY = _every(
    "An event. One that an older release recorded has no event and no actor.",
    at=INSTANT,
    status=_code(*Status),
    event=_code(*Action, nullable=True),
    by=_code(*Actor, nullable=True),
    reason={"type": ["string", "null"], "maxLength": 60, "description": "A code."},
    text={
        "type": ["string", "null"],
        "maxLength": 400,
        "description": "The event in words, in the language of the request.",
    },
)
_PAUSE = _every(
    "A time in which the clock stands still, with the civil days that it adds.",
    cause=_code(*sorted(PAUSING)),
    since=_DAY,
    until=_optional(_DAY),
    days={"type": "integer", "minimum": 0},
)
_CLOCK = _every(
    "How `due_on` comes about (GDPR art. 12(3), Regulation 1182/71).",
    counted_from={
        **_DAY,
        "description": "The day of receipt, or of the dispute: it counts as none.",
    },
    first_due_on={**_DAY, "description": "The due day without an extension."},
    extended_on=_optional(_DAY),
    pauses={"type": "array", "items": _PAUSE},
    ends_on={**_DAY, "description": "The end of the period, before it is moved."},
    days_off={
        "type": "array",
        "items": _every("A day that moved the end.", on=_DAY, why=_code(*DayOff)),
    },
)
_REQUEST = _every(
    "A request, with its clock as of now, or as of the answer where there is one.",
    id=ID,
    right={"type": "string", "maxLength": 20},
    status=_code(*Status),
    channel=_code(*Channel),
    received_at=INSTANT,
    received_on={**_DAY, "description": "The civil day of receipt in the notice's zone."},
    due_on={**_DAY, "description": "The civil day by which it is answered."},
    due_at={**INSTANT, "description": "The last millisecond of `due_on`."},
    extended={"type": "boolean"},
    paused_since=_optional(INSTANT),
    overdue={"type": "boolean"},
    disputed={"type": "boolean"},
    purposes=_NAMES,
    categories=_NAMES,
    fields={
        "type": "array",
        "items": {"type": "string", "maxLength": 130},
        "description": "Of `rectify`: the fields to be corrected (`category.field`), no values.",
    },
    outcome={
        **_code(*sorted(CLOSED), nullable=True),
        "description": "The last answer, which stays while it is disputed.",
    },
    kept={"type": "array", "maxItems": 0, "items": {}, "description": "What an erasure leaves."},
    completed_at=_optional(INSTANT),
    history={"type": "array", "items": _ENTRY},
    clock=_CLOCK,
)
_MESSAGE = _every(
    "A text that came with an event: a message, a question, an answer.",
    at=INSTANT,
    by=_code(*Actor),
    text={"type": "string"},
)
_ONE: Schema = {
    **_REQUEST,
    "required": [*_REQUEST["required"], "messages"],
    "properties": {
        **_REQUEST["properties"],
        "messages": {"type": "array", "items": _MESSAGE, "description": "Oldest first."},
    },
}
_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": DETAILS_MAX}

MAKE = Operation(
    id="makeRequest",
    method="POST",
    path="/v1/requests",
    summary="Use a right about one's data",
    description=(
        "Signed in, or with the `email` of the person: then the answer is the same for every "
        "address, a mail brings a link and a code, and the request is received once the address is "
        "proven. The legal clock counts from now in any case."
    ),
    auth=Auth.SESSION_OR_LINK,
    body=_make,
    check=_unfit,
    example={"right": COPY},
    answers={
        201: Response("Received. For a copy a mail follows when it is done.", _REQUEST),
        200: Response("The open request of that right, to which what is new was added.", _REQUEST),
        202: Response(
            "The address has to be proven first.",
            closed(
                ["id", "status"],
                id=ID,
                status={"const": str(Status.AWAITING_VERIFICATION)},
            ),
        ),
    },
    problems=frozenset({403, 409, 422, 429, 503}),
    idempotent=True,
)

VERIFICATION = "/v1/requests/{id}/verification"

SHOW_PROOF = page_behind_link(
    "showRequestVerification",
    VERIFICATION,
    "The page behind the link: a button; nothing changes until it is pressed",
)

PROVE = Operation(
    id="verifyRequest",
    method="POST",
    path=VERIFICATION,
    summary="Prove the address of a request that was made with an address alone",
    description=(
        "By the token of the mailed link, or by the mail's code. A request whose address an "
        "account holds moves into that account, and `token` is null: its person signs in. Where "
        "the account has a second factor, the request waits there until its person sends this "
        "operation with a session and an empty body. Otherwise `token` opens this one request, as "
        "`Authorization: Bearer`, until 30 days after it is closed."
    ),
    auth=Auth.SESSION_OR_LINK,
    body=closed([], token=LINK_TOKEN, code=_CODE),
    check=lambda _, body, _now: _one_proof(body),
    example={"code": "12345678"},
    answers={
        200: Response(
            "The address is proven.",
            closed(["request", "token"], request=_REQUEST, token=_optional(TOKEN)),
            media_types=(JSON, HTML),
        )
    },
    problems=frozenset({409, 422, 429, 503}),
    form=True,
)

PROVE_AGAIN = Operation(
    id="resendRequestVerification",
    method="POST",
    path="/v1/requests/{id}/verification/resend",
    summary="Ask for the link and the code once more",
    description="The answer is the same whether or not such a request waits.",
    auth=Auth.NONE,
    answers={202: Response("Asked for.", closed(["status"], status={"const": "requested"}))},
    problems=frozenset({429, 503}),
)

LIST = Operation(
    id="listRequests",
    method="GET",
    path="/v1/requests",
    summary="One's own requests",
    auth=Auth.SESSION,
    query=PAGE_QUERY,
    answers={200: Response("A page of requests.", page_schema(_REQUEST))},
    problems=frozenset({503}),
)

GET = Operation(
    id="getRequest",
    method="GET",
    path="/v1/requests/{id}",
    summary="One of one's own requests",
    auth=Auth.REQUEST,
    answers={200: Response("The request, with what was written about it.", _ONE)},
    problems=frozenset({503}),
)

CANCEL = Operation(
    id="cancelRequest",
    method="DELETE",
    path="/v1/requests/{id}",
    summary="Cancel a request that is not carried out yet",
    auth=Auth.REQUEST,
    answers={200: Response("The request, cancelled.", _REQUEST)},
    problems=frozenset({409, 503}),
)

MESSAGE = Operation(
    id="sendMessage",
    method="POST",
    path="/v1/requests/{id}/messages",
    summary="Write about a request that is open; answers the question, where one is open",
    auth=Auth.REQUEST,
    body=closed(["text"], text=_TEXT),
    check=_unfit_text,
    example={"text": "I mean the messages of last year."},
    answers={201: Response("The request, with the event of the message.", _REQUEST)},
    problems=frozenset({409, 503}),
    idempotent=True,
)

DISPUTE = Operation(
    id="disputeRequest",
    method="POST",
    path="/v1/requests/{id}/dispute",
    summary="Dispute a refusal or an outcome, once: the request is open again, on a new clock",
    auth=Auth.REQUEST,
    body=closed([], text=_TEXT),
    check=_unfit_text,
    example={"text": "The claim was settled last year."},
    answers={200: Response("The request, open again.", _REQUEST)},
    problems=frozenset({409, 503}),
    idempotent=True,
)

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
    summary="The signed receipt of an erasure that was carried out",
    description=(
        "Of a request for erasure that is completed: what went, what stays on which ground and "
        "until when. The account being gone, the token of the request opens it, or the mail has "
        "it. `POST /v1/receipts/verify` says whether it is valid and what is still kept."
    ),
    auth=Auth.REQUEST,
    answers={
        200: Response(
            "The receipt, and what it says.",
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
        )
    },
    problems=frozenset({409, 503}),
)

DOWNLOAD = "/v1/requests/{id}/download"

SHOW_DOWNLOAD = page_behind_link(
    "showExport",
    DOWNLOAD,
    "The page behind the mailed link to a copy: a button; nothing is given out until it is pressed",
)

ISSUE = Operation(
    id="issueExport",
    method="POST",
    path=DOWNLOAD,
    summary="Get the address of the copy by the mailed link, without an account",
    description=(
        "A form gets a page with a link that works for 60 seconds. The mailed link can be used "
        "again until the copy goes; each issue is recorded, as by `getExport`."
    ),
    auth=Auth.LINK,
    body=closed(["token"], token=LINK_TOKEN),
    answers={200: Response("The address of a ZIP.", _EXPORT, media_types=(JSON, HTML))},
    problems=frozenset({422, 503}),
    form=True,
)

ANSWER = answering(tuple(map(str, Ground)))

REQUEST = _REQUEST
"""The schema of a request as its person is shown it."""

unfit = _unfit
"""Finds what a schema cannot in what is asked for."""

OPERATIONS = (
    MAKE,
    SHOW_PROOF,
    PROVE,
    PROVE_AGAIN,
    LIST,
    GET,
    CANCEL,
    MESSAGE,
    DISPUTE,
    EXPORT,
    RECEIPT,
    ANSWER,
    SHOW_DOWNLOAD,
    ISSUE,
)

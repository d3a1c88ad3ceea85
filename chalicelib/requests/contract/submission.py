"""The operation by which a right is used, and what a body of it asks for."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from chalicelib import texts
from chalicelib.accounts.contract.shared import FACTOR_CODE, GIVEN_PASSWORD
from chalicelib.accounts.model import read_changes
from chalicelib.accounts.service.forms import FORM
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.requests.contract.schemas import REQUEST, blank
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Status
from chalicelib.requests.model import (
    CHANGES_MAX,
    COPY,
    DETAILS_MAX,
    Asked,
    RestrictionGround,
)
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.schemas import EMAIL, ID, closed
from chalicelib.web.validation import unfit as refused

RECORDED = tuple(Right)
"""The rights that the software knows."""


def rights_of(notice: Notice) -> list[str]:
    """The rights that can be asked for: those of the notice, the known ones first."""
    known = [str(one) for one in RECORDED if one in notice.rights]
    return [*known, *(one for one in notice.rights if one not in known)]


MEMBERS: Mapping[str, frozenset[Right]] = {
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
            "enum": rights_of(notice),
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
                "Of `erase`, signed in: the account's password. The erasure, of everything or of "
                "the categories, then begins by itself after 72 hours, until which it can be "
                "cancelled."
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


def by_browser(body: Mapping[str, Any]) -> bool:
    """Tells whether a body that came with a browser's token alone has the browser erased.

    Raises BadRequest for an erasure with more than a browser can say.
    """
    if body["right"] != Right.ERASE or "email" in body or "password" in body:
        return False
    more = tuple(
        Finding(f"/{member}", "belongs to a person; a browser is erased whole, and without words")
        for member in ("details", "categories")
        if member in body
    )
    if more:
        raise refused(more)
    return True


def unfit(notice: Notice, body: Json, _now: datetime) -> tuple[Finding, ...]:
    """Finds what a schema cannot in what is asked for."""
    if not isinstance(body, dict):
        return ()
    return (
        *blank(body),
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
    if "code" in body and "password" not in body:
        yield Finding("/code", "comes with the password", "password_too")


def _foreign(body: Mapping[str, Any]) -> Iterator[Finding]:
    """Yields the members that belong to other rights."""
    right = body.get("right")
    if isinstance(right, str):
        for member, rights in MEMBERS.items():
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
        if right == Right.OBJECT and not purpose.opposable:
            detail = "rests on no public task or legitimate interest and is no marketing"
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


MAKE = Operation(
    id="makeRequest",
    method="POST",
    path="/v1/requests",
    summary="Use a right about one's data",
    description=(
        "Signed in, or with the `email` of the person: then the answer is the same for every "
        "address, a mail brings a link and a code, and the request is received once the address is "
        "proven. The legal clock counts from now in any case. A browser without an account is "
        "erased by its `Riserbo-Visitor` alone: `erase` without any other member but `locale` "
        "begins at once, and its request and receipt are open to that token. `erase` with "
        "`categories` leaves the account, and with every category ends it; one of categories that "
        "the account cannot be without is refused at once."
    ),
    auth=Auth.SESSION_OR_LINK,
    visitor=True,
    body=_make,
    check=unfit,
    example={"right": COPY},
    answers={
        201: Response("Received. For a copy a mail follows when it is done.", REQUEST),
        200: Response("The open request of that right, to which what is new was added.", REQUEST),
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

OPERATIONS = (MAKE,)
"""The operation by which a right is used."""

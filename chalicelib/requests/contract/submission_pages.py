"""The page by which a right is used, and its form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.requests.contract.submission import MAKE, MEMBERS, rights_of
from chalicelib.requests.model import DETAILS_MAX
from chalicelib.web.contract import Json, Schema
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.schemas import closed
from chalicelib.web.validation import findings

NEW: Final = "/requests/new"

PURPOSES: Final = "purposes"
CATEGORIES: Final = "categories"
CHANGES: Final = "changes"
"""The first steps of names of fields: `purposes.ID`, `categories.ID`, `changes.CATEGORY.FIELD`."""

_PLAIN: Final = ("right", "email", "details", "ground", "password", "code")
OWN: Final = "own"
"""The field by which the page for a person who is signed in says that it asks for no address."""

_TEXT: Schema = {"type": "string"}
_TICKED: Schema = {"const": "yes"}


def submitted(fields: Mapping[str, str]) -> dict[str, Any]:
    """Returns the body of the operation `makeRequest` that the fields of the form stand for.

    A code is read without the spaces that people write in it, and an address without those around.
    """
    body: dict[str, Any] = {name: fields[name] for name in _PLAIN if name in fields}
    for name in ("code", "email"):
        if name in body:
            body[name] = "".join(body[name].split()) if name == "code" else body[name].strip()
    for name, value in fields.items():
        first, *rest = name.split(".")
        if first in (PURPOSES, CATEGORIES) and len(rest) == 1:
            body.setdefault(first, []).append(rest[0])
        elif first == CHANGES and len(rest) == 2:
            body.setdefault(first, {}).setdefault(rest[0], {})[rest[1]] = value
    return body


def _fields(notice: Notice) -> Schema:
    """The fields of the form, by name; `_unfit` finds what the operation finds in them."""
    ticked = [
        *(f"{PURPOSES}.{one}" for one in notice.purposes),
        *(f"{CATEGORIES}.{one}" for one in notice.categories),
    ]
    written = [
        f"{CHANGES}.{category.id}.{field}"
        for category in notice.categories.values()
        for field in category.fields
    ]
    return closed(
        ["right"],
        right={"enum": rights_of(notice)},
        details={"type": "string", "maxLength": DETAILS_MAX},
        **dict.fromkeys(("email", "ground", "password", "code", *written), _TEXT),
        **dict.fromkeys((OWN, *ticked), _TICKED),
    )


def _unfit(notice: Notice, fields: Json, now: datetime) -> tuple[Finding, ...]:
    """Finds what the operation finds in the same body, and has not found in the fields."""
    given = fields if isinstance(fields, dict) else {}
    body = submitted({name: one for name, one in given.items() if isinstance(one, str)})
    if body.get("right") not in notice.rights:
        return ()
    missing = OWN not in given and "email" not in given
    nobody = (Finding("/email", "is required", "required"),) if missing else ()
    described = MAKE.body
    found = findings(described(notice), body) if callable(described) else ()
    told = {one.pointer for one in found}
    more = () if MAKE.check is None else MAKE.check(notice, body, now)
    return (*nobody, *found, *(one for one in more if one.pointer not in told))


def asks_for(right: str) -> frozenset[str]:
    """Returns the members beside words that the form of a right asks for."""
    return frozenset(member for member, rights in MEMBERS.items() if right in rights)


NEW_PAGE = PageOperation(
    id="showNewRequest",
    method="GET",
    path=NEW,
    session=Session.OPTIONAL,
    query={"right": {"type": "string", "maxLength": 48, "description": "The right's id."}},
    tab="requests",
)

NEW_FORM = PageOperation(
    id="makeRequestByForm",
    method="POST",
    path=NEW,
    session=Session.OPTIONAL,
    body=_fields,
    check=_unfit,
    once=True,
    tab="requests",
)

"""The pages of one's own account: what waits, the data, leaving."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from chalicelib.accounts.contract.beside import as_operation, texts
from chalicelib.accounts.contract.profile import CORRECT
from chalicelib.accounts.service.forms import FORM
from chalicelib.errors import Finding
from chalicelib.notices.model import FieldRef, Notice
from chalicelib.web.contract import Json, Schema
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.schemas import closed

PROFILE: Final = "profile"
"""The first step of the names of fields: `profile.CATEGORY.FIELD`."""

SEEN: Final = "seen"
"""The field with the tag of the account as the page showed it."""

ACT: Final = "act"
STOP, RESUME = "stop", "resume"
"""The field of the button that was pressed on the page for leaving, and its values."""

_TEXT: Schema = {"type": "string"}


def corrected_fields(notice: Notice) -> tuple[FieldRef, ...]:
    """Lists the fields of the form of one's data, in the notice's order.

    They are those of registration but for the address, which is changed by proving another one.
    """
    form = notice.forms[FORM]
    asked = (form.required | form.optional) - {form.address}
    return tuple(
        ref
        for name, category in notice.categories.items()
        for ref in (FieldRef(name, field) for field in category.fields)
        if ref in asked
    )


def name_of(ref: FieldRef) -> str:
    """Returns the name of a field of the notice in the form."""
    return f"{PROFILE}.{ref.category}.{ref.field}"


def correction(fields: Mapping[str, str], notice: Notice) -> dict[str, Any]:
    """Returns the body of the operation `correctAccount` that the fields of the form stand for.

    The form shows every field, so that one which came empty is one that the person emptied.
    """
    profile: dict[str, dict[str, str | None]] = {}
    for ref in corrected_fields(notice):
        profile.setdefault(ref.category, {})[ref.field] = fields.get(name_of(ref))
    return {PROFILE: profile}


def _profile_fields(notice: Notice) -> Schema:
    names = [name_of(ref) for ref in corrected_fields(notice)]
    return closed(
        [SEEN], **{SEEN: {"type": "string", "maxLength": 64}}, **dict.fromkeys(names, _TEXT)
    )


def _unfit_profile(notice: Notice, fields: Json, now: datetime) -> tuple[Finding, ...]:
    return as_operation(CORRECT, correction(texts(fields), notice), notice, now)


OVERVIEW_PAGE = PageOperation(
    id="showAccount", method="GET", path="/account", session=Session.REQUIRED, tab="summary"
)

PROFILE_PAGE = PageOperation(
    id="showProfile",
    method="GET",
    path="/account/profile",
    session=Session.REQUIRED,
    done=frozenset({"saved"}),
    tab="profile",
)

PROFILE_FORM = PageOperation(
    id="correctAccountByForm",
    method="POST",
    path="/account/profile",
    session=Session.REQUIRED,
    body=_profile_fields,
    check=_unfit_profile,
    once=True,
)

LEAVE_PAGE = PageOperation(
    id="showLeave",
    method="GET",
    path="/account/leave",
    session=Session.REQUIRED,
    done=frozenset({"stopped", "resumed"}),
    tab="profile",
)

LEAVE_FORM = PageOperation(
    id="leaveByForm",
    method="POST",
    path="/account/leave",
    session=Session.REQUIRED,
    body=closed([ACT], **{ACT: {"enum": [STOP, RESUME]}}),
)

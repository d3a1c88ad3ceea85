"""The desk's page on which a request is entered that came by mail, post or phone, or in person.

Two forms make an entry: the first is answered with the due day and whose request it would be, and
the second, which carries that day, enters it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from chalicelib.desk.contract import requests as contract
from chalicelib.desk.contract.pages import TAB
from chalicelib.desk.contract.receipt import DAY, day_findings, day_in, received_at
from chalicelib.desk.paths import ENTERED, NEW
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.requests.contract.submission import rights_of
from chalicelib.requests.contract.submission_pages import CATEGORIES, PURPOSES, submitted
from chalicelib.requests.model import Channel
from chalicelib.web.contract import Json, Schema
from chalicelib.web.pages.contract import desk_form, desk_page
from chalicelib.web.schemas import closed
from chalicelib.web.validation import findings

WHO: Final = "who"
"""The field of the person: an address, or the number of an account or a browser."""

DUE: Final = "due_on"
"""The field with the due day that was shown."""

CHANNELS: Final = (Channel.EMAIL, Channel.POST, Channel.PHONE, Channel.IN_PERSON)
"""The ways by which a request comes to the desk."""

PLAIN: Final = ("right", "channel", DAY, WHO, "details", "identified_by", "ground", "locale")
"""The fields that are no boxes, in the order of the page."""

_TEXT: Schema = {"type": "string"}
_TICKED: Schema = {"const": "yes"}
_SAME: Final = ("right", "channel", "details", "identified_by", "locale", "ground")


def body_of(fields: Mapping[str, str], notice: Notice, now: datetime) -> dict[str, Any]:
    """Returns the body of the operation `enterRequest` that the fields of a form stand for.

    A day that there is not is left out.
    """
    boxes = submitted({name: one for name, one in fields.items() if "." in name})
    body: dict[str, Any] = {**boxes, **{name: fields[name] for name in _SAME if name in fields}}
    day, who = day_in(fields.get(DAY)), str(fields.get(WHO, "")).strip()
    if day is not None:
        body["received_at"] = received_at(day, notice, now).isoformat()
    if who:
        body["email" if "@" in who else "subject"] = who if "@" in who else who.lower()
    return body


def _fields(notice: Notice) -> Schema:
    ticked = (
        *(f"{PURPOSES}.{one}" for one in notice.purposes),
        *(f"{CATEGORIES}.{one}" for one in notice.categories),
    )
    return closed(
        ["right", "channel", DAY],
        right={"enum": rights_of(notice)},
        channel={"enum": [str(one) for one in CHANNELS]},
        **dict.fromkeys((DAY, WHO, "details", "identified_by", "ground", "locale"), _TEXT),
        **dict.fromkeys(ticked, _TICKED),
    )


def _kept(notice: Notice) -> Schema:
    """Returns the fields of the form that enters: those of the first, and the day it showed."""
    first = _fields(notice)
    return {
        **first,
        "required": [*first["required"], DUE],
        "properties": {**first["properties"], DUE: {"type": "string", "maxLength": 10}},
    }


def _unfit(notice: Notice, fields: Json, now: datetime) -> tuple[Finding, ...]:
    """Finds what the operation finds in the same body, at the fields of the form."""
    if not isinstance(fields, dict) or fields.get("right") not in notice.rights:
        return ()
    given = {name: one for name, one in fields.items() if isinstance(one, str) and name != DUE}
    body, found = body_of(given, notice, now), list[Finding]()
    if given.get(DAY):  # else the schema says so
        found += day_findings(given[DAY], notice, now)
    if "email" not in body and "subject" not in body and "details" not in body:
        found.append(Finding("/details", "is required without a person", "required"))
    whole = contract.ENTER.body_schema(lambda: notice) or {}
    asked = {name: one for name, one in whole.items() if name != "oneOf"}
    found += findings(asked, {"received_at": now.isoformat(), **body})
    told = {one.pointer for one in found}
    if contract.ENTER.check is not None:
        more = contract.ENTER.check(notice, body, now)
        found += [one for one in more if one.pointer not in told]
    return tuple(replace(one, pointer=_place(one.pointer)) for one in found)


def _place(pointer: str) -> str:
    """Returns the field of the form that a finding about a body's member belongs to."""
    first = pointer.strip("/").split("/")[0]
    places = {"subject": WHO, "email": WHO, "received_at": DAY}
    return f"/{places.get(first, first)}"


NEW_PAGE = desk_page(
    "showEntryOfRequest",
    NEW,
    TAB,
    query={WHO: {"type": "string", "maxLength": 40, "description": "A person's number."}},
)

CHECK_FORM = desk_form("checkEntryByForm", NEW, TAB, body=_fields, check=_unfit)

ENTER_FORM = desk_form("enterRequestByForm", ENTERED, TAB, body=_kept, check=_unfit, once=True)

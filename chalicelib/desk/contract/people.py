"""The desk's pages of people: the search for a person, and one person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from chalicelib.accounts.model import address_findings
from chalicelib.desk.paths import PEOPLE, PERSON
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.web.contract import Json, Schema
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.schemas import closed

TAB: Final = "desk_people"

SOUGHT: Final = "sought"
"""The field of the search: an address, or the number of a person or of a request."""

LISTS: Final = ("requests", "disclosures", "changes", "origins")
"""The lists of a person's page; each has a parameter with the place at which its page begins."""

_ID: Final = re.compile("[a-z2-7]{26,40}")
_VERSION: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([.][0-9]{1,3})?")
_PLACE: Schema = {"type": "string", "maxLength": 64}


def _unfit_search(_: Notice, fields: Json, _now: datetime) -> tuple[Finding, ...]:
    """Finds what is neither an address nor a number, at the field of the search."""
    if not isinstance(fields, dict) or SOUGHT not in fields:
        return ()
    wanted = wanted_in(fields)
    if "email" in wanted:
        found = address_findings(wanted)
        return tuple(replace(one, pointer=f"/{SOUGHT}") for one in found)
    if _ID.fullmatch(wanted["number"]):
        return ()
    return (Finding(f"/{SOUGHT}", "is neither an address nor a number", "format"),)


SEARCH_PAGE = PageOperation(
    id="showPeopleSearch",
    method="GET",
    path=PEOPLE,
    session=Session.REQUIRED,
    staff=True,
    tab=TAB,
)

SEARCH_FORM = PageOperation(
    id="searchPeopleByForm",
    method="POST",
    path=PEOPLE,
    session=Session.REQUIRED,
    staff=True,
    reads=True,
    body=closed([SOUGHT], **{SOUGHT: {"type": "string", "maxLength": 320}}),
    check=_unfit_search,
    tab=TAB,
)

PERSON_PAGE = PageOperation(
    id="showPerson",
    method="GET",
    path=PERSON,
    session=Session.REQUIRED,
    staff=True,
    query=dict.fromkeys(LISTS, _PLACE),
    tab=TAB,
)


def wanted_in(fields: Mapping[str, Any]) -> dict[str, str]:
    """Returns whom a search looks for: `email`, or `number`, the id of a person or a request."""
    text = str(fields[SOUGHT]).strip()
    return {"email": text} if "@" in text else {"number": text.lower()}


def place_in(query: Mapping[str, Any], name: str) -> str | None:
    """Returns the place in an address after which a page of a list begins; what is none is None.

    An address is never refused for it, so that it tells nothing to who does not belong here.
    """
    form = _VERSION if name == "changes" else _ID
    found = str(query.get(name, ""))
    return found if form.fullmatch(found) else None

"""The desk's pages: the list of requests, and one request with the forms of its acts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from chalicelib.desk.contract import requests as contract
from chalicelib.desk.filters import Filter, Show
from chalicelib.desk.paths import LIST, ONE
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.requests.casework import ACTIONS, CODES, Act
from chalicelib.requests.machine import Action
from chalicelib.requests.model import Channel
from chalicelib.web.contract import Json, Schema
from chalicelib.web.cursor import PAGE_QUERY
from chalicelib.web.pages.contract import desk_form, desk_page
from chalicelib.web.schemas import closed
from chalicelib.web.validation import findings

TAB: Final = "desk_requests"

PAGE: Final = 50
"""Most requests on a page of the list."""

ACT: Final = "act"
"""The field that says which act a form of the page asks for."""

SEEN: Final = "seen"
"""The field of an approval with the fingerprint of the preview that it was decided on."""

ENTER: Final = "enter"
JOINED: Final = "joined"
"""The words of `?done=` after an entry: of a new request, and of one that was open already."""

_SHORT: Schema = {"type": "string", "maxLength": 48}
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def ground_field(action: str) -> str:
    """Returns the field of an act's code: several forms stand on the page, each with its own."""
    return f"{action}_ground"


def text_field(action: str) -> str:
    """Returns the field of an act's words."""
    return f"{action}_text"


def _fields() -> Iterator[tuple[str, Schema]]:
    for action in ACTIONS:
        yield text_field(action), {"type": "string"}
        if action in CODES:
            yield ground_field(action), {"enum": [str(one) for one in CODES[action]]}


def _body(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the body of the operation beside a form; fields of other acts are left out."""
    action = str(fields[ACT])
    named = {"ground": ground_field(action), "text": text_field(action)}
    given = {name: fields[field] for name, field in named.items() if field in fields}
    return {"action": action, **given}


def _unfit(notice: Notice, fields: Json, now: datetime) -> tuple[Finding, ...]:
    """Finds what the operation beside an act finds, at the fields of its form."""
    if not isinstance(fields, dict) or fields.get(ACT) not in list(ACTIONS):
        return ()
    operation, action, body = contract.ACT, str(fields[ACT]), _body(fields)
    assert isinstance(operation.body, dict)
    found = findings(operation.body, body)
    if not found and operation.check is not None:
        found = operation.check(notice, body, now)
    places = {"/ground": ground_field(action), "/text": text_field(action)}
    places["/reason"] = places["/text"]
    return tuple(replace(one, pointer=f"/{places.get(one.pointer, ACT)}") for one in found)


LIST_PAGE = desk_page(
    "showDeskRequests",
    LIST,
    TAB,
    query={
        "show": _SHORT,
        "right": _SHORT,
        "channel": _SHORT,
        "month": _SHORT,
        "cursor": PAGE_QUERY["cursor"],
    },
)

ONE_PAGE = desk_page(
    "showDeskRequest", ONE, TAB, done=frozenset({*(str(one) for one in ACTIONS), ENTER, JOINED})
)

ACT_FORM = desk_form(
    "actOnRequestByForm",
    ONE,
    TAB,
    body=closed(
        [ACT],
        **{ACT: {"enum": [str(one) for one in ACTIONS]}},
        **dict(_fields()),
        **{SEEN: {"type": "string", "maxLength": 10_000}},
    ),
    check=_unfit,
    once=True,
)


def act_in(fields: Mapping[str, Any]) -> Act:
    """Returns the act in a form that fits; an approval without a fingerprint never fits what is."""
    act = contract.act_in(_body(fields))
    return replace(act, seen=fields.get(SEEN, "")) if act.action is Action.APPROVE else act


def filter_in(query: Mapping[str, Any]) -> Filter:
    """Returns the filter of the list in an address; what is none counts as left out.

    An address is never refused for it, so that it tells nothing to who does not belong here.
    """
    show = query.get("show")
    channel = query.get("channel")
    return Filter(
        Show(show) if show in list(Show) else Show.OPEN,
        query.get("right") or None,
        channel if channel in list(Channel) else None,
    )


def month_in(query: Mapping[str, Any], now: str) -> str:
    """Returns the month in an address, else that of `now`, such as `2026-11`."""
    found = str(query.get("month", ""))
    return found if _MONTH.fullmatch(found) else now

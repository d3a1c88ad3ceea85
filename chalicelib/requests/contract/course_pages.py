"""The pages of one's own requests, and the forms on them.

The pages of one request open to a session, and to the token of that request.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.requests.contract.course import DISPUTE, MESSAGE
from chalicelib.requests.paths import FOLLOW, ONE
from chalicelib.web.contract import Json, Operation
from chalicelib.web.cursor import PAGE_QUERY
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.schemas import closed
from chalicelib.web.validation import findings

LIST: Final = "/account/requests"

ACT: Final = "act"
"""The field that says which act a form of the page asks for."""

_WRITTEN: Final[Mapping[str, Operation]] = {"message": MESSAGE, "dispute": DISPUTE}
"""The acts that come with a text, each with the operation beside it."""

ACTS: Final = ("confirm", *_WRITTEN, "cancel", "close")
"""The acts; `close` ends the request's page in this browser, and changes nothing of the request."""


def _unfit(notice: Notice, fields: Json, now: datetime) -> tuple[Finding, ...]:
    """Finds what the operation beside the act finds in its text."""
    given: Mapping[str, Any] = fields if isinstance(fields, dict) else {}
    beside = _WRITTEN.get(given.get(ACT, ""))
    if beside is None or not isinstance(beside.body, dict):
        return ()
    body = {name: value for name, value in given.items() if name != ACT}
    found = findings(beside.body, body)
    return found or (() if beside.check is None else beside.check(notice, body, now))


LIST_PAGE = PageOperation(
    id="showRequests",
    method="GET",
    path=LIST,
    session=Session.REQUIRED,
    query={"cursor": PAGE_QUERY["cursor"]},
    tab="requests",
)

ONE_PAGE = PageOperation(
    id="showRequest",
    method="GET",
    path=ONE,
    session=Session.REQUIRED,
    asks_key=FOLLOW,
    done=frozenset({"made", "joined", "confirmed", "sent", "disputed", "cancelled"}),
    tab="requests",
)

ACT_FORM = PageOperation(
    id="actOnOwnRequestByForm",
    method="POST",
    path=ONE,
    session=Session.REQUIRED,
    asks_key=FOLLOW,
    body=closed([ACT], act={"enum": list(ACTS)}, text={"type": "string"}),
    check=_unfit,
    once=True,
    tab="requests",
)

DOWNLOAD_FORM = PageOperation(
    id="getExportByForm",
    method="POST",
    path=f"{ONE}/download",
    session=Session.REQUIRED,
    asks_key=FOLLOW,
    tab="requests",
)

RECEIPT_PAGE = PageOperation(
    id="showClosingReceipt",
    method="GET",
    path=f"{ONE}/receipt",
    session=Session.REQUIRED,
    asks_key=FOLLOW,
    tab="requests",
)

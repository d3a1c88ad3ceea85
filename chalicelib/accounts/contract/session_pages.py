"""The page of one's sessions, which people know as devices."""

from typing import Final

from chalicelib.web.cursor import PAGE_QUERY
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.schemas import closed

ALL: Final = "all"
"""The value of the button that ends every session."""

SESSIONS_PAGE = PageOperation(
    id="showSessions",
    method="GET",
    path="/account/sessions",
    session=Session.REQUIRED,
    query={"cursor": PAGE_QUERY["cursor"]},
    done=frozenset({"ended"}),
    tab="security",
)

SESSIONS_FORM = PageOperation(
    id="endSessionByForm",
    method="POST",
    path="/account/sessions",
    session=Session.REQUIRED,
    body=closed(["end"], end={"type": "string", "maxLength": 128}),
)

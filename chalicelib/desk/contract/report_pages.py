"""The desk's pages of reports: on what is kept and why, and on what was done with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from chalicelib.desk import paths
from chalicelib.web.contract import Schema
from chalicelib.web.pages.contract import PageOperation, Session

TAB: Final = "desk_reports"

_MONTH = re.compile(r"2[0-9]{3}-(0[1-9]|1[0-2])")
_ANY: Schema = {"type": "string", "maxLength": 2_000}
"""A parameter that the page judges itself, once it knows that its reader is of the desk."""

RETENTION_PAGE = PageOperation(
    id="showRetention",
    method="GET",
    path=paths.RETENTION,
    session=Session.REQUIRED,
    staff=True,
    query={"month": _ANY},
    tab=TAB,
)

RETENTION_TABLE = PageOperation(
    id="downloadRetention",
    method="GET",
    path=paths.RETENTION_TABLE,
    session=Session.REQUIRED,
    staff=True,
    query={"month": _ANY},
    tab=TAB,
)

PROCESSING_PAGE = PageOperation(
    id="showProcessingRecord",
    method="GET",
    path=paths.PROCESSING,
    session=Session.REQUIRED,
    staff=True,
    tab=TAB,
)

PROCESSING_TABLE = PageOperation(
    id="downloadProcessingRecord",
    method="GET",
    path=paths.PROCESSING_TABLE,
    session=Session.REQUIRED,
    staff=True,
    tab=TAB,
)


def month_in(query: Mapping[str, Any], now: str) -> str:
    """Returns the month in an address, such as `2026-11`, else `now`.

    An address is never refused for it: what is no month counts as left out.
    """
    found = str(query.get("month", ""))
    return found if _MONTH.fullmatch(found) else now

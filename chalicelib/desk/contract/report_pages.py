"""The desk's pages of reports: on what is kept and why, and on what was done with it."""

from __future__ import annotations

from typing import Final

from chalicelib.desk import paths
from chalicelib.web.pages.contract import PageOperation, Session

TAB: Final = "desk_reports"

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

"""The page of the record of processing activities (GDPR art. 30(1)), in the notice's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.desk.paths import PROCESSING_TABLE
from chalicelib.notices.processing import record
from chalicelib.pages.languages import primary, tag_of
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words

if TYPE_CHECKING:
    from chalicelib.web.pages.visit import Visit


def processing_page(visit: Visit) -> str:
    """Returns the page: what all activities share, and each activity of the notice in force."""
    said, notice = words("desk_reports", visit.language), visit.notice
    found = record(notice, tag_of(visit.language, notice.locales))
    return render(
        "desk/templates/processing.html.j2",
        visit.frame,
        said["processing"],
        words=said,
        area="desk",
        tabs=DESK,
        version=notice.version,
        effective=notice.effective_at.astimezone(notice.zone).date(),
        digest=notice.digest,
        record=found,
        spoken="" if primary(found.locale) == visit.language else found.locale,
        table=visit.frame.to(PROCESSING_TABLE),
    )

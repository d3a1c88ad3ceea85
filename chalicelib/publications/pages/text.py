"""The text of a draft as its readers would see it: with its look, or plain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.notices.pages.text import draft_page
from chalicelib.notices.presentation import verbatim
from chalicelib.pages.languages import language_for, tag_of
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import Way, render
from chalicelib.pages.words import words
from chalicelib.publications.paths import ONE
from chalicelib.web.contract import MARKDOWN

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice
    from chalicelib.web.pages.visit import Visit


def reader_page(visit: Visit, notice: Notice) -> str:
    """Returns the page of the notice as the draft would make it, which says that it is a draft."""
    said = words("desk_notices", visit.language)
    return draft_page(visit, notice, said["is_draft"], _back(visit, notice))


def plain_page(visit: Visit, notice: Notice) -> str:
    """Returns a page with the draft's Markdown, as programs read it."""
    said = words("desk_notices", visit.language)
    locale = tag_of(language_for(visit.language, notice.locales), notice.locales)
    return render(
        "publications/templates/plain.html.j2",
        visit.frame,
        said["read_plain"],
        words=said,
        area="desk",
        tabs=DESK,
        back=_back(visit, notice),
        text=verbatim(notice, locale, MARKDOWN).decode(),
        text_language=locale,
    )


def _back(visit: Visit, notice: Notice) -> Way:
    said = words("desk_notices", visit.language)
    address = visit.frame.to(ONE.format(version=notice.version))
    return Way(f"{said['version']} {notice.version}", address)

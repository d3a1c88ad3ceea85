"""The page for leaving: stopping the account or having it erased, and the difference."""

from __future__ import annotations

from chalicelib.accounts.contract.account_pages import ACT, RESUME, STOP
from chalicelib.accounts.service.deactivation import DEACTIVATE, ERASE, said
from chalicelib.pages.languages import primary, tag_of
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.subjects.model import Standing
from chalicelib.web.pages.visit import Visit


def leave_page(visit: Visit, standing: Standing) -> str:
    """Returns the page; it stops the account where the notice offers that, else it only erases."""
    notice, language = visit.notice, visit.language
    locale, told = tag_of(language, notice.locales), words("leave", language)
    offered = DEACTIVATE in notice.rights
    return render(
        "accounts/templates/leave.html.j2",
        visit.frame,
        told["title"],
        words=told,
        errors=visit.summary(ACT),
        lead=told["lead" if offered else "lead_erase"],
        spoken="" if primary(locale) == language else locale,
        stopped=not standing.active,
        offered=offered,
        stopping=said(notice, DEACTIVATE, locale),
        erasing=said(notice, ERASE, locale),
        act=ACT,
        stop=STOP,
        resume=RESUME,
    )

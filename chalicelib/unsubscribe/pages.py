"""The page behind a link that ends mails, and the answer to a form at the one-click address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.notices.model import Notice
from chalicelib.pages.languages import spoken, tag_of
from chalicelib.pages.page import Locale, page, render
from chalicelib.pages.words import words
from chalicelib.unsubscribe.model import Kind, Scope

if TYPE_CHECKING:
    from chalicelib.web.pages.visit import Visit


def unsubscribe_page(visit: Visit, scope: Scope) -> str:
    """Returns the page with one button, or what came of it, for the mails of `scope`.

    It looks nothing up: what is named is the title in the notice in force.
    """
    said = words("unsubscribe", visit.language)
    state = "done" if visit.frame.done else "ask"
    about = _about(scope, visit.notice, tag_of(visit.language, visit.notice.locales))
    return render(
        "unsubscribe/templates/unsubscribe.html.j2",
        visit.frame,
        said[f"{state}_title"],
        words=said,
        errors=visit.summary(),
        state=state,
        paragraphs=said[f"{state}_text"].format(about=about).split("\n\n"),
    )


def done_page(scope: Scope, notice: Notice, locale: Locale) -> str:
    """Returns the answer to a form at the address of `List-Unsubscribe`, which never redirects."""
    chosen = locale(spoken(notice.locales))
    said = words("unsubscribe", chosen)
    text = said["done_text"].format(about=_about(scope, notice, chosen))
    return page(said["done_title"], text, chosen, notice=notice)


def _about(scope: Scope, notice: Notice, locale: str) -> str:
    """Returns the title of what ends in the notice in force, or words for an unknown one."""
    known = notice.purposes if scope.kind is Kind.PURPOSE else notice.notifications
    found, said = known.get(scope.name), words("unsubscribe", locale)
    if found is None:
        return said["about_unknown"]
    return said["about"].format(title=notice.text(found.title, locale))

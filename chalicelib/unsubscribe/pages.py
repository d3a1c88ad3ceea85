"""The two pages behind a link that ends mails."""

from __future__ import annotations

from chalicelib.notices.model import Notice
from chalicelib.pages.forms import Form, answer_to
from chalicelib.pages.languages import spoken
from chalicelib.pages.page import Locale, page
from chalicelib.pages.words import words
from chalicelib.unsubscribe.model import Kind, Scope

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
"""The field of the form: the same that a mail program sends by itself (RFC 8058, section 3.1)."""


def ask_page(token: str, scope: Scope, notice: Notice, locale: Locale) -> str:
    """Returns the page with the button; it looks nothing up and changes nothing."""
    chosen = locale(spoken(notice.locales))
    button = words("unsubscribe", chosen)["ask_button"]
    return _page("ask", scope, notice, chosen, Form(button, answer_to(token, chosen), ONE_CLICK))


def done_page(scope: Scope, notice: Notice, locale: Locale) -> str:
    """Returns the page after the button."""
    return _page("done", scope, notice, locale(spoken(notice.locales)))


def _page(name: str, scope: Scope, notice: Notice, locale: str, *forms: Form) -> str:
    said = words("unsubscribe", locale)
    text = said[f"{name}_text"].format(about=_about(scope, notice, locale))
    return page(said[f"{name}_title"], text, locale, forms, notice)


def _about(scope: Scope, notice: Notice, locale: str) -> str:
    """Returns the title of what ends in the notice in force, or words for an unknown one."""
    known = notice.purposes if scope.kind is Kind.PURPOSE else notice.notifications
    found, said = known.get(scope.name), words("unsubscribe", locale)
    if found is None:
        return said["about_unknown"]
    return said["about"].format(title=notice.text(found.title, locale))

"""The two pages behind a link that ends mails, and what they say is ended."""

from __future__ import annotations

from chalicelib.notices.model import Notice
from chalicelib.pages.forms import Form, answer_to
from chalicelib.pages.languages import spoken
from chalicelib.pages.page import Locale, page
from chalicelib.pages.words import words
from chalicelib.unsubscribe.model import Kind, Scope

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
"""What the form sends: the same as a mail program does by itself (RFC 8058, section 3.1)."""


def ask_page(token: str, scope: Scope, notice: Notice, locale: Locale) -> str:
    """The page that asks for the press of a button; it looks nobody up and changes nothing."""
    chosen = locale(spoken(notice.locales))
    button = words("unsubscribe", chosen)["ask_button"]
    return _page("ask", scope, notice, chosen, Form(button, answer_to(token, chosen), ONE_CLICK))


def done_page(scope: Scope, notice: Notice, locale: Locale) -> str:
    """The page after it."""
    return _page("done", scope, notice, locale(spoken(notice.locales)))


def _page(name: str, scope: Scope, notice: Notice, locale: str, *forms: Form) -> str:
    said = words("unsubscribe", locale)
    text = said[f"{name}_text"].format(about=_about(scope, notice, locale))
    return page(said[f"{name}_title"], text, locale, forms, notice.site_name)


def _about(scope: Scope, notice: Notice, locale: str) -> str:
    """What ends, as the notice in force calls it, if it still knows it."""
    known = notice.purposes if scope.kind is Kind.PURPOSE else notice.notifications
    found, said = known.get(scope.name), words("unsubscribe", locale)
    if found is None:
        return said["about_unknown"]
    return said["about"].format(title=notice.text(found.title, locale))

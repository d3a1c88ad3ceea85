"""The pages behind the link that proves the address of a message."""

from __future__ import annotations

from chalicelib.messages.model import Proven
from chalicelib.notices.model import Notice
from chalicelib.pages.forms import Form, answer_to
from chalicelib.pages.languages import spoken
from chalicelib.pages.page import Locale, page
from chalicelib.pages.words import words


def prove_page(notice: Notice, locale: Locale, path: str, token: str) -> str:
    """Returns the page with the button; it looks nothing up and changes nothing.

    `path` is the page's own, which the form posts the link's `token` to.
    """
    chosen = locale(spoken(notice.locales))
    said = words("messages", chosen)
    form = Form(said["prove_button"], answer_to(path, chosen), {"token": token})
    return page(said["prove_title"], said["prove_text"], chosen, [form], notice)


def proven_page(notice: Notice, locale: Locale, found: Proven) -> str:
    """Returns the page after it: the message is kept, or lies in the account of its person."""
    name = "proven_in_account" if found.in_account else "proven"
    return _told(notice, locale, name)


def proven_before_page(notice: Notice, locale: Locale) -> str:
    """Returns the page after it, once the message has moved."""
    return _told(notice, locale, "proven_before")


def _told(notice: Notice, locale: Locale, name: str) -> str:
    chosen = locale(spoken(notice.locales))
    said = words("messages", chosen)
    return page(said[f"{name}_title"], said[f"{name}_text"], chosen, notice=notice)

"""The pages behind the link that proves the address of a request."""

from __future__ import annotations

from chalicelib.notices.model import Notice
from chalicelib.pages.formats import day
from chalicelib.pages.forms import Form, answer_to
from chalicelib.pages.languages import spoken
from chalicelib.pages.page import Locale, page
from chalicelib.pages.words import words
from chalicelib.requests.machine import Status
from chalicelib.requests.model import Timed


def prove_page(notice: Notice, locale: Locale, path: str, token: str) -> str:
    """Returns the page with the button; it looks nothing up and changes nothing.

    `path` is the page's own, which the form posts the link's `token` to.
    """
    chosen = locale(spoken(notice.locales))
    said = words("requests", chosen)
    form = Form(said["prove_button"], answer_to(path, chosen), {"token": token})
    return page(said["prove_title"], said["prove_text"], chosen, [form], notice.site_name)


def proven_page(notice: Notice, locale: Locale, found: Timed, *, in_account: bool) -> str:
    """Returns the page after it, with the number of the request and the day of the answer.

    A request that is in an account and still waits for its person to sign in says so.
    """
    if found.request.status is Status.AWAITING_VERIFICATION:
        name = "proven_sign_in"
    else:
        name = "proven_in_account" if in_account else "proven"
    chosen = locale(spoken(notice.locales))
    said = words("requests", chosen)
    text = said[f"{name}_text"].format(
        request=found.request.id, due_on=day(found.deadline.due_on, chosen)
    )
    return page(said[f"{name}_title"], text, chosen, site=notice.site_name)


def proven_before_page(notice: Notice, locale: Locale) -> str:
    """Returns the page after it, a second time."""
    chosen = locale(spoken(notice.locales))
    said = words("requests", chosen)
    title, text = said["proven_before_title"], said["proven_before_text"]
    return page(title, text, chosen, site=notice.site_name)

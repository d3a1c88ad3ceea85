"""The pages behind the links of requests: to prove an address, and to download a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.notices.model import Notice
from chalicelib.pages.formats import day
from chalicelib.pages.forms import Copied, Form, answer_to
from chalicelib.pages.languages import spoken
from chalicelib.pages.page import Locale, page
from chalicelib.pages.words import words
from chalicelib.requests.machine import CLOSED, Status
from chalicelib.requests.model import Timed

if TYPE_CHECKING:
    from chalicelib.requests.service.exports import Issued


def prove_page(notice: Notice, locale: Locale, path: str, token: str) -> str:
    """Returns the page with the button; it looks nothing up and changes nothing.

    `path` is the page's own, which the form posts the link's `token` to.
    """
    chosen = locale(spoken(notice.locales))
    said = words("requests", chosen)
    form = Form(said["prove_button"], answer_to(path, chosen), {"token": token})
    return page(said["prove_title"], said["prove_text"], chosen, [form], notice)


def proven_page(notice: Notice, locale: Locale, found: Timed, token: str | None) -> str:
    """Returns the page after it: the request as it stands, and how its person follows it.

    That is with `token`, which the page shows to be copied, and which stands in no address; a
    request without one is in an account, where it may wait for its person to sign in.
    """
    if found.request.status is Status.AWAITING_VERIFICATION:
        name = "proven_sign_in"
    else:
        name = "proven_in_account" if token is None else "proven"
    chosen = locale(spoken(notice.locales))
    said = words("requests", chosen)
    text = said[f"{name}_text"].format(request=found.request.id)
    kept = None if token is None else Copied("token", said["token"], token, said["token_hint"])
    known = _facts(notice, found, chosen)
    title = said[f"{name}_title"]
    return page(title, text, chosen, notice=notice, known=known, kept=kept)


def _facts(notice: Notice, found: Timed, locale: str) -> list[tuple[str, str]]:
    """Returns what a person is told of a request at a glance, by name."""
    request, said = found.request, words("requests", locale)
    right = notice.rights.get(request.right)
    facts = [
        (said["fact_number"], request.id),
        (said["fact_right"], request.right if right is None else notice.text(right.title, locale)),
        (said["fact_status"], said[f"status.{request.status}"]),
    ]
    if request.status not in CLOSED:
        facts.append((said["fact_due"], day(found.deadline.due_on, locale)))
    return facts


def proven_before_page(notice: Notice, locale: Locale) -> str:
    """Returns the page after it, a second time."""
    chosen = locale(spoken(notice.locales))
    said = words("requests", chosen)
    title, text = said["proven_before_title"], said["proven_before_text"]
    return page(title, text, chosen, notice=notice)


def download_page(notice: Notice, locale: Locale, path: str, token: str) -> str:
    """Returns the page with the button; it looks nothing up and changes nothing.

    `path` is the page's own, which the form posts the link's `token` to.
    """
    chosen = locale(spoken(notice.locales))
    said = words("requests", chosen)
    form = Form(said["download_button"], answer_to(path, chosen), {"token": token})
    return page(said["download_title"], said["download_text"], chosen, [form], notice)


def issued_page(notice: Notice, locale: Locale, issued: Issued) -> str:
    """Returns the page after it, with the link to the copy, which works for a minute."""
    chosen = locale(spoken(notice.locales))
    said = words("requests", chosen)
    text = said["issued_text"].format(sha256=issued.sha256)
    link = said["issued_link"], issued.url
    return page(said["issued_title"], text, chosen, notice=notice, ways=[link])


def export_gone_page(notice: Notice, locale: Locale) -> str:
    """Returns the page where the copy is gone by then."""
    chosen = locale(spoken(notice.locales))
    said = words("requests", chosen)
    title, text = said["export_gone_title"], said["export_gone_text"]
    return page(title, text, chosen, notice=notice)

"""The pages of proving an address, and of asking for the mail once more."""

from __future__ import annotations

from chalicelib.accounts.contract.registration_pages import RESEND_PAGE, VERIFICATION_PAGE
from chalicelib.accounts.pages.links import OVER, is_over
from chalicelib.pages.page import render, shell
from chalicelib.pages.words import words
from chalicelib.web.pages.visit import Visit

_FILE = "verification"


def verification_page(visit: Visit) -> str:
    """Returns the page with the form for a link or for a code, or with what is next.

    After registering it says that a mail is on its way, the same for every address.
    """
    said, state = words(_FILE, visit.language), _state(visit)
    told, name = said, state
    if state == "code" and visit.frame.done:
        name = "sent"
    elif state == OVER:
        told, name = shell(visit.language), "problem_422"
    labels = {one: said[one] for one in ("email", "code", "password")}
    return render(
        "accounts/templates/verification.html.j2",
        visit.frame,
        told[f"{name}_title"],
        words=said,
        errors=() if state == OVER else visit.summary(*labels, labels=labels),
        visit=visit,
        state=state,
        paragraphs=told[f"{name}_text"].split("\n\n"),
        again=RESEND_PAGE.path,
    )


def _state(visit: Visit) -> str:
    """Returns which of the page's forms is shown, or which of its ends."""
    if visit.frame.done in ("proven", "before"):
        return visit.frame.done
    if not visit.value("token"):
        return "code"
    return OVER if is_over(visit) else "link"


def resend_page(visit: Visit) -> str:
    """Returns the page that asks for an address, to which the mail goes once more."""
    said = words(_FILE, visit.language)
    labels = {"email": said["email"]}
    return render(
        "accounts/templates/resend.html.j2",
        visit.frame,
        said["again_title"],
        words=said,
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        back=VERIFICATION_PAGE.path,
    )

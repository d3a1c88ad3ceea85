"""The pages of choosing a new password: asking for the mail, and behind its link."""

from __future__ import annotations

from chalicelib.accounts.model import PASSWORD_MIN
from chalicelib.accounts.pages.links import OVER, is_over
from chalicelib.accounts.paths import RESETS
from chalicelib.pages.page import render, shell
from chalicelib.pages.words import words
from chalicelib.web.pages.visit import Visit

_FILE = "reset"


def ask_page(visit: Visit) -> str:
    """Returns the page that asks for an address, and after it says the same for every address."""
    said, state = words(_FILE, visit.language), visit.frame.done or "ask"
    labels = {"email": said["email"]}
    return render(
        "accounts/templates/reset.html.j2",
        visit.frame,
        said[f"{state}_title"],
        words=said,
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        state=state,
        paragraphs=said[f"{state}_text"].split("\n\n"),
    )


def new_password_page(visit: Visit) -> str:
    """Returns the page that asks for the new password; the way to a new link where it is over."""
    said, around = words(_FILE, visit.language), shell(visit.language)
    state = OVER if is_over(visit) else "new"
    labels = {"password": said["password"]}
    told, name = (around, "problem_422") if state == OVER else (said, state)
    return render(
        "accounts/templates/new_password.html.j2",
        visit.frame,
        told[f"{name}_title"],
        words=said,
        errors=() if state == OVER else visit.summary(*labels, labels=labels),
        visit=visit,
        state=state,
        text=told[f"{name}_text"],
        password_hint=said["password_hint"].format(minimum=PASSWORD_MIN),
        password_minimum=PASSWORD_MIN,
        again=RESETS,
    )

"""The page for signing in, and the one that asks for the code of a second factor."""

from __future__ import annotations

from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.web.pages.visit import Visit

_FILE = "signin"


def sign_in_page(visit: Visit) -> str:
    """Returns the page that asks for address and password."""
    said = words(_FILE, visit.language)
    return render(
        "accounts/templates/sign_in.html.j2",
        visit.frame,
        said["title"],
        words=said,
        errors=visit.summary("email", "password", labels=said),
        visit=visit,
    )


def code_page(visit: Visit) -> str:
    """Returns the page that asks for a code, once the password was right."""
    said = words(_FILE, visit.language)
    return render(
        "accounts/templates/sign_in_code.html.j2",
        visit.frame,
        said["code_title"],
        words=said,
        errors=visit.summary("code", labels=said),
        visit=visit,
    )

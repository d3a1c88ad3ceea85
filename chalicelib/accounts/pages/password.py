"""The page on which a person who is signed in changes the password."""

from __future__ import annotations

from chalicelib.accounts.model import PASSWORD_MIN
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.sessions.model import SignedIn
from chalicelib.web.pages.visit import Visit


def password_page(visit: Visit, signed_in: SignedIn) -> str:
    """Returns the page; it asks for a code where the account has a second factor."""
    said = words("password", visit.language)
    labels = {"current_password": said["current"], "password": said["password"]}
    factor = signed_in.session.opened.second_factor
    if factor:
        labels["code"] = said["code"]
    return render(
        "accounts/templates/password.html.j2",
        visit.frame,
        said["title"],
        words=said,
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        factor=factor,
        password_hint=said["password_hint"].format(minimum=PASSWORD_MIN),
        password_minimum=PASSWORD_MIN,
    )

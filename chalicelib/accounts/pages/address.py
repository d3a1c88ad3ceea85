"""The page on which a person who is signed in moves the account to another address."""

from __future__ import annotations

from chalicelib.accounts.service.forms import FORM
from chalicelib.accounts.service.profile import Account
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.web.pages.visit import Visit


def address_change_page(visit: Visit, account: Account) -> str:
    """Returns the page; it asks for a code where the account has a second factor."""
    said, ref = words("address", visit.language), visit.notice.forms[FORM].address
    labels = {"email": said["email"], "current_password": said["current"]}
    if account.second_factor:
        labels["code"] = said["code"]
    now = "" if ref is None else account.profile.get(ref.category, {}).get(ref.field, "")
    return render(
        "accounts/templates/address.html.j2",
        visit.frame,
        said["title"],
        words=said,
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        now=now,
        factor=account.second_factor,
    )

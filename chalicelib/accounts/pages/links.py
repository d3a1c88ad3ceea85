"""The pages behind the links of mails that have one button, and the ends that they come to."""

from __future__ import annotations

from chalicelib.accounts.service.activity import AccountGone
from chalicelib.pages.page import render, shell
from chalicelib.pages.words import words
from chalicelib.web.pages.visit import Visit

OVER = "over"
"""The state of a page whose link works no more, or was cut short."""


def disavowal_page(visit: Visit) -> str:
    """Returns the page for who did not open the account: both outcomes, or what came of it."""
    return one_button_page(visit, "disavowal", once=visit.once)


def keep_page(visit: Visit) -> str:
    """Returns the page for who wants to keep an unused account, or what came of it."""
    return one_button_page(visit, "keep")


def address_page(visit: Visit) -> str:
    """Returns the page that confirms the new address of an account, or what came of it."""
    return one_button_page(visit, "move", password=True)


def undo_page(visit: Visit) -> str:
    """Returns the page that undoes a move to another address, or what came of it."""
    return one_button_page(visit, "undo")


def is_over(visit: Visit) -> bool:
    """Tells whether the page has no link, or was refused because its link works no more."""
    if visit.refused is not None:
        return visit.refused.type == "link-not-valid"
    return not visit.value("token")


def one_button_page(visit: Visit, file: str, *, once: str = "", password: bool = False) -> str:
    """Returns a page with one button, before or after it was pressed.

    `file` holds its words; with a `password` the page also asks for that of the account, which may
    be left out.
    """
    said, around, state = words(file, visit.language), shell(visit.language), _state(visit)
    labels = {"password": said["password"]} if password else {}
    told = around if state == OVER else said
    name = "problem_422" if state == OVER else state
    return render(
        "accounts/templates/one_button.html.j2",
        visit.frame,
        told[f"{name}_title"],
        words=said,
        errors=() if state == OVER else visit.summary(*labels, labels=labels),
        visit=visit,
        state=state,
        paragraphs=told[f"{name}_text"].split("\n\n"),
        once=once,
        password=password,
    )


def _state(visit: Visit) -> str:
    if visit.frame.done:
        return visit.frame.done
    if isinstance(visit.refused, AccountGone):
        return "gone"
    return OVER if is_over(visit) else "ask"

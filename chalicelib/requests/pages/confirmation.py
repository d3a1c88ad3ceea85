"""The page that proves the address of a request: by the link of a mail, or by the code in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chalicelib.pages.page import render, shell
from chalicelib.pages.words import words
from chalicelib.requests.contract.confirmation_pages import CONFIRM_PAGE, RESEND_FORM

if TYPE_CHECKING:
    from chalicelib.web.pages.visit import Visit


def confirmation_page(visit: Visit, request_id: str) -> str:
    """Returns the page with one button, or with the field for the code.

    It looks nothing up: it is the same for every id.
    """
    said = {**words("requests", visit.language), **words("confirmation", visit.language)}
    state = _state(visit)
    told: Mapping[str, str] = said
    name = {"link": "prove", "code": "code", "before": "proven_before"}.get(state, "")
    if state == "over":
        told, name = shell(visit.language), "problem_422"
    labels = {"code": said["code"]} if state == "code" else {}
    return render(
        "requests/templates/confirmation.html.j2",
        visit.frame,
        told[f"{name}_title"],
        words=said,
        errors=() if state == "over" else visit.summary(*labels, labels=labels),
        visit=visit,
        state=state,
        paragraphs=told[f"{name}_text"].split("\n\n"),
        action=CONFIRM_PAGE.path.format(id=request_id),
        resend=RESEND_FORM.path.format(id=request_id),
    )


def _state(visit: Visit) -> str:
    """Returns which form the page shows, or that there is none any more."""
    if visit.frame.done == "before":
        return "before"
    if not visit.value("token"):
        return "code"
    refused = visit.refused
    return "over" if refused is not None and refused.type == "link-not-valid" else "link"

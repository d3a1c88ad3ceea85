"""The pages for a person without an account: the address proven, the request opened, the copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.errors import DoneAlready
from chalicelib.pages.page import render, shell
from chalicelib.pages.words import words
from chalicelib.requests import paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.requests.service.exports import Issued
    from chalicelib.web.pages.visit import Visit

_NAMES: Mapping[str, str] = {
    "link": "prove",
    "code": "code",
    "before": "proven_before",
    "account": "proven_in_account",
    "sign_in": "proven_sign_in",
}
"""The state of the page that proves an address -> the name of its words."""


def confirmation_page(visit: Visit, request_id: str) -> str:
    """Returns the page with one button, or with the field for the code, or what came of it.

    It looks nothing up: it is the same for every id.
    """
    said = {**words("requests", visit.language), **words("confirmation", visit.language)}
    state = _state(visit)
    told: Mapping[str, str] = shell(visit.language) if state == "over" else said
    name = _NAMES.get(state, "problem_422")
    labels = {"code": said["code"]} if state == "code" else {}
    return render(
        "requests/templates/confirmation.html.j2",
        visit.frame,
        told[f"{name}_title"],
        words=said,
        errors=() if state == "over" else visit.summary(*labels, labels=labels),
        visit=visit,
        state=state,
        paragraphs=_paragraphs(told[f"{name}_text"].format(request=request_id)),
        action=paths.CONFIRM.format(id=request_id),
        own=paths.ONE.format(id=request_id),
        follow=paths.FOLLOW,
    )


def key_page(visit: Visit) -> str:
    """Returns the page with the field for the key of a request."""
    said = words("confirmation", visit.language)
    labels = {"key": said["key"]}
    return render(
        "requests/templates/key.html.j2",
        visit.frame,
        said["follow_title"],
        words=said,
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        action=paths.FOLLOW,
    )


def download_page(visit: Visit, request_id: str, issued: Issued | None = None) -> str:
    """Returns the page behind the mailed link to a copy; with `issued`, its address for a minute.

    Before that it looks nothing up. Where the copy is gone, or the link works no more, it says so.
    """
    said = words("requests", visit.language)
    refused, around = visit.refused, shell(visit.language)
    told: Mapping[str, str] = said
    state, name = "ask", "download"
    if issued is not None:
        state, name = "issued", "issued"
    elif refused is not None and isinstance(refused, DoneAlready):
        state, name = "gone", "export_gone"
    elif not visit.value("token") or (refused is not None and refused.type == "link-not-valid"):
        state, name, told = "over", "problem_422", around
    text = told[f"{name}_text"].format(sha256=(issued and issued.sha256) or "—")
    return render(
        "requests/templates/download.html.j2",
        visit.frame,
        told[f"{name}_title"],
        words=said,
        errors=visit.summary() if state == "ask" else (),
        visit=visit,
        state=state,
        paragraphs=_paragraphs(text),
        action=paths.DOWNLOAD.format(id=request_id),
        issued=issued,
    )


def _paragraphs(text: str) -> list[str]:
    return text.split("\n\n")


def _state(visit: Visit) -> str:
    """Returns which form the page shows, or what came of it, or that there is none any more."""
    if visit.frame.done in _NAMES:
        return visit.frame.done
    if not visit.value("token"):
        return "code"
    refused = visit.refused
    return "over" if refused is not None and refused.type == "link-not-valid" else "link"

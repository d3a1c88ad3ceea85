"""The page of drafts and versions, with the form by which a document becomes a draft."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.publications.contract.pages import DOCUMENT, REFUSED
from chalicelib.publications.contract.schemas import MAX_DOCUMENT
from chalicelib.publications.pages.findings import errors, found_in
from chalicelib.publications.paths import LIST, ONE
from chalicelib.web.cursor import encode

if TYPE_CHECKING:
    from chalicelib.errors import Finding
    from chalicelib.notices.service.drafts import Draft, Listed
    from chalicelib.notices.store import VersionItem
    from chalicelib.storage.pages import Page
    from chalicelib.web.pages.visit import Visit

NOT_COMPILED: Final = "notice-refused"
"""The type of the refusal of a document that does not compile."""

KINDS: Final = {"in_force": "good", "scheduled": "now", "withdrawn": "bad"}
"""The look of a status; that of a past version is plain."""

_MOST_SHOWN: Final = 5_000_000
"""Most bytes of a text as JSON carries it in the answer: Lambda sends 6 MB."""


@dataclass(frozen=True, slots=True)
class Row:
    """A draft or a version in its list; `days` are those of its columns.

    `status` and `kind` are the words and the look of its tag.
    """

    version: str
    address: str
    status: str
    kind: str
    days: tuple[datetime, ...]


def list_page(
    visit: Visit,
    drafts: Sequence[Listed],
    versions: Page[VersionItem],
    statuses: Sequence[str],
    opened: Draft | None = None,
) -> str:
    """Returns the page of drafts, and of some versions with the status of each, newest first.

    `opened` is the draft whose document stands in the form to be corrected.
    """
    said = words("desk_notices", visit.language)
    text, found = _text(visit, opened)
    found_shown = found_in(text, found)
    refused = visit.refused
    return render(
        "publications/templates/drafts.html.j2",
        visit.frame,
        said["title"],
        words=said,
        area="desk",
        tabs=DESK,
        errors=errors(visit, said, DOCUMENT, about=f"{DOCUMENT}"),
        visit=visit,
        list=LIST,
        drafts=[_draft(visit, said, one) for one in drafts],
        versions=[
            _version(visit, one, status)
            for one, status in zip(versions.items, statuses, strict=True)
        ],
        earlier=visit.frame.to(LIST, cursor=encode({"id": versions.next})) if versions.next else "",
        acts=visit.acts,
        opened="" if opened is None else opened.version,
        text=text if _fits(text) else "",
        cut=not _fits(text),
        found=found_shown,
        compiles=refused is None or refused.type != NOT_COMPILED,
        most=MAX_DOCUMENT // 1024,
    )


def _text(visit: Visit, opened: Draft | None) -> tuple[str, Sequence[Finding]]:
    """Returns the text in the form, and the findings about it."""
    refused = visit.refused
    if refused is not None:
        told = refused.type in (REFUSED, NOT_COMPILED)
        return visit.typed.get(DOCUMENT, ""), refused.findings if told else ()
    if opened is None:
        return "", ()
    return json.dumps(opened.document, ensure_ascii=False, indent=2), opened.findings


def _fits(text: str) -> bool:
    """Tells whether the answer has room for a text, as HTML within JSON."""
    from markupsafe import escape

    return len(text) <= MAX_DOCUMENT or len(json.dumps(str(escape(text)))) <= _MOST_SHOWN


def _draft(visit: Visit, said: Mapping[str, str], one: Listed) -> Row:
    ready = not one.findings
    status = said["compiles"] if ready else said["defects"].format(count=one.findings)
    address = visit.frame.to(ONE.format(version=one.version))
    return Row(one.version, address, status, "good" if ready else "bad", (one.saved_at,))


def _version(visit: Visit, one: VersionItem, status: str) -> Row:
    return Row(
        one.version,
        visit.frame.to(ONE.format(version=one.version)),
        words("versions", visit.language)[f"status_{status}"],
        KINDS.get(status, ""),
        (one.effective_at, one.published_at),
    )

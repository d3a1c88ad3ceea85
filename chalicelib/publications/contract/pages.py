"""The desk's pages of notices: the list with the form that saves a draft, one draft, its text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from chalicelib.errors import BadRequest, Unprocessable
from chalicelib.publications.contract.drafts import SAVE
from chalicelib.publications.contract.schemas import MAX_DOCUMENT
from chalicelib.publications.paths import LIST, ONE, TEXT
from chalicelib.web.contract import Json, Schema
from chalicelib.web.cursor import PAGE_QUERY
from chalicelib.web.json_body import read_json
from chalicelib.web.pages.contract import MAX_FORM, PageOperation, Session
from chalicelib.web.schemas import closed
from chalicelib.web.validation import findings

TAB: Final = "desk_notices"

DOCUMENT: Final = "document"
"""The field of a document's text."""

ANYWAY: Final = "anyway"
"""The field that says that a draft is saved although it does not compile."""

REFUSED: Final = "document-refused"
"""The type of the refusal of a text that is no document; its pointers lie in the text."""

_BODY: Any = SAVE.body

_FIELDS: dict[str, Schema] = {DOCUMENT: {"type": "string"}, ANYWAY: {"enum": ["yes"]}}

PLAIN: Final = "plain"
"""The form of a draft's text without any look: Markdown."""

LIST_PAGE = PageOperation(
    id="showDeskNotices",
    method="GET",
    path=LIST,
    session=Session.REQUIRED,
    staff=True,
    query={"draft": {"type": "string", "maxLength": 14}, "cursor": PAGE_QUERY["cursor"]},
    done=frozenset({"deleted"}),
    tab=TAB,
)

SAVE_FORM = PageOperation(
    id="saveDraftByForm",
    method="POST",
    path=LIST,
    session=Session.REQUIRED,
    staff=True,
    body=closed([DOCUMENT], **_FIELDS),
    once=True,
    max_body=MAX_FORM,
    tab=TAB,
)


ONE_PAGE = PageOperation(
    id="showDeskNotice",
    method="GET",
    path=ONE,
    session=Session.REQUIRED,
    staff=True,
    done=frozenset({"saved"}),
    tab=TAB,
)

DELETE_FORM = PageOperation(
    id="deleteDraftByForm",
    method="POST",
    path=ONE,
    session=Session.REQUIRED,
    staff=True,
    tab=TAB,
)

TEXT_PAGE = PageOperation(
    id="showDraftText",
    method="GET",
    path=TEXT,
    session=Session.REQUIRED,
    staff=True,
    query={"form": {"type": "string", "maxLength": 16}},
    tab=TAB,
)


def document_in(text: str) -> dict[str, Any]:
    """Returns the document of a text, as the operation that saves a draft takes one.

    Raises Unprocessable (REFUSED) with every reason why it takes none, each at its place in the
    text: no JSON, no object, no version; one beyond MAX_DOCUMENT has no reason but that.
    """
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) > MAX_DOCUMENT:
        raise Unprocessable("A document is too large.", type="document-too-large")
    try:
        document: Json = read_json(raw)
    except BadRequest as refused:
        raise Unprocessable(refused.detail, type=REFUSED, findings=refused.findings) from None
    found = findings(_BODY, {DOCUMENT: document})
    if found or not isinstance(document, dict):
        shown = (replace(one, pointer=one.pointer.removeprefix(f"/{DOCUMENT}")) for one in found)
        raise Unprocessable("It is no notice document.", type=REFUSED, findings=tuple(shown))
    return document

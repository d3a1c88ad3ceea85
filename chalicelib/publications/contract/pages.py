"""The desk's pages of notices: the list with its form, one draft, its trial, its publication."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from chalicelib.accounts.contract.second_factor import CODE
from chalicelib.errors import BadRequest, Finding, TooLarge, Unprocessable
from chalicelib.publications.contract.drafts import SAVE
from chalicelib.publications.contract.schemas import MAX_DOCUMENT
from chalicelib.publications.paths import LIST, ONE, PUBLICATION, TEXT, TRIAL
from chalicelib.web.contract import Json, Schema
from chalicelib.web.cursor import PAGE_QUERY
from chalicelib.web.json_body import read_json
from chalicelib.web.pages.contract import MAX_FORM, desk_form, desk_page
from chalicelib.web.schemas import DIGEST, NOTICE_VERSION, closed
from chalicelib.web.validation import findings

TAB: Final = "desk_notices"

DOCUMENT: Final = "document"
"""The field of a document's text."""

ANYWAY: Final = "anyway"
"""The field that says that a draft is saved although it does not compile."""

REFUSED: Final = "invalid-json"
"""The type of the refusal of a text that is no document; its pointers lie in the text."""

_BODY: Any = SAVE.body

_FIELDS: dict[str, Schema] = {DOCUMENT: {"type": "string"}, ANYWAY: {"enum": ["yes"]}}

PLAIN: Final = "plain"
"""The form of a draft's text without any look: Markdown."""

LIST_PAGE = desk_page(
    "showDeskNotices",
    LIST,
    TAB,
    query={"draft": {"type": "string", "maxLength": 14}, "cursor": PAGE_QUERY["cursor"]},
    done=frozenset({"deleted"}),
)

SAVE_FORM = desk_form(
    "saveDraftByForm", LIST, TAB, body=closed([DOCUMENT], **_FIELDS), once=True, max_body=MAX_FORM
)


ONE_PAGE = desk_page("showDeskNotice", ONE, TAB, done=frozenset({"saved"}))

DELETE, WITHDRAW, CONFIRM = "delete", "withdraw", "confirm"
"""The acts on a draft and on a published version, in the field ACT of their forms."""

ACT: Final = "act"

_ACT_FIELDS: dict[str, Schema] = {
    ACT: {"enum": [DELETE, WITHDRAW, CONFIRM]},
    "rule": {"type": "string", "maxLength": 100},
    "erases": {"type": "string", "pattern": "^[1-9][0-9]{0,11}$", "maxLength": 12},
}

ACT_FORM = desk_form(
    "actOnNoticeByForm",
    ONE,
    TAB,
    body={
        **closed([ACT], **_ACT_FIELDS),
        "if": {"properties": {ACT: {"const": CONFIRM}}},
        "then": {"required": ["rule", "erases"]},
    },
)

TRIAL_PAGE = desk_page("showSimulation", TRIAL, TAB, done=frozenset({"counting"}))

COUNT_FORM = desk_form("countByForm", TRIAL, TAB)

PUBLICATION_PAGE = desk_page(
    "showPublication",
    PUBLICATION,
    TAB,
    done=frozenset({"published", "proposed", "withdrawn", "confirmed"}),
)

TYPED: Final = "typed"
"""The field in which an officer types the version that is to be published."""

_PUBLISH_FIELDS: dict[str, Schema] = {
    TYPED: {"type": "string", "maxLength": 40},
    "code": CODE,
    "digest": DIGEST,
    "replaces": NOTICE_VERSION,
}

PUBLISH_FORM = desk_form(
    "publishByForm",
    PUBLICATION,
    TAB,
    own_code=True,
    body=closed([TYPED, "code", "digest"], **_PUBLISH_FIELDS),
    once=True,
)

TEXT_PAGE = desk_page(
    "showDraftText", TEXT, TAB, query={"form": {"type": "string", "maxLength": 16}}
)


def require_typed(typed: str, version: str) -> None:
    """Raises BadRequest where an officer typed another version than that of the page."""
    if typed.strip() != version:
        finding = Finding(f"/{TYPED}", "is not the version of this page", "other_version")
        raise BadRequest("Another version was typed.", type="validation", findings=(finding,))


def document_in(text: str) -> dict[str, Any]:
    """Returns the document of a text, as the operation that saves a draft takes one.

    Raises Unprocessable (REFUSED) with every reason why it takes none, each at its place in the
    text: no JSON, no object, no version. Raises TooLarge beyond MAX_DOCUMENT.
    """
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) > MAX_DOCUMENT:
        raise TooLarge(f"A document may have {MAX_DOCUMENT // 1024} KB.")
    try:
        document: Json = read_json(raw)
    except BadRequest as refused:
        raise Unprocessable(refused.detail, type=REFUSED, findings=refused.findings) from None
    found = findings(_BODY, {DOCUMENT: document})
    if found or not isinstance(document, dict):
        shown = (replace(one, pointer=one.pointer.removeprefix(f"/{DOCUMENT}")) for one in found)
        raise Unprocessable("It is no notice document.", type=REFUSED, findings=tuple(shown))
    return document

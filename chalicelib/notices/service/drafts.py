"""Drafts: documents that are being written, kept under their version until they are published.

A draft need not compile: its findings are listed each time it is read. It is replaced as a whole,
and the last one saved wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib import clock
from chalicelib.errors import Conflict, Finding, NotFound, TooLarge, Unprocessable
from chalicelib.notices import draft_store, store
from chalicelib.notices.compiler import NoticeRefused, marks
from chalicelib.notices.compiler.build import digest
from chalicelib.notices.compiler.warnings import warnings
from chalicelib.notices.draft_store import Also, ListedDraftItem
from chalicelib.notices.model import Document
from chalicelib.notices.service.confirmations import confirmed
from chalicelib.storage import pages
from chalicelib.storage.pages import Page

KEPT = timedelta(days=365)
"""Time for which a draft is kept after it was saved last."""

MAX_DRAFTS = 50
"""Most drafts at once."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, with the compiler's findings about it now.

    `findings` are its defects. `warnings` are what it had better say, `unconfirmed` the ids of
    statements that the controller has still to confirm, and `confirmations` the entries that would
    confirm each as it reads; all three are empty where the document does not compile.
    """

    version: str
    digest: str
    saved_at: datetime
    document: Document
    findings: tuple[Finding, ...]
    unconfirmed: tuple[str, ...] = ()
    confirmations: tuple[str, ...] = ()
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A draft in the list; `findings` is the number of defects when it was saved."""

    version: str
    digest: str
    saved_at: datetime
    findings: int


def save(document: Mapping[str, Any], also: Also | None = None, *, whole: bool = False) -> Draft:
    """Saves a document, which has a valid `version`, in place of an earlier draft of that version.

    `also` adds further writes to its transaction, whose ConditionFailed is raised. With `whole` a
    document that does not compile is not saved.

    Raises Conflict (`already-published`) for a version that is published, Conflict
    (`too-many-drafts`) for one more than MAX_DRAFTS, TooLarge beyond MAX_PACKED, Unprocessable for
    a number that has no canonical form, and with `whole` Unprocessable (`notice-refused`) with
    every finding of the compiler.
    """
    version, now = str(document["version"]), clock.now()
    packed = store.packed(document)
    if len(packed) > store.MAX_PACKED:
        raise TooLarge(f"A document may have {store.MAX_PACKED // 1024} KiB when it is compressed.")
    draft = _judged(version, _digest(document), now, document)
    if whole and draft.findings:
        raise _refused(draft)
    _refuse_too_many(version, now)
    saved = draft_store.put_draft(
        version, draft.digest, packed, len(draft.findings), now, now + KEPT, also
    )
    if not saved:
        raise _already()
    return draft


def listed(after: str | None, limit: int) -> Page[Listed]:
    """Lists up to `limit` drafts, newest version first, older than `after`. One Query."""
    now = clock.now()
    found = pages.collect(draft_store.drafts(after, limit), lambda item: item)
    alive = (_listed(item) for item in found.items if _is_kept(item.expires, now))
    return Page(tuple(alive), found.next)


def read(version: str) -> Draft:
    """Returns the draft that was saved last, compiled now. One GetItem. Raises NotFound."""
    found = find(version)
    if found is None:
        raise NotFound("There is no draft of that version.")
    return found


def find(version: str) -> Draft | None:
    """Returns the draft as `read` does, or None where there is none. One GetItem."""
    item = _kept(version)
    if item is None:
        return None
    return _judged(version, item.digest, item.saved_at, draft_store.document_of(item))


def document(version: str, expected: str | None = None) -> Document:
    """Returns a draft's document, whose digest must be `expected`, if one is given.

    One GetItem; another one when there is no draft. Raises NotFound, Conflict (`already-published`)
    for a version that is published, Conflict (`draft-changed`) when another text was saved.
    """
    item = _kept(version)
    if item is None:
        if store.get_listed(version) is not None:
            raise _already()
        raise NotFound("There is no draft of that version.")
    if expected is not None and item.digest != expected:
        raise Conflict("The draft was saved again with another text.", type="draft-changed")
    return draft_store.document_of(item)


def delete(version: str, also: Also | None = None) -> None:
    """Deletes a draft. Idempotent. Raises Conflict (`already-published`) for a published version.

    One transaction, to which `also` adds further writes, whose ConditionFailed is raised.
    """
    if not draft_store.remove_draft(version, also):
        raise Conflict(
            "This version is published: it is not thrown away. One that waits can be withdrawn.",
            type="already-published",
        )


def _digest(document: Document) -> str:
    """Returns a document's digest. Raises Unprocessable for a number without a canonical form.

    RFC 8785 has no form for an integer that a double cannot tell from its neighbours.
    """
    try:
        return digest(document)
    except ValueError:
        finding = Finding("/document", "has a number that JSON cannot carry exactly")
        raise Unprocessable("The document cannot be kept.", findings=(finding,)) from None


def _judged(version: str, digest: str, saved_at: datetime, document: Document) -> Draft:
    # Imported here since it loads every mail and page: few operations need it, and no cold start.
    from chalicelib.notices import rehearsal

    try:
        notice = rehearsal.compiled(document, confirmed())
    except NoticeRefused as refused:
        return Draft(version, digest, saved_at, document, refused.findings)
    entries = marks.confirmations(document, confirmed())
    told = warnings(notice)
    return Draft(version, digest, saved_at, document, (), notice.unconfirmed, entries, told)


def _kept(version: str) -> draft_store.DraftItem | None:
    item = draft_store.get_draft(version)
    return item if item is not None and _is_kept(item.expires, clock.now()) else None


def _is_kept(expires: datetime | None, now: datetime) -> bool:
    """Tells whether a draft has not expired: DynamoDB's own expiry is late."""
    return expires is not None and expires > now


def _listed(item: ListedDraftItem) -> Listed:
    return Listed(item.version, item.digest, item.saved_at, int(item.findings))


def _refuse_too_many(version: str, now: datetime) -> None:
    """Raises Conflict beyond MAX_DRAFTS.

    It is not exact when several are saved at once; it only keeps the list short.
    """
    kept = [item for item in draft_store.drafts(None, MAX_DRAFTS) if _is_kept(item.expires, now)]
    if len(kept) >= MAX_DRAFTS and version not in {item.version for item in kept}:
        raise Conflict(
            f"There are {MAX_DRAFTS} drafts: delete one that is not needed.",
            type="too-many-drafts",
        )


def _refused(draft: Draft) -> Unprocessable:
    return Unprocessable(
        "The notice does not compile.", type="notice-refused", findings=draft.findings
    )


def _already() -> Conflict:
    return Conflict("This version is published and never changes.", type="already-published")

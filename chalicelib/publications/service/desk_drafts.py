"""Drafts as the desk writes them: each act with its entry of the audit."""

from collections.abc import Callable

from chalicelib import clock
from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Action
from chalicelib.notices import service as notices
from chalicelib.notices.model import Document
from chalicelib.notices.service import drafts
from chalicelib.notices.service.drafts import Draft
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import Transaction


def save(document: Document, by: str, *, whole: bool = False) -> Draft:
    """Saves a draft for a member of the desk, whose subject is `by`.

    With `whole` a document that does not compile is not saved.

    The entry is in the draft's own transaction. Raises the errors of `drafts.save`, and Contention.
    """
    return patiently(lambda: drafts.save(document, _entry(by, Action.DRAFT_SAVED), whole=whole))


def delete(version: str, by: str) -> None:
    """Deletes a draft for a member of the desk, whose subject is `by`.

    The entry is in the same transaction. Raises the errors of `drafts.delete`, and Contention.
    """
    patiently(lambda: drafts.delete(version, _entry(by, Action.DRAFT_DELETED)))


def _entry(by: str, action: Action) -> Callable[[Transaction], object]:
    def also(write: Transaction) -> None:
        audit.append(write, Act(by, action), notices.current(), clock.now())

    return also


__all__ = ["delete", "save"]

"""Compiles a notice document to the notice that the software obeys, or to all its defects.

`compile_notice` is for a document that an author wrote, `load_published` for one that was compiled
before and is read from the table.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from chalicelib.catalogue import STORED, Catalogue
from chalicelib.errors import Finding, Unprocessable
from chalicelib.notices.compiler import (
    bases,
    bounds,
    build,
    consent,
    cookies,
    elements,
    erasure,
    forms,
    labels,
    look,
    notifications,
    parties,
    places,
    purposes,
    recipients,
    records,
    references,
    retention,
    rights,
    schema,
    special,
    words,
)
from chalicelib.notices.compiler.completion import completed
from chalicelib.notices.model import Document, Notice

__all__ = ["NoticeRefused", "compile_notice", "load_published"]

MAX_FINDINGS: Final = 1000
"""Most findings of one document that are listed one by one."""

_WRITTEN: Final = (
    labels.check,
    notifications.check,
    words.check,
    consent.check_ends,
    look.check,
    rights.check_written,
)
"""Checks of the document as its author wrote it."""

_COMPLETED: Final = (
    elements.check,
    parties.check,
    purposes.check,
    bases.check,
    special.check,
    rights.check,
    consent.check,
    recipients.check,
    places.check,
    cookies.check,
    forms.check,
    references.check,
)
"""Checks of the completed document, with the parts of the software that the author may refer to."""


class NoticeRefused(Unprocessable):
    """A document that cannot be published; `findings` has all its defects."""

    default_type = "notice-refused"
    default_title = "The notice does not compile"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("The notice document has to be corrected.", findings=findings)


def compile_notice(
    document: object,
    catalogue: Catalogue,
    confirmed: Collection[str] = frozenset(),
) -> Notice:
    """Returns the notice of `document` (parsed JSON, of any shape).

    `catalogue` are the kinds of record that the software stores, with their periods. `confirmed`
    are the controller's confirmations, `<id>=<digest>`. Raises NoticeRefused with all findings at
    once, sorted by place; no other exception, whatever the document is. Of more findings than
    MAX_FINDINGS the last tells only how many there were.
    """
    findings = bounds.check(document)
    if isinstance(document, dict) and not findings:
        findings = _all_findings(document, catalogue)
    if findings or not isinstance(document, dict):
        raise NoticeRefused(tuple(findings))
    return build.notice(document, catalogue, confirmed)


def load_published(document: Document, confirmed: Collection[str] = frozenset()) -> Notice:
    """Returns the notice of a document that compiled when it was published, without any check.

    The parts that it leaves to the software are those of this release.
    """
    return build.notice(document, STORED, confirmed)


def _all_findings(document: dict[str, object], catalogue: Catalogue) -> list[Finding]:
    whole = completed(document, catalogue)
    ours = [finding for check in _WRITTEN for finding in check(document)]
    ours += [finding for check in _COMPLETED for finding in check(whole)]
    ours += records.check(document, catalogue)
    ours += retention.check(document, catalogue)
    ours += erasure.check(whole, catalogue)
    ours += schema.check(document, {finding.pointer for finding in ours})
    findings = sorted(set(ours), key=lambda finding: (finding.pointer, finding.detail))
    if len(findings) > MAX_FINDINGS:
        rest = Finding("", f"has {len(findings)} defects in all; correct these first.")
        return [*findings[:MAX_FINDINGS], rest]
    return findings

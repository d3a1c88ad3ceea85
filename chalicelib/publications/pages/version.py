"""The page of one draft, and that of one published version: facts, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.notices.changes import changes
from chalicelib.pages import formats
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.publications.contract.pages import PLAIN
from chalicelib.publications.pages.difference import parts
from chalicelib.publications.pages.drafts import KINDS
from chalicelib.publications.pages.findings import errors, found_in
from chalicelib.publications.paths import LIST, ONE, PUBLICATION, TEXT, TRIAL

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice
    from chalicelib.notices.service.drafts import Draft
    from chalicelib.notices.service.publication import Judged
    from chalicelib.web.pages.visit import Visit


def draft_page(
    visit: Visit, draft: Draft, notice: Notice | None = None, judged: Judged | None = None
) -> str:
    """Returns the page of a draft; without `notice` and `judged` that of one with defects."""
    said, ready = words("desk_notices", visit.language), notice is not None
    facts = [(said["saved"], formats.moment(draft.saved_at, visit.language, visit.notice.zone))]
    changed: list[Any] = []
    if notice is not None and judged is not None and judged.before is not None:
        facts += _facts(visit, said, notice, judged.before)
        changed = parts(judged.before, notice, judged.changes, visit.language, said)
    text = TEXT.format(version=draft.version)
    return _page(
        visit,
        draft.version,
        said["compiles"] if ready else said["defects"].format(count=len(draft.findings)),
        "good" if ready else "bad",
        facts=[*facts, (said["digest"], draft.digest)],
        compared=notice is not None,
        parts=changed,
        found=found_in("", draft.findings),
        warned=found_in("", draft.warnings),
        unconfirmed=draft.unconfirmed,
        doors=[
            (visit.frame.to(text), said["read"], said["read_text"]),
            (visit.frame.to(text, form=PLAIN), said["read_plain"], said["read_plain_text"]),
        ]
        if ready
        else [],
        correct=visit.frame.to(LIST, draft=draft.version),
        deletes=True,
        ways=_ways(visit, said, draft.version) if ready else [],
    )


def version_page(visit: Visit, notice: Notice, status: str, before: Notice | None) -> str:
    """Returns the page of a published version; `before` is None for the first one."""
    said = words("desk_notices", visit.language)
    found = [] if before is None else changes(before, notice)
    public = f"/notice/{notice.version}"
    return _page(
        visit,
        notice.version,
        words("versions", visit.language)[f"status_{status}"],
        KINDS.get(status, ""),
        facts=[*_facts(visit, said, notice, before), (said["digest"], notice.digest)],
        compared=before is not None,
        parts=[] if before is None else parts(before, notice, found, visit.language, said),
        found=[],
        warned=[],
        unconfirmed=(),
        doors=[(visit.frame.to(public), said["read_public"], "")],
        correct="",
        deletes=False,
        ways=[
            (visit.frame.to(PUBLICATION.format(version=notice.version)), said["telling"], True),
        ],
    )


def _ways(visit: Visit, said: Mapping[str, str], version: str) -> list[tuple[str, str, bool]]:
    """Returns the ways on from a draft: the address, the words, and whether it comes second."""
    return [
        (visit.frame.to(TRIAL.format(version=version)), said["try"], False),
        (visit.frame.to(PUBLICATION.format(version=version)), said["to_publish"], True),
    ]


def _facts(
    visit: Visit, said: Mapping[str, str], notice: Notice, before: Notice | None
) -> Iterator[tuple[str, str]]:
    yield said["effective"], formats.moment(notice.effective_at, visit.language, visit.notice.zone)
    if before is not None:
        yield said["follows"], before.version


def _page(visit: Visit, version: str, status: str, kind: str, **values: Any) -> str:
    said = words("desk_notices", visit.language)
    return render(
        "publications/templates/version.html.j2",
        visit.frame,
        f"{said['version']} {version}",
        words=said,
        area="desk",
        tabs=DESK,
        errors=errors(visit, said),
        visit=visit,
        list=LIST,
        own=ONE.format(version=version),
        status_text=status,
        status_kind=kind,
        acts=visit.acts,
        **values,
    )

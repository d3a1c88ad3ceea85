"""The page of all versions: their dates, which is in force, which is announced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.web.cursor import encode

if TYPE_CHECKING:
    from chalicelib.notices.model import Announced
    from chalicelib.notices.store import VersionItem
    from chalicelib.storage.pages import Page
    from chalicelib.web.pages.visit import Visit

_KINDS: Final = {"in_force": "good", "scheduled": "now", "withdrawn": "bad"}
"""The look of a status beside a version; that of a past version is plain."""


@dataclass(frozen=True, slots=True)
class Row:
    """A version in the list: its name and address, its days, and its status in words.

    `published` and `effective` are days in the notice's zone. `changes` is the address of what it
    changed, empty for the first version, which has none before it.
    """

    version: str
    address: str
    status: str
    kind: str
    effective: date
    published: date
    text_date: date
    changes: str


def versions_page(
    visit: Visit,
    found: Page[VersionItem],
    statuses: Sequence[str],
    announced: Announced | None = None,
) -> str:
    """Returns the page of some versions, newest first, with the status of each.

    `announced` is the version that the website announces now.
    """
    said = words("versions", visit.language)
    named = "" if announced is None else announced.version
    rows = [
        _row(visit, found, at, "announced" if _is_ahead(one, status, named) else status)
        for at, (one, status) in enumerate(zip(found.items, statuses, strict=True))
    ]
    later = {"cursor": encode({"id": found.next})} if found.next else {}
    return render(
        "notices/templates/versions.html.j2",
        visit.frame,
        said["title"],
        words=said,
        rows=rows,
        later=visit.frame.to(visit.frame.path, **later) if later else "",
    )


def _is_ahead(one: VersionItem, status: str, announced: str) -> bool:
    return status == "scheduled" and one.version == announced


def _row(visit: Visit, found: Page[VersionItem], at: int, status: str) -> Row:
    one, zone = found.items[at], visit.notice.zone
    address = f"/notice/{one.version}"
    return Row(
        version=one.version,
        address=visit.frame.to(address),
        status=words("versions", visit.language)[f"status_{status}"],
        kind=_KINDS.get(status, "now" if status == "announced" else ""),
        effective=one.effective_at.astimezone(zone).date(),
        published=one.published_at.astimezone(zone).date(),
        text_date=date.fromisoformat(one.text_date),
        changes=visit.frame.to(f"{address}/changes") if _has_before(found, at) else "",
    )


def _has_before(found: Page[VersionItem], at: int) -> bool:
    """Tells whether a version can be compared with one before it: not with a withdrawn one."""
    one = found.items[at]
    older = (item for item in found.items[at + 1 :] if item.withdrawn_at is None)
    return found.next is not None or any(item.effective_at < one.effective_at for item in older)

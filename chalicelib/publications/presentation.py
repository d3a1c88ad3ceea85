"""What became of a publication, as JSON: `publishing_contract`."""

from typing import TYPE_CHECKING

from chalicelib.instants import instant
from chalicelib.notices.model import Notice
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from chalicelib.publications.service.proposal import Proposed


def published(notice: Notice, status: str) -> dict[str, Json]:
    """A version that was just published, and its status now."""
    return {
        **_about(notice),
        "text_date": notice.text_date.isoformat(),
        "status": status,
    }


def withdrawn(notice: Notice) -> dict[str, Json]:
    """A version that was called back."""
    return {**_about(notice), "status": "withdrawn"}


def waiting(proposed: "Proposed") -> dict[str, Json]:
    """A version that waits for a second person of the desk."""
    first = proposed.approval
    if first is None:
        raise ValueError("nothing waits")
    return {
        "version": proposed.notice.version,
        "digest": proposed.notice.digest,
        "status": "awaiting_second",
        "reasons": [{"reason": str(one.gravity), "about": one.about} for one in proposed.reasons],
        "expires_at": instant(first.expires_at),
        "alone_from": instant(first.alone_from) if proposed.alone else None,
    }


def _about(notice: Notice) -> dict[str, Json]:
    return {
        "version": notice.version,
        "digest": notice.digest,
        "effective_at": instant(notice.effective_at),
    }

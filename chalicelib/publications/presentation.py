"""Publications, and an account's obligations, as JSON in the contract's form."""

from typing import TYPE_CHECKING

from chalicelib.instants import instant, optional_instant
from chalicelib.notices.model import Notice
from chalicelib.notices.presentation import changes_address
from chalicelib.publications.model import Obligation
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from chalicelib.publications.service.proposal import Proposed


def published(notice: Notice, status: str) -> dict[str, Json]:
    """Returns the JSON of a version that was just published, with its status."""
    return {
        **_about(notice),
        "text_date": notice.text_date.isoformat(),
        "status": status,
    }


def withdrawn(notice: Notice) -> dict[str, Json]:
    """Returns the JSON of a version that was called back."""
    return {**_about(notice), "status": "withdrawn"}


def waiting(proposed: "Proposed") -> dict[str, Json]:
    """Returns the JSON of a version that waits for a second person of the desk."""
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


def obligation_shown(obligation: Obligation) -> Json:
    """Returns the JSON of a change that an account has to be told of, with its state."""
    return {
        "version": obligation.version,
        "status": str(obligation.shown),
        "created_at": instant(obligation.created_at),
        "effective_at": instant(obligation.effective_at),
        "sent_at": optional_instant(obligation.sent_at),
        "bounced_at": optional_instant(obligation.bounced_at),
        "seen_at": optional_instant(obligation.seen_at),
        "ask": list(obligation.asks),
        "changes": changes_address(obligation.version),
    }


def _about(notice: Notice) -> dict[str, Json]:
    return {
        "version": notice.version,
        "digest": notice.digest,
        "effective_at": instant(notice.effective_at),
    }

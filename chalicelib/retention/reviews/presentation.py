"""Reviews as JSON, in the contract's form."""

from typing import TYPE_CHECKING

from chalicelib.instants import instant, optional_instant
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from chalicelib.retention.reviews.service.desk import Waiting


def review_shown(waiting: "Waiting") -> dict[str, Json]:
    """Returns the JSON of a review; the decision of one that waits is null, whatever was before."""
    review = waiting.review
    return {
        "id": review.name,
        "subject": review.subject,
        "kind": review.kind,
        "record": review.record.rsplit("#", 1)[1],
        "rule": waiting.rule.id,
        "event": review.event,
        "since": instant(review.since),
        "ended_at": instant(waiting.ended_at),
        "asked_at": instant(review.asked_at),
        "held": waiting.held,
        "decision": None if review.decision is None else str(review.decision),
        "until": optional_instant(review.until),
        "by": review.by,
    }

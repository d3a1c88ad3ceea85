"""The schedule `retention`: finds the records whose period is over, and hands them to the queue."""

from datetime import timedelta
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.notices import service as notices
from chalicelib.retention import sweep
from chalicelib.retention.evidence import service as evidence
from chalicelib.retention.message import Places

bp = Blueprint(__name__)


@bp.schedule("rate(1 hour)", name="retention")
def retention(event: CloudWatchEvent) -> dict[str, int]:
    """Hands over what is due until its time is over, and returns the counts."""
    context: Any = event.context  # Lambda's object; Chalice takes it for a dict

    def remaining() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    return sweep.sweep(remaining, close).told()


def close(tallies: Places) -> None:
    """Closes what batches did since the run before into the record of it."""
    evidence.close(tallies, notices.current())

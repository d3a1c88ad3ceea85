"""The schedule `retention`: erases the records whose period is over, by the notice."""

from datetime import timedelta
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.notices import service as notices
from chalicelib.retention import service as retention_service
from chalicelib.retention.amendments import service as amendments
from functions.kinds import registry

bp = Blueprint(__name__)


@bp.schedule("rate(1 hour)", name="retention")
def retention(event: CloudWatchEvent) -> dict[str, int]:
    """Sweeps until nothing is due or its time is over, and returns the counts."""
    context: Any = event.context  # Lambda's object; Chalice takes it for a dict

    def remaining() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    notice = amendments.obeyed(notices.current())
    return retention_service.sweep(notice, registry(), remaining).told()

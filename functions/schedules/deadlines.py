"""The schedule `deadlines`: watches the clocks of people's requests."""

from datetime import timedelta
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.notices import service as notices
from chalicelib.requests.service import backlog
from chalicelib.requests.service.deadlines import watch

bp = Blueprint(__name__)


@bp.schedule("rate(1 hour)", name="deadlines")
def deadlines(event: CloudWatchEvent) -> dict[str, int]:
    """Does what is due, or as much as its time allows, and returns the counts.

    It also counts the open requests by their due day.
    """
    context: Any = event.context  # Lambda's object; Chalice takes it for a dict

    def remaining() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    told = watch(notices.current(), remaining).told()
    backlog.measure()
    return told

"""The schedule `relay`: sends again the jobs that were not done in time."""

from datetime import timedelta
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib import logs
from chalicelib.jobs import service as jobs
from chalicelib.notices import service as notices

bp = Blueprint(__name__)


class GivenUp(RuntimeError):
    """Jobs were not done before their retention ended; the failed invocation raises an alarm."""


class NotRelayed(RuntimeError):
    """Jobs could not be read or sent; all others were. The failed invocation raises an alarm."""


@bp.schedule("rate(5 minutes)", name="relay")
def relay(event: CloudWatchEvent) -> dict[str, int]:
    """Sends what is overdue, or as much as its time allows, and returns how many jobs that were.

    Raises GivenUp, NotRelayed.
    """
    context: Any = event.context  # Lambda's object; Chalice takes it for a dict

    def remaining() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    kept = notices.current().rule(jobs.KIND, "created")
    relayed = jobs.resend_overdue(kept.ends, remaining=remaining)
    logs.log("relay.looked", count=relayed.sent, remaining=relayed.given_up, failed=relayed.failed)
    if relayed.given_up:
        raise GivenUp
    if relayed.failed:
        raise NotRelayed
    return {"sent": relayed.sent}

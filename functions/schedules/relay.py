"""The schedule `relay`: sends again the jobs that were not done in time."""

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
def relay(_event: CloudWatchEvent) -> dict[str, int]:
    """Looks once and returns how many jobs were sent again. Raises GivenUp, NotRelayed."""
    kept = notices.current().rule(jobs.KIND, "created")
    relayed = jobs.resend_overdue(kept.ends)
    logs.log("relay.looked", count=relayed.sent, remaining=relayed.given_up, failed=relayed.failed)
    if relayed.given_up:
        raise GivenUp
    if relayed.failed:
        raise NotRelayed
    return {"sent": relayed.sent}

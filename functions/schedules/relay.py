"""The schedule `relay`: sends again the jobs that nobody finished in time."""

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib import logs
from chalicelib.jobs import service as jobs
from chalicelib.notices import service as notices

bp = Blueprint(__name__)


class GivenUp(RuntimeError):
    """Jobs were not done in all the time they had; the invocation fails, so that an alarm tells."""


class NotRelayed(RuntimeError):
    """Jobs could not be read or sent; all others were. The invocation fails, as for those."""


@bp.schedule("rate(5 minutes)", name="relay")
def relay(_event: CloudWatchEvent) -> dict[str, int]:
    """Looks once and answers how many jobs were sent again. Raises GivenUp, NotRelayed."""
    kept = notices.current().rule(jobs.KIND, "created")
    relayed = jobs.resend_overdue(kept.ends)
    logs.log("relay.looked", count=relayed.sent, remaining=relayed.given_up, failed=relayed.failed)
    if relayed.given_up:
        raise GivenUp
    if relayed.failed:
        raise NotRelayed
    return {"sent": relayed.sent}

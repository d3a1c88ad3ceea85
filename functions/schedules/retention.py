"""The schedule `retention`: erases what the notice says is due."""

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib import logs
from chalicelib.notices import service as notices
from chalicelib.retention import service as retention_service

bp = Blueprint(__name__)


class Unfinished(RuntimeError):
    """Some items could not be handled; the invocation fails, so that an alarm tells somebody."""


@bp.schedule("rate(1 hour)", name="retention")
def retention(_event: CloudWatchEvent) -> dict[str, int]:
    """Sweeps once and answers what it did, in numbers. Raises Unfinished."""
    swept = retention_service.sweep(notices.current())
    logs.log("retention.swept", erased=swept.erased, remaining=swept.failed)
    if swept.failed:
        raise Unfinished
    return {"erased": swept.erased, "postponed": swept.postponed, "reviews": swept.reviews}

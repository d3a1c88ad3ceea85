"""The schedule `activation`: records that a version took effect and begins the work after it."""

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.publications.service.activation import activate

bp = Blueprint(__name__)


@bp.schedule("rate(5 minutes)", name="activation")
def activation(_event: CloudWatchEvent) -> dict[str, int]:
    """Looks once and returns how many versions took effect. Raises NotAllTold."""
    return activate()

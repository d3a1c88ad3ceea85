"""The fate of events, as JSON."""

from chalicelib.activity.model import Judged
from chalicelib.web.contract import Json


def judged_shown(judged: Judged) -> Json:
    """Returns how many events are kept, and of each other one the place and the reason."""
    dropped: list[Json] = [
        {"index": one.index, "reason": str(one.reason)} for one in judged.dropped
    ]
    return {"accepted": judged.accepted, "dropped": dropped}

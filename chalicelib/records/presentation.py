"""Records that systems hand over, as JSON."""

from datetime import datetime

from chalicelib.instants import instant
from chalicelib.records.model import Clock, Named
from chalicelib.web.contract import Json


def kept_shown(named: Named, clock: Clock) -> Json:
    """Returns the name of a record, with its end or the event that its end begins with."""
    if clock.ends_at is None:
        return {"id": str(named), "ends_from": clock.ends_from}
    return ended_shown(str(named), clock.ends_at)


def ended_shown(name: str, ends_at: datetime) -> Json:
    """Returns the name of a record with its end."""
    return {"id": name, "ends_at": instant(ends_at)}

"""Duties to tell people of origins as JSON, in the contract's form."""

from chalicelib.instants import instant
from chalicelib.origins.model import Open
from chalicelib.web.contract import Json


def duty_shown(duty: Open) -> dict[str, Json]:
    """Returns the JSON of an open duty."""
    return {
        "subject": duty.subject,
        "category": duty.category,
        "began_at": instant(duty.began_at),
        "due_at": instant(duty.due_at),
        "reason": duty.reason,
    }

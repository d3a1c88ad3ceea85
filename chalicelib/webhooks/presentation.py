"""Deliveries as JSON, in the contract's form."""

from chalicelib.instants import instant, optional_instant
from chalicelib.web.contract import Json
from chalicelib.webhooks.model import Delivery


def delivery_shown(one: Delivery) -> Json:
    """Returns the JSON of a delivery, for the desk."""
    return {
        "id": one.id,
        "recipient": one.recipient,
        "type": str(one.event),
        "subject": one.subject,
        "entry_id": one.entry,
        "status": str(one.status),
        "attempts": one.attempts,
        "error": one.error,
        "created_at": instant(one.created_at),
        "updated_at": instant(one.updated_at),
        "delivered_at": optional_instant(one.delivered_at),
    }

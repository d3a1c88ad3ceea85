"""Messages as JSON."""

from typing import Any

from chalicelib.instants import instant
from chalicelib.messages.model import Message


def message_shown(message: Message) -> dict[str, Any]:
    """Returns a message as its person is shown it."""
    return {
        "id": message.id,
        "kind": message.form,
        "locale": message.locale,
        "written_at": instant(message.written_at),
        "closed_at": None if message.closed_at is None else instant(message.closed_at),
        "text": message.text,
        "fields": dict(message.fields),
        "ends_from": message.ends_from,
        "ends_at": None if message.ends_at is None else instant(message.ends_at),
        "reviewed_at": None if message.reviewed_at is None else instant(message.reviewed_at),
    }

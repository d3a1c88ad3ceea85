"""Behaviour of the kinds of messages, where it is not that of plain ones."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from chalicelib.catalogue import STORED
from chalicelib.kinds.model import Plain
from chalicelib.notices.model import Notice


class Places(Plain):
    """Entries by which messages are found by their address, each as long as its message is kept."""

    def is_used(
        self, subject: str, record_id: str, event: str, notice: Notice, now: datetime
    ) -> bool:
        """Tells whether the message is there. One GetItem."""
        from chalicelib.messages import store

        del subject, event, notice, now
        return store.has_message(record_id)


PLACES: Final = Places(STORED["message_place"])

"""Closes the case of a message, for the calls of systems that the room `records` takes."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from chalicelib.consents.service import filings
from chalicelib.errors import BadRequest, Conflict, Finding, NotFound
from chalicelib.messages import model, store
from chalicelib.messages.store import MessageItem, message_at
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.storage.transaction import Transaction

GONE: Final = "There is no such message."

_CLOSED: Final = "This case is closed already, as of another moment."


def close(
    write: Transaction, item: MessageItem, at: datetime, notice: Notice, now: datetime
) -> datetime | None:
    """Adds that the case of a message was closed at a moment, on which its end depends, once.

    Returns when it ends; None where it was closed as of that moment before, and nothing is added.
    Raises NotFound for one that is over, and one whose address is unproven; BadRequest for a moment
    before the message; Conflict where it was closed as of another one. The commit fails at
    the label `message` where another writer came first.
    """
    if ends.gone(item, notice, now) or item.due_event == model.UNPROVEN:
        raise NotFound(GONE)
    if item.closed_at is not None:
        if item.closed_at != at:
            raise Conflict(_CLOSED, type="move-not-allowed")
        return None
    if at < item.written_at:
        finding = Finding("/at", "must not be before the message")
        raise BadRequest("This moment does not fit.", type="validation", findings=(finding,))
    rule = notice.rule(model.KIND, model.CLOSED)
    store.close_message(write, item, at, rule.ends(at), rule.event)
    return filings.ends_first(item, rule.ends(at))


def end_of(item: MessageItem, notice: Notice) -> datetime:
    """Returns when a message ends whose case was closed; one that is held, when it would."""
    rule = notice.rule(model.KIND, model.CLOSED)
    return item.ends_at or rule.ends(item.closed_at or item.written_at)


__all__ = ["GONE", "close", "end_of", "message_at"]

"""Requests and exports as JSON, in the contract's form."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from chalicelib.instants import instant, optional_instant
from chalicelib.pages.words import words
from chalicelib.requests.clock.deadline import Deadline
from chalicelib.requests.machine import OF_SYSTEMS, Action, Entry, Status, disputed
from chalicelib.requests.model import Message, Timed
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from chalicelib.requests.service.exports import Issued


_EVENTS: Final = {
    Status.RECEIVED: Action.SUBMIT,
    Status.COMPLETED: Action.COMPLETE,
    Status.REFUSED: Action.REFUSE,
    Status.CANCELLED: Action.CANCEL,
}
"""The event of an entry that an older release recorded without one, by its status."""


def request_shown(timed: Timed) -> dict[str, Json]:
    """Returns the JSON of a request with its clock, for its person."""
    request, deadline = timed.request, timed.deadline
    return {
        "id": request.id,
        "right": request.right,
        "status": str(request.status),
        "channel": request.channel,
        "received_at": instant(request.received_at),
        "received_on": timed.received_on.isoformat(),
        "due_on": deadline.due_on.isoformat(),
        "due_at": instant(deadline.due_at),
        "extended": deadline.extended_on is not None,
        "paused_since": optional_instant(timed.paused_since),
        "overdue": timed.overdue,
        "disputed": disputed(request.history),
        "purposes": list(request.purposes),
        "categories": list(request.categories),
        "fields": list(request.fields),
        "outcome": None if request.outcome is None else str(request.outcome),
        "kept": [
            {
                "kind": one.kind,
                "category": one.category,
                "ground": one.ground,
                "ends_at": one.ends_at,
            }
            for one in request.kept
        ],
        "completed_at": optional_instant(request.completed_at),
        "history": [_entry(entry, timed) for entry in request.history],
        "clock": _clock(deadline),
    }


def one_shown(timed: Timed, messages: Sequence[Message]) -> dict[str, Json]:
    """Returns the JSON of a request with what was written about it, for its person."""
    return {
        **request_shown(timed),
        "messages": [
            {"at": instant(message.at), "by": message.by, "text": message.text}
            for message in messages
        ],
    }


def _entry(entry: Entry, timed: Timed) -> Json:
    return {
        "at": instant(entry.at),
        "status": str(entry.status),
        "event": None if entry.event is None else str(entry.event),
        "by": None if entry.by is None else str(entry.by),
        "reason": entry.reason,
        "text": event_text(entry, timed, timed.request.locale),
    }


def event_text(entry: Entry, timed: Timed, language: str) -> str | None:
    """Returns an entry in words; of a refusal also its ground, of another system its name.

    It is None for an entry of an older release that has no event.
    """
    event = entry.event or _EVENTS.get(entry.status)
    if event is None:
        return None
    named = words("requests", language)
    if event in OF_SYSTEMS:
        return named[f"event.{event}"].format(system=timed.systems.get(entry.reason or "", ""))
    ground = named.get(f"ground.{entry.reason}") if event is Action.REFUSE else None
    return " ".join(filter(None, [named[f"event.{event}"], ground]))


def _clock(deadline: Deadline) -> Json:
    extended_on = deadline.extended_on
    return {
        "counted_from": deadline.received_on.isoformat(),
        "first_due_on": deadline.first_due_on.isoformat(),
        "extended_on": None if extended_on is None else extended_on.isoformat(),
        "pauses": [
            {
                "cause": str(pause.cause),
                "since": pause.since.isoformat(),
                "until": None if pause.until is None else pause.until.isoformat(),
                "days": pause.days,
            }
            for pause in deadline.pauses
        ],
        "ends_on": deadline.ends_on.isoformat(),
        "days_off": [{"on": day.isoformat(), "why": str(why)} for day, why in deadline.days_off],
    }


def export_shown(issued: "Issued") -> Json:
    """Returns the JSON of an export's address, with its end, and of what lies there."""
    return {
        "url": issued.url,
        "expires_at": instant(issued.expires_at),
        "size": issued.size,
        "sha256": issued.sha256,
    }

"""Records the acts that leave a request open: its history, status, and next date."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from pynamodb.expressions.update import Action as Update

from chalicelib.decisions.restriction import Ground
from chalicelib.notices.model import Notice
from chalicelib.requests import agenda, store
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.grounds import Right
from chalicelib.requests.history import written
from chalicelib.requests.machine import CLOSED, Action, Actor, Entry, advanced
from chalicelib.requests.model import Asked, Request, timed
from chalicelib.requests.service import register
from chalicelib.requests.service.closure import REQUEST
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from chalicelib.requests.service.effects import Effect

EVENT: Final = "created"
"""The event from which an open request stands in its lane."""


_RESTRICTIONS: Final = Asked(Right.COPY)
"""A right for which nothing is read but the standing and its restrictions."""


class Place(NamedTuple):
    """The last moment of a request's due day, and the moment at which it is looked at next."""

    answer_due_at: datetime
    looked_at: datetime


def advance(
    write: Transaction,
    item: RequestItem,
    action: Action,
    actor: Actor,
    notice: Notice,
    now: datetime,
    reason: str | None = None,
) -> Entry:
    """Adds an act that does not close a request, on condition that its history is as it was read.

    An open request gets the due day that its facts give now, and the date at which it is looked at
    next. Returns the entry; its number is the length of the history that was read. Raises
    MoveNotAllowed and NoticeTooOld; the commit fails at the label `request` where the request was
    changed meanwhile.
    """
    request = store.request_of(item)
    history = advanced(request.history, action, actor, now, reason)
    entry = history[-1]
    actions: list[Update] = [
        RequestItem.status.set(str(entry.status)),
        RequestItem.history.set(RequestItem.history.append([written(entry)])),
    ]
    if entry.status not in CLOSED:
        after = replace(request, status=entry.status, history=history, completed_at=None)
        actions += dates(after, item.pk, notice, now)
        actions.append(RequestItem.completed_at.remove())
    item.sealed_fields = store.SEALED
    register.catch_up(write, item, notice)
    unchanged = RequestItem.history == list(item.history)
    write.update(item, actions, unchanged, label=REQUEST)
    return entry


def limit(
    write: Transaction, item: RequestItem, ground: Ground, notice: Notice, now: datetime
) -> "Effect":
    """Adds the limit on what a request is about, for a delay or a dispute of it.

    The jobs of the effect are to be sent after the commit. One BatchGetItem. The commit
    fails at the label `standing` where the person's standing was changed meanwhile.
    """
    # Imported here: most who record an act, such as the mail worker, limit nothing.
    from chalicelib.requests.service import effects

    person = effects.read(keys.subject_of(item.pk), _RESTRICTIONS, notice)
    return effects.limit(write, person, item, ground, notice, now)


def place_again(write: Transaction, item: RequestItem, notice: Notice, now: datetime) -> None:
    """Adds the next date of an open request that was looked at, on condition that it is as read."""
    item.sealed_fields = store.SEALED
    register.catch_up(write, item, notice)
    unchanged = (RequestItem.history == list(item.history)) & (RequestItem.due_at == item.due_at)
    write.update(
        item, dates(store.request_of(item), item.pk, notice, now), unchanged, label=REQUEST
    )


def dates(request: Request, pk: str, notice: Notice, now: datetime) -> list[Update]:
    """Returns the updates that place an open request in its lane, by its facts as of `now`."""
    placed = place(request, notice, now)
    return [
        RequestItem.lane.set(keys.lane(store.DEADLINE_LANE, pk)),
        RequestItem.due_at.set(placed.looked_at),
        RequestItem.due_event.set(EVENT),
        RequestItem.due_since.set(now),
        RequestItem.answer_due_at.set(placed.answer_due_at),
        *register.shelved_open(placed.answer_due_at),
    ]


def place(request: Request, notice: Notice, now: datetime) -> Place:
    """Returns the moments at which an open request is due, and looked at next.

    Raises NoticeTooOld.
    """
    found = timed(request, notice, now)
    calendar = calendar_of(*notice.working_days)
    return Place(found.deadline.due_at, agenda.next_look(found, calendar, now))

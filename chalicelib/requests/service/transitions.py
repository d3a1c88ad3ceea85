"""Records moves of a request in the table: the one place where its history goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as Update

from chalicelib.notices.model import Notice
from chalicelib.requests import agenda, store
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.history import written
from chalicelib.requests.machine import CLOSED, Entry, Status
from chalicelib.requests.model import Request, timed
from chalicelib.requests.service import register
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys
from chalicelib.storage.transaction import Transaction

REQUEST: Final = "request"
"""The label of the condition on the request."""

EVENT: Final = "created"
"""The event from which an open request stands in its lane."""


class Place(NamedTuple):
    """The last moment of a request's due day, and the moment at which it is looked at next."""

    answer_due_at: datetime
    looked_at: datetime


def record(
    write: Transaction,
    item: RequestItem,
    entries: Sequence[Entry],
    notice: Notice,
    now: datetime,
    also: Iterable[Any] = (),
    condition: Condition | None = None,
) -> None:
    """Adds entries to a request's history, on condition that it is still as it was read.

    `also` are further updates of the item, and `condition` takes the place of the usual one. A
    request that they close leaves its mark, is kept by the notice's rule and stands on the shelf of
    the month; one that stays open, or is open again, stands where its facts put it; a note on a
    closed one moves nothing. The commit fails at the label `request` where it was changed
    meanwhile. Raises NoticeTooOld.
    """
    before, last = store.request_of(item), entries[-1]
    actions: list[Any] = [
        RequestItem.status.set(str(last.status)),
        RequestItem.history.set(RequestItem.history.append([written(one) for one in entries])),
        *also,
    ]
    if last.status not in CLOSED:
        history = (*before.history, *entries)
        after = replace(before, status=last.status, history=history, completed_at=None)
        actions += dates(after, item.pk, notice, now)
        if before.status in CLOSED:
            actions.append(RequestItem.completed_at.remove())
    elif before.status not in CLOSED:
        actions += _closed(notice, item.pk, now)
        release_mark(write, item)
    update(write, item, actions, notice, condition)


def update(
    write: Transaction,
    item: RequestItem,
    actions: Sequence[Any],
    notice: Notice,
    condition: Condition | None = None,
) -> None:
    """Adds an update of a request, on condition that its history is as it was read.

    A request of an earlier release enters the register by it.
    """
    register.catch_up(write, item, notice)
    unchanged = RequestItem.history == list(item.history)
    item.sealed_fields = store.SEALED
    write.update(item, actions, unchanged if condition is None else condition, label=REQUEST)


def release_mark(write: Transaction, item: RequestItem) -> None:
    """Adds the end of the mark that an open request holds, as it was read.

    One that waits for its proof holds none: the mark of its right is that of another request.
    """
    if item.status != Status.AWAITING_VERIFICATION:
        write.delete(store.mark_of(item))


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


def _closed(notice: Notice, pk: str, now: datetime) -> list[Any]:
    rule = notice.rule(RequestItem.KIND, "closed")
    return [
        RequestItem.completed_at.set(now),
        RequestItem.lane.set(keys.lane(store.RULE_LANE, pk)),
        RequestItem.due_at.set(rule.ends(now)),
        RequestItem.due_event.set(rule.event),
        RequestItem.due_since.set(now),
        RequestItem.waits_until.remove(),
        *register.shelved_closed(now, notice),
    ]

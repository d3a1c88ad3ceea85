"""Records moves of a request in the table: its history, status, dates and shelf."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.history import written
from chalicelib.requests.machine import CLOSED, Entry
from chalicelib.requests.service import register
from chalicelib.requests.service.closure import REQUEST, release_mark
from chalicelib.requests.service.progress import dates
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys
from chalicelib.storage.transaction import Transaction


def record(
    write: Transaction,
    item: RequestItem,
    entries: Sequence[Entry],
    notice: Notice,
    now: datetime,
    also: Iterable[Any] = (),
) -> None:
    """Adds entries to a request's history, on condition that it is still as it was read.

    `also` are further updates of the item. A request that they close leaves its mark and stands on
    the shelf of the month; one that stays open stands where its facts put it; a note on a closed
    one moves nothing. The commit fails at the label `request` where it was changed meanwhile.
    Raises NoticeTooOld.
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
    elif before.status not in CLOSED:
        actions += _closed(notice, item.pk, now)
        release_mark(write, item)
    item.sealed_fields = store.SEALED
    register.catch_up(write, item, notice)
    write.update(item, actions, RequestItem.history == list(item.history), label=REQUEST)


def _closed(notice: Notice, pk: str, now: datetime) -> list[Any]:
    rule = notice.rule(RequestItem.KIND, "closed")
    return [
        RequestItem.completed_at.set(now),
        RequestItem.lane.set(keys.lane(store.RULE_LANE, pk)),
        RequestItem.due_at.set(rule.ends(now)),
        RequestItem.due_event.set(rule.event),
        RequestItem.due_since.set(now),
        *register.shelved_closed(now, notice),
    ]

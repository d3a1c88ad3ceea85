"""Closes a request: answered or cancelled, from then on kept by the notice's rule."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as Update

from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.machine import Action, Actor, advanced
from chalicelib.requests.service.transitions import record
from chalicelib.requests.store import RequestItem
from chalicelib.storage.transaction import Transaction


def close(
    write: Transaction,
    item: RequestItem,
    action: Action,
    actor: Actor,
    notice: Notice,
    now: datetime,
    condition: Condition,
    also: Sequence[Update] = (),
) -> None:
    """Adds an action that closes a request, on a condition, and the end of its right's mark.

    `also` are further updates of the request (`effects.Effect.on_request`). Raises MoveNotAllowed.
    """
    entry = advanced(store.request_of(item).history, action, actor, now)[-1]
    record(write, item, [entry], notice, now, also, condition)

"""Closes a request: answered or cancelled, from then on kept by the notice's rule."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as Update

from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.history import written
from chalicelib.requests.machine import Action, Actor, Status, advanced
from chalicelib.requests.service import register
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys
from chalicelib.storage.transaction import Transaction

REQUEST = "request"
"""The label of the condition on the request."""


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
    rule = notice.rule(RequestItem.KIND, "closed")
    item.sealed_fields = store.SEALED
    register.catch_up(write, item, notice)
    write.update(
        item,
        actions=[
            RequestItem.status.set(str(entry.status)),
            RequestItem.completed_at.set(now),
            RequestItem.history.set(RequestItem.history.append([written(entry)])),
            RequestItem.lane.set(keys.lane(store.RULE_LANE, item.pk)),
            RequestItem.due_at.set(rule.ends(now)),
            RequestItem.due_event.set(rule.event),
            RequestItem.due_since.set(now),
            *register.shelved_closed(now, notice),
            *also,
        ],
        condition=condition,
        label=REQUEST,
    )
    release_mark(write, item)


def release_mark(write: Transaction, item: RequestItem) -> None:
    """Adds the end of the mark that an open request holds, as it was read.

    One that waits for its proof holds none: the mark of its right is that of another request.
    """
    if item.status != Status.AWAITING_VERIFICATION:
        write.delete(store.mark_of(item))

"""Records the acts that leave a request open: its history, status, and next date."""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.decisions.restriction import Ground
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Action, Actor, Entry, advanced
from chalicelib.requests.model import Asked
from chalicelib.requests.service.transitions import dates, record, update
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from chalicelib.requests.service.effects import Effect

_RESTRICTIONS: Final = Asked(Right.COPY)
"""A right for which nothing is read but the standing and its restrictions."""


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
    entry = advanced(store.request_of(item).history, action, actor, now, reason)[-1]
    record(write, item, [entry], notice, now)
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
    unchanged = (RequestItem.history == list(item.history)) & (RequestItem.due_at == item.due_at)
    placed = dates(store.request_of(item), item.pk, notice, now)
    update(write, item, placed, notice, unchanged)

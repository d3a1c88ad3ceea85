"""The end of a subject: its erasure is marked, what goes is noted, and a tombstone takes its place.

Each change stands under a condition on the life, so that no two of them happen in another order.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from pynamodb.expressions.update import Action

from chalicelib.notices.model import Notice
from chalicelib.storage import condition, keys
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import encoding, guard, store
from chalicelib.subjects.model import Erasure, Life, Standing, Tombstone
from chalicelib.subjects.service import since_in
from chalicelib.subjects.store import StandingItem, TombstoneItem

TOMBSTONE: Final = TombstoneItem.KIND
"""The kind of the item that is left of an erased subject."""

TOMBSTONE_EVENT: Final = "ended"
"""The event of the rule of tombstones."""

STANDING: Final = "standing"
"""The label of the condition on the standing."""

WATCHED: Final = timedelta(hours=1)
"""The time after which the sweep looks whether an erasure that a request began is done."""


def mark(write: Transaction, standing: Standing, erasure: Erasure) -> Standing:
    """Adds the beginning of an erasure that a request asks for; returns the standing after it.

    It fails where life or limits are not those that were read. From then on sessions are over and
    nothing is added; the sweep looks at the standing again after an hour.
    """
    item = _item(standing.subject)
    write.update(
        item,
        actions=[
            StandingItem.state.set(str(Life.ERASING)),
            StandingItem.erasure.set(encoding.pack_erasure(erasure)),
            StandingItem.lane.set(keys.lane(store.LANE, item.pk)),
            StandingItem.due_at.set(erasure.since + WATCHED),
            StandingItem.due_event.set(erasure.event),
            StandingItem.due_since.set(erasure.since),
        ],
        condition=guard.unchanged(standing),
        label=STANDING,
    )
    return replace(standing, life=Life.ERASING, erasure=erasure)


def begin(
    subject: str, event: str, since: datetime, notice: Notice, now: datetime
) -> Standing | None:
    """Marks a subject whose time is over as being erased, so that nothing is added any more.

    Returns its standing as marked, or None where the subject is left alone: `event` and `since`
    are what its end was reckoned from, and a subject that changed meanwhile (the address was
    proven, something was decided, it was used) has others; one whose processing is restricted
    stays. A subject that is marked already is returned as it is. One GetItem and one UpdateItem.
    """
    item = store.get_standing(subject)
    if item is None or item.kind != StandingItem.KIND or item.due_event != event:
        return None
    before = store.standing_of(item)
    if before.erasing and before.erasure is not None:
        return before
    if since_in(item, event) != since or before.restricted:
        return None
    erasure = Erasure(event, now, None, notice.version)
    unchanged = (
        (StandingItem.head == item.head)
        & guard.unchanged(before)
        & (StandingItem.due_event == event)
        & (StandingItem.last_activity_at == item.last_activity_at)
    )
    actions: list[Action] = [
        StandingItem.state.set(str(Life.ERASING)),
        StandingItem.erasure.set(encoding.pack_erasure(erasure)),
    ]
    marked = condition.held(lambda: item.update(actions=actions, condition=unchanged))
    return replace(before, life=Life.ERASING, erasure=erasure) if marked else None


def note(write: Transaction, standing: Standing, erasure: Erasure) -> Standing:
    """Adds what goes and who is told, once, to a standing whose erasure has begun.

    The recipients of the data are cleared in the same transaction that has them told, so they are
    told once, however often an erasure is taken up again. Returns the standing after it.
    """
    if standing.erasure is None:
        raise ValueError("no erasure has begun")
    before = encoding.pack_erasure(standing.erasure)
    write.update(
        _item(standing.subject),
        actions=[
            StandingItem.erasure.set(encoding.pack_erasure(erasure)),
            StandingItem.disclosed.remove(),
        ],
        condition=guard.erasing()
        & (StandingItem.erasure == before)
        & store.same_disclosed(standing),
        label=STANDING,
    )
    return replace(standing, erasure=erasure, disclosed=frozenset())


def bury(write: Transaction, standing: Standing, stays: Mapping[str, datetime]) -> Tombstone | None:
    """Adds the tombstone in place of a standing that is being erased; nothing where nothing stays.

    Returns the tombstone. It fails where the standing is not being erased any more.
    """
    erasure = standing.erasure
    if erasure is None:
        raise ValueError("no erasure has begun")
    being_erased = guard.erasing() & guard.same_holds(standing.limits.held)
    if not stays:
        write.delete(_item(standing.subject), condition=being_erased, label=STANDING)
        return None
    stone = Tombstone(
        standing.subject,
        erasure.event,
        erasure.since,
        standing.seq,
        standing.head,
        stays,
        min(stays.values()),
        standing.limits.held,
    )
    write.replace(store.tombstone_item(stone), condition=being_erased, label=STANDING)
    return stone


def tombstone_of(subject: str) -> Tombstone | None:
    """Returns the tombstone of an erased subject, or None. One strongly consistent GetItem."""
    item = store.get_tombstone(subject)
    return None if item is None else store.tombstone_of(item)


def renew(write: Transaction, before: Tombstone, stays: Mapping[str, datetime]) -> None:
    """Adds what is left later, in place of the tombstone that was read; its end where nothing is.

    It fails where the tombstone is not as it was read.
    """
    pk, sk = store.standing_place(before.subject)
    unchanged = (
        (TombstoneItem.kind == TombstoneItem.KIND)
        & (TombstoneItem.stays == encoding.pack_ends(before.stays))
        & guard.same_holds(before.held)
    )
    if not stays:
        write.delete(TombstoneItem(pk=pk, sk=sk), condition=unchanged, label=TOMBSTONE)
        return
    after = replace(before, stays=stays, due_at=min(stays.values()))
    write.replace(store.tombstone_item(after), condition=unchanged, label=TOMBSTONE)


def _item(subject: str) -> StandingItem:
    pk, sk = store.standing_place(subject)
    return StandingItem(pk=pk, sk=sk)

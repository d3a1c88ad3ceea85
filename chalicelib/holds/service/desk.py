"""The desk's work on holds: places, renews, lifts and lists them, with an entry of the audit each.

The same hold placed once more (the same subject, ground, and classes or records) renews the one
that stands: a repetition does nothing twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from chalicelib import clock, ids
from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Action
from chalicelib.errors import BadRequest, Conflict, Finding, NotFound
from chalicelib.holds import model, store
from chalicelib.holds.model import Asked, Hold
from chalicelib.holds.service import lane
from chalicelib.holds.store import HoldItem
from chalicelib.notices.model import Notice
from chalicelib.storage import keys, reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.shelves import Shelved
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Life
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem

WITH_IT: Final = 95
"""Most records that leave or enter the lane in the transaction of the act itself."""

_LIVES: Final = frozenset({Life.PENDING, Life.ACTIVE, Life.DEACTIVATED})
"""The lives in which something can be held: later the erasure has won."""

_NOBODY: Final = "There is no such person."
_GONE: Final = "There is no such hold, or it has ended."


@dataclass(frozen=True, slots=True)
class Placed:
    """A hold after it was placed; `already` is True where one that stood was renewed."""

    hold: Hold
    already: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of holds with their reasons, where they were asked for, and where the page ended.

    `last` is the date on the shelf, the subject and the id of the last hold that was looked at;
    None where there is no more.
    """

    holds: tuple[tuple[Hold, str | None], ...]
    last: tuple[datetime, str, str] | None = None


def place(by: str, asked: Asked, notice: Notice) -> Placed:
    """Places a hold for a member of the desk, whose subject is `by`, or renews the same one.

    BatchGetItem of standing, key and head of the audit; a Query of the holds where there are some;
    a BatchGetItem of a few named records, or a Query a class and MB; one KMS call of an account;
    one transaction with the hold, the flag, the entry of the audit and up to WITH_IT records; and
    one for each 99 records more. Of a hold and an erasure at one moment one wins whole. Raises
    NotFound; BadRequest where a named record does not exist; Conflict (`too-late`) for a person
    who is being erased, or was; Conflict for one hold too many; Contention.
    """
    placed, flag, left = patiently(lambda: _place_once(by, asked, notice))
    lane.settle(placed.hold, flag, left)
    return placed


def lift(by: str, name: str, notice: Notice) -> Hold:
    """Ends a hold for a member of the desk, and returns it; its records are due at their own ends.

    `name` is its public name. BatchGetItem of standing and head of the audit, two Queries, and a
    transaction as in `place`. The sweep removes what is left of it. Raises NotFound, Contention.
    """
    subject, _, hold_id = name.partition(".")
    if not (model.ID.fullmatch(subject) and model.ID.fullmatch(hold_id)):
        raise NotFound(_GONE)
    ended, flag, left = patiently(lambda: _lift_once(by, subject, hold_id, notice))
    lane.let_go(ended, flag, left)
    return ended


def listed(after: tuple[datetime, str, str] | None, limit: int) -> Listed:
    """Lists up to `limit` holds that stand, the first to end first, without their reasons.

    One Query of the index and one BatchGetItem. A page may hold fewer than `limit` although more
    follow: a hold that is over stays on the shelf until the sweep comes.
    """
    place = None if after is None else Shelved(*store.hold_place(after[1], after[2]), after[0])
    shelved, more = store.on_shelf(place, limit)
    now = clock.now()
    found = [store.hold_of(item) for item in store.holds_at(shelved) if item is not None]
    last = None if more is None else (more.at, keys.subject_of(more.pk), keys.record_id(more.sk))
    return Listed(tuple((one, None) for one in found if one.stands(now)), last)


def of_person(by: str, subject: str, notice: Notice) -> Listed:
    """Lists the holds on the records of a person with their reasons, for a member of the desk.

    The look is recorded before anything is shown. One Query, one BatchGetItem, at most one KMS
    call, one GetItem and one transaction of the audit. Raises Contention.
    """
    items = store.holds_of(subject)
    (key,) = reads.batch([key_at(subject)])
    audit.record(Act(by, Action.HOLDS_READ, subject), notice)
    return Listed(_opened(items, key))


def key_at(subject: str) -> Place:
    """Returns the place of the data key that opens the reasons of a person's holds."""
    return DataKeyItem, keys.subject(subject), HoldItem.CLASS


def opened(subject: str, key: DataKeyItem | None) -> tuple[tuple[Hold, str | None], ...]:
    """Returns the holds that stand on a person's records, the first to end first, with reasons.

    `key` is what lies at `key_at`. It is for a caller who recorded the look. One Query, and one KMS
    call where there is a reason and the key is KMS's to open.
    """
    return _opened(store.holds_of(subject), key)


def _opened(
    items: Sequence[HoldItem], key: DataKeyItem | None
) -> tuple[tuple[Hold, str | None], ...]:
    now, sealed = clock.now(), any(one.sealed is not None for one in items)
    data_key = vault.open_key(key) if key is not None and sealed else None
    found = []
    for item in items:
        reason = None if data_key is None else vault.open_item(item, data_key).get("reason")
        found.append((store.hold_of(item), reason))
    standing = [one for one in found if one[0].stands(now)]
    return tuple(sorted(standing, key=lambda one: (one[0].until, one[0].id)))


def _place_once(by: str, asked: Asked, notice: Notice) -> tuple[Placed, int, Sequence[Item]]:
    subject, now = asked.subject, clock.now()
    standing, key, head = reads.batch(
        [
            subjects.standing_at(subject),
            (DataKeyItem, keys.subject(subject), HoldItem.CLASS),
            audit.head_at(),
        ]
    )
    _require_somebody(standing, key)
    known = store.holds_of(subject) if standing is None or standing.held else []
    same = _same(known, asked, now)
    before = None if same is None else store.hold_of(same)
    hold = Hold(
        id=ids.new_id() if before is None else before.id,
        subject=subject,
        ground=asked.ground,
        placed_at=now if before is None else before.placed_at,
        until=asked.until,
        by=by,
        classes=asked.classes,
        records=asked.records,
    )
    records = store.records_of(hold)
    _require_all(asked, records)
    item, write = store.hold_item(hold), Transaction(notice)
    vault.seal_item(item, vault.open_key(key), {"reason": asked.reason})
    if same is None:
        write.put(item)
    else:
        write.replace(item, condition=HoldItem.until == same.until, label=store.HOLD)
    flag = 0 if standing is None else lifecycle.flag_holds(write, standing, now)
    left = list(lane.in_lane(hold, records))
    for record in left[:WITH_IT]:
        store.take_out(write, record)
    action = Action.HOLD_PLACED if same is None else Action.HOLD_RENEWED
    audit.follow(write, Act(by, action, subject, hold=model.facts(hold)), notice, now, head)
    write.commit()
    return Placed(hold, already=same is not None), flag, left[WITH_IT:]


def _require_somebody(standing: Any, key: DataKeyItem | None) -> None:
    """Raises NotFound for nobody, and Conflict for somebody whose erasure has begun.

    Somebody without an account, who asked by an address, has a key and no standing.
    """
    if standing is None and key is None:
        raise NotFound(_NOBODY)
    if key is None or (standing is not None and standing.state not in _LIVES):
        detail = "The person's data is erased, or is being erased: nothing can be held any more."
        raise Conflict(detail, type="too-late")


def _same(known: Sequence[HoldItem], asked: Asked, now: datetime) -> HoldItem | None:
    """Returns the hold that is renewed, None for a new one. Raises Conflict for one too many."""
    stand = 0
    for item in known:
        hold = store.hold_of(item)
        if not hold.stands(now):
            continue
        stand += 1
        if (hold.ground, hold.classes, hold.records) == (
            asked.ground,
            asked.classes,
            asked.records,
        ):
            return item
    if stand >= model.MOST_HOLDS:
        raise Conflict(f"More than {model.MOST_HOLDS} holds on one person's records.")
    return None


def _require_all(asked: Asked, records: Sequence[Item]) -> None:
    """Raises BadRequest with a finding for each named record that does not exist."""
    found = {store.named_as(record) for record in records if not record.going}
    missing = tuple(
        Finding(f"/records/{index}", "is no record of this person")
        for index, named in enumerate(asked.named)
        if named not in found
    )
    if missing:
        detail = "Some of the records do not exist; nothing is held."
        raise BadRequest(detail, type="validation", findings=missing)


def _lift_once(
    by: str, subject: str, hold_id: str, notice: Notice
) -> tuple[Hold, int, Sequence[Item]]:
    now = clock.now()
    standing, head = reads.batch([subjects.standing_at(subject), audit.head_at()])
    items = {keys.record_id(item.sk): item for item in store.holds_of(subject)}
    item = items.pop(hold_id, None)
    hold = None if item is None else store.hold_of(item)
    if item is None or hold is None or not hold.stands(now):
        raise NotFound(_GONE)
    others = model.standing_at(map(store.hold_of, items.values()), now)
    write, left = Transaction(notice), list(lane.out_of_lane(hold, others))
    store.end(write, item, now)
    for record in left[:WITH_IT]:
        store.put_back(write, record)
    flag = 0
    if standing is not None:
        flag = lifecycle.flag_holds(write, standing, now, stand=bool(items))
    ended = replace(hold, until=now)
    lifted = Act(by, Action.HOLD_LIFTED, subject, hold=model.facts(ended))
    audit.follow(write, lifted, notice, now, head)
    write.commit()
    return ended, flag, left[WITH_IT:]


__all__ = [
    "Listed",
    "Placed",
    "key_at",
    "lift",
    "listed",
    "of_person",
    "opened",
    "place",
]

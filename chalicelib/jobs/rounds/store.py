"""Rounds in the table, in the partition of the version that they are about.

One item a round, and one more for each part that it was spread into.
"""

from datetime import datetime

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.jobs.rounds.model import Round, Status
from chalicelib.storage import keys, reads
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import Transaction

LANE = "rule"

_PART = "-"
"""Between a round's action and the shard of a part of it, in sort keys."""


class RoundItem(Item):
    """The progress of a round.

    The cursor holds a subject's id while the round runs.
    """

    KIND = "round"
    CLASS = "core"

    action = UnicodeAttribute()
    target = UnicodeAttribute()
    step = NumberAttribute()
    pass_number = NumberAttribute()
    shard = NumberAttribute()
    cursor = UnicodeAttribute(null=True)
    tallies = JSONAttribute()
    status = UnicodeAttribute()
    started_at = InstantAttribute()
    finished_at = InstantAttribute(null=True)
    part = NumberAttribute(null=True)
    parts = NumberAttribute(null=True)


def get_round(about: str, action: str) -> Round | None:
    """Returns a round, or None when there is none. One strongly consistent GetItem."""
    item = get_item(about, action)
    return None if item is None else round_of(about, item)


def get_item(about: str, action: str, part: int | None = None) -> RoundItem | None:
    """Returns the item of a round, or of a part of it; None when there is none.

    One strongly consistent GetItem.
    """
    pk, sk = _place(about, action, part)
    try:
        return RoundItem.get(pk, sk, consistent_read=True)
    except RoundItem.DoesNotExist:
        return None


def get_part(about: str, action: str, part: int) -> tuple[Round | None, Round | None]:
    """Returns a round and one of its parts, each None where it is missing.

    One strongly consistent BatchGetItem.
    """
    wanted = [(RoundItem, *_place(about, action)), (RoundItem, *_place(about, action, part))]
    whole, its = (None if one is None else round_of(about, one) for one in reads.batch(wanted))
    return whole, its


def get_parts(about: str, action: str) -> list[Round]:
    """Returns the parts of a round. One strongly consistent Query."""
    pk, sk = _place(about, action)
    found = RoundItem.query(pk, RoundItem.sk.startswith(f"{sk}{_PART}"), consistent_read=True)
    return [round_of(about, item) for item in found]


def put_new(
    write: Transaction, begun: Round, ends: datetime, event: str, instead: RoundItem | None
) -> None:
    """Adds a round that begins, on condition that `instead`, which was read before, is unchanged.

    Where `instead` is None there must be no round. The item expires at `ends`, counted from
    `event`.
    """
    item = _item(begun)
    item.schedule(LANE, ends, event, begun.started_at)
    condition = None
    if instead is not None:
        condition = (RoundItem.step == instead.step) & (RoundItem.target == instead.target)
    write.put(item, label="round", condition=condition)


def put_part(write: Transaction, part: Round, ends: datetime, event: str) -> None:
    """Adds a part of a round in place of one of an earlier round.

    The caller's transaction also takes the whole round a step further, which only one worker can.
    """
    item = _item(part)
    item.schedule(LANE, ends, event, part.started_at)
    write.replace(item, label="part")


def put_step(write: Transaction, before: Round, after: Round) -> None:
    """Adds the update of a round's progress, unless the same step was done or it was stopped."""
    item = _item(after)
    cursor = RoundItem.cursor
    write.update(
        RoundItem(pk=item.pk, sk=item.sk),
        actions=[
            RoundItem.step.set(after.step),
            RoundItem.pass_number.set(after.pass_number),
            RoundItem.shard.set(after.shard),
            RoundItem.tallies.set(item.tallies),
            RoundItem.status.set(str(after.status)),
            cursor.remove() if after.cursor is None else cursor.set(after.cursor),
            *([RoundItem.finished_at.set(after.finished_at)] if after.finished_at else []),
            *([RoundItem.parts.set(after.parts)] if after.parts else []),
        ],
        condition=(
            (RoundItem.step == before.step)
            & (RoundItem.target == before.target)
            & (RoundItem.status == str(Status.RUNNING))
        ),
        label="round",
    )


def put_stop(write: Transaction, about: str, action: str, now: datetime) -> None:
    """Adds the update that stops a round, at whatever step it is."""
    pk, sk = _place(about, action)
    write.update(
        RoundItem(pk=pk, sk=sk, kind=RoundItem.KIND),
        actions=[RoundItem.status.set(str(Status.STOPPED)), RoundItem.finished_at.set(now)],
        condition=RoundItem.pk.exists(),
        label="round",
    )


def round_of(about: str, item: RoundItem) -> Round:
    """Returns the round that an item stores."""
    return Round(
        about=about,
        action=item.action,
        target=item.target,
        step=int(item.step),
        pass_number=int(item.pass_number),
        shard=int(item.shard),
        cursor=item.cursor,
        totals=item.tallies["totals"],
        latest=item.tallies["latest"],
        status=Status(item.status),
        started_at=item.started_at,
        finished_at=item.finished_at,
        part=None if item.part is None else int(item.part),
        parts=int(item.parts or 0),
    )


def _item(stands: Round) -> RoundItem:
    pk, sk = _place(stands.about, stands.action, stands.part)
    return RoundItem(
        pk=pk,
        sk=sk,
        kind=RoundItem.KIND,
        action=stands.action,
        target=stands.target,
        step=stands.step,
        pass_number=stands.pass_number,
        shard=stands.shard,
        cursor=stands.cursor,
        tallies={"totals": dict(stands.totals), "latest": dict(stands.latest)},
        status=str(stands.status),
        started_at=stands.started_at,
        finished_at=stands.finished_at,
        part=stands.part,
        parts=stands.parts or None,
    )


def _place(about: str, action: str, part: int | None = None) -> tuple[str, str]:
    name = action if part is None else f"{action}{_PART}{part:02d}"
    return keys.notice(about), keys.record(RoundItem.CLASS, RoundItem.KIND, name)

"""The standing in the table, and the restrictions beside it."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.subjects import encoding
from chalicelib.subjects.model import Life, Limits, Standing, Tombstone
from chalicelib.subjects.restriction import Restriction

LANE = "rule"

ENDING_LANE = "deadline"
"""The lane of restrictions whose end was told."""


class StandingItem(Item):
    """The standing: one item per subject, packed so that it stays under a write unit (1 KiB)."""

    KIND = "standing"
    CLASS = "core"

    state = UnicodeAttribute()
    """The subject's life, under the name that a copy of the data and the API have for it."""
    locale = UnicodeAttribute()
    notice_version = UnicodeAttribute()
    seq = NumberAttribute()
    head = BinaryAttribute(legacy_encoding=False)
    decisions = UnicodeAttribute()
    events = BinaryAttribute(legacy_encoding=False)
    registered_at = InstantAttribute()
    last_activity_at = InstantAttribute()
    claim = BinaryAttribute(legacy_encoding=False, null=True)
    generation = NumberAttribute(default=0)
    muted = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=0)
    signal_at = InstantAttribute(null=True)
    suppressed = UnicodeAttribute(null=True)
    disclosed = UnicodeAttribute(null=True)
    captures = UnicodeAttribute(null=True)
    disowned = BooleanAttribute(null=True)
    restricted = NumberAttribute(null=True)
    held = NumberAttribute(null=True)
    offered = NumberAttribute(null=True)
    erasure = UnicodeAttribute(null=True)
    warned = UnicodeAttribute(null=True)
    interest_at = InstantAttribute(null=True)
    lapsed = UnicodeAttribute(null=True)
    filed = UnicodeAttribute(null=True)
    filings = NumberAttribute(null=True)


class TombstoneItem(Item):
    """The tombstone of an erased subject, in the place of its standing.

    Every condition on a life fails there. `stays` has the kinds of what is left, each with its last
    end, and `head` and `seq` are those of the chain whose entries are left. The event in the due
    index is that of the rule by which the subject was erased, since when it is.
    """

    KIND = "tombstone"
    CLASS = "core"

    state = UnicodeAttribute()
    seq = NumberAttribute()
    head = BinaryAttribute(legacy_encoding=False)
    stays = UnicodeAttribute()
    held = NumberAttribute(null=True)


class RestrictionItem(Item):
    """The restrictions of a subject, each as a text of ids; there is none where none stands."""

    KIND = "restriction"
    CLASS = "core"

    restrictions: ListAttribute[Any] = ListAttribute()


def standing_place(subject: str) -> tuple[str, str]:
    """Returns partition and sort key of a subject's standing."""
    return keys.subject(subject), keys.record(StandingItem.CLASS, StandingItem.KIND)


def restriction_place(subject: str) -> tuple[str, str]:
    """Returns partition and sort key of a subject's restrictions."""
    return keys.subject(subject), keys.record(RestrictionItem.CLASS, RestrictionItem.KIND)


def restriction_item(
    subject: str, restrictions: Collection[Restriction], now: datetime
) -> RestrictionItem:
    """Returns a subject's restrictions as they are stored, due when the first of them ends."""
    pk, sk = restriction_place(subject)
    texts = [encoding.pack_restriction(one) for one in restrictions]
    item = RestrictionItem(pk=pk, sk=sk, kind=RestrictionItem.KIND, restrictions=texts)
    ends = [one.ends_at for one in restrictions if one.ends_at is not None]
    if ends:
        item.schedule(ENDING_LANE, min(ends), "ended", now)
    return item


def restrictions_of(item: RestrictionItem) -> tuple[Restriction, ...]:
    """Returns the restrictions that an item stores."""
    return tuple(map(encoding.restriction_in, item.restrictions))


def standing_item(standing: Standing) -> StandingItem:
    """Returns a standing as it is stored."""
    pk, sk = standing_place(standing.subject)
    return StandingItem(
        pk=pk,
        sk=sk,
        kind=StandingItem.KIND,
        state=str(standing.life),
        locale=standing.locale,
        notice_version=standing.notice_version,
        seq=standing.seq,
        head=bytes.fromhex(standing.head),
        decisions=encoding.pack(standing.decisions, standing.asks),
        events=encoding.pack_events(standing.events),
        registered_at=standing.registered_at,
        last_activity_at=standing.last_activity_at,
        generation=standing.generation,
        muted=pack_ids(standing.muted),
        revision=standing.revision,
        claim=None if standing.claim is None else bytes.fromhex(standing.claim),
        signal_at=standing.signal_at,
        suppressed=standing.suppressed,
        disclosed=pack_ids(standing.disclosed),
        captures=encoding.pack_rate(standing.captures),
        disowned=standing.disowned or None,
        restricted=standing.limits.restricted or None,
        held=standing.limits.held or None,
        offered=standing.offered or None,
        erasure=None if standing.erasure is None else encoding.pack_erasure(standing.erasure),
        warned=None if standing.warned is None else encoding.pack_warned(standing.warned),
        interest_at=standing.interest_at,
        lapsed=encoding.pack_lapses(standing.lapsed),
        filed=pack_ids(standing.filed),
        filings=standing.filings or None,
    )


def pack_ids(ids: frozenset[str]) -> str | None:
    """Returns ids of the notice, such as of muted notifications, as one text; None if none."""
    return " ".join(sorted(ids)) or None


def same_disclosed(standing: Standing) -> Condition:
    """Returns the condition that no disclosure happened since a standing was read.

    Otherwise its recipient would not be told of the change.
    """
    packed = pack_ids(standing.disclosed)
    found: Condition = (
        StandingItem.disclosed.does_not_exist()
        if packed is None
        else StandingItem.disclosed == packed
    )
    return found


def filing(standing: Standing, kind: str) -> tuple[list[Action], Condition | None]:
    """Returns the actions that count a record of a kind, and their condition, if there is one.

    The first of a kind adds it to those of the subject, which have to be as they were read.
    """
    actions: list[Action] = [StandingItem.filings.add(1)]
    if kind in standing.filed:
        return actions, None
    packed = pack_ids(standing.filed)
    same = StandingItem.filed.does_not_exist() if packed is None else StandingItem.filed == packed
    kinds = " ".join(sorted(standing.filed | {kind}))
    return [*actions, StandingItem.filed.set(kinds)], same


def preferences(before: Standing, after: Standing) -> list[Action]:
    """Returns the actions that store changed preferences; none where they did not change."""
    if before.revision == after.revision:
        return []
    muted, packed = StandingItem.muted, pack_ids(after.muted)
    return [
        StandingItem.revision.set(after.revision),
        muted.remove() if packed is None else muted.set(packed),
    ]


def captures(before: Standing, after: Standing) -> list[Action]:
    """Returns the actions that store the count of entries; none where no entry was added."""
    if before.captures == after.captures:
        return []
    return [StandingItem.captures.set(encoding.pack_rate(after.captures))]


def restriction(before: Standing, after: Standing) -> list[Action]:
    """Returns the actions that store the flag of restrictions; none where it did not change."""
    flag = after.limits.restricted
    if before.limits.restricted == flag:
        return []
    return [StandingItem.restricted.set(flag) if flag else StandingItem.restricted.remove()]


def tombstone_item(stone: Tombstone) -> TombstoneItem:
    """Returns a tombstone as it is stored, due when the next of what stays ends."""
    pk, sk = standing_place(stone.subject)
    item = TombstoneItem(
        pk=pk,
        sk=sk,
        kind=TombstoneItem.KIND,
        state=str(Life.ERASED),
        seq=stone.seq,
        head=bytes.fromhex(stone.head),
        stays=encoding.pack_ends(stone.stays),
        held=stone.held or None,
    )
    item.schedule(LANE, stone.due_at, stone.event, stone.erased_at)
    return item


def tombstone_of(item: TombstoneItem) -> Tombstone:
    """Returns the tombstone that an item stores."""
    if item.due_at is None or item.due_event is None or item.due_since is None:
        raise ValueError("a tombstone is always due")
    return Tombstone(
        keys.subject_of(item.pk),
        item.due_event,
        item.due_since,
        int(item.seq),
        item.head.hex(),
        encoding.ends_in(item.stays),
        item.due_at,
        int(item.held or 0),
    )


def get_tombstone(subject: str) -> TombstoneItem | None:
    """Returns the tombstone in the place of a standing, or None. One GetItem, strong."""
    try:
        item = TombstoneItem.get(*standing_place(subject), consistent_read=True)
    except TombstoneItem.DoesNotExist:
        return None
    return item if item.kind == TombstoneItem.KIND else None


def _erased(item: StandingItem) -> Standing:
    """Returns the standing that a tombstone stands for: nothing is known, and nothing decided."""
    since = item.due_since or datetime.min.replace(tzinfo=UTC)
    return Standing(
        keys.subject_of(item.pk),
        Life.ERASED,
        locale="",
        notice_version="",
        seq=int(item.seq),
        head=item.head.hex(),
        decisions={},
        events=(),
        registered_at=since,
        last_activity_at=since,
    )


def standing_of(item: StandingItem) -> Standing:
    """Returns the standing that an item stores, also one whose place has a tombstone by now."""
    if item.kind == TombstoneItem.KIND:
        return _erased(item)
    of = item.attribute_values  # thirty descriptors cost as much as the call
    return Standing(
        subject=keys.subject_of(of["pk"]),
        life=Life(of["state"]),
        locale=of["locale"],
        notice_version=of["notice_version"],
        seq=int(of["seq"]),
        head=of["head"].hex(),
        decisions=encoding.decisions_in(of["decisions"], of.get("interest_at"), of.get("lapsed")),
        events=encoding.events_in(of["events"]),
        registered_at=of["registered_at"],
        last_activity_at=of["last_activity_at"],
        generation=int(of["generation"]),
        muted=frozenset((of.get("muted") or "").split()),
        revision=int(of["revision"]),
        claim=None if of.get("claim") is None else of["claim"].hex(),
        signal_at=of.get("signal_at"),
        suppressed=of.get("suppressed"),
        disclosed=frozenset((of.get("disclosed") or "").split()),
        asks=encoding.asks_in(of["decisions"]),
        captures=encoding.rate_in(of.get("captures")),
        limits=Limits(
            disowned=bool(of.get("disowned")),
            restricted=int(of.get("restricted") or 0),
            held=int(of.get("held") or 0),
        ),
        offered=int(of.get("offered") or 0),
        erasure=encoding.erasure_in(of.get("erasure")),
        warned=encoding.warned_in(of.get("warned")),
        interest_at=of.get("interest_at"),
        filed=frozenset((of.get("filed") or "").split()),
        filings=int(of.get("filings") or 0),
        restrictions=None if of.get("restricted") else (),
    )


def get_standing(subject: str) -> StandingItem | None:
    """Returns the item of a subject's standing, or None.

    The read is strongly consistent: an eventual one could miss a withdrawal.
    """
    pk, sk = standing_place(subject)
    try:
        return StandingItem.get(pk, sk, consistent_read=True)
    except StandingItem.DoesNotExist:
        return None


def get_restrictions(subject: str) -> RestrictionItem | None:
    """Returns the item of a subject's restrictions, or None. One strongly consistent GetItem."""
    pk, sk = restriction_place(subject)
    try:
        return RestrictionItem.get(pk, sk, consistent_read=True)
    except RestrictionItem.DoesNotExist:
        return None

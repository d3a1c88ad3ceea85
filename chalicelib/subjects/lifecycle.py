"""The changes of an account, each added to a transaction under its own condition.

A standing is written by many at once. So the condition names what was decided upon: the life and
limits (`guard`), the generation of sessions, or the revision of what its person may edit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.notices.model import Notice, RetentionRule
from chalicelib.storage import keys
from chalicelib.storage.attributes import still
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import encoding, guard, store
from chalicelib.subjects.model import BOUNCE, USABLE, Life, Standing, Warned
from chalicelib.subjects.restriction import Restriction
from chalicelib.subjects.store import RestrictionItem, StandingItem

_NONE: Mapping[tuple[str, int], datetime] = MappingProxyType({})

ERASED = "erased"
"""The state of a tombstone, which lies in the place of the standing of an erased subject."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of interest, and the ends of the consents that it came too late for."""

    at: datetime
    lapses: Mapping[tuple[str, int], datetime]


ACCOUNT = "account"
"""The label of the condition that a subject is an account in a certain life."""


def activate(
    write: Transaction, item: StandingItem, address_mac: str, notice: Notice, now: datetime
) -> None:
    """Adds the change from a pending to an active account: decisions about its address count.

    The keyed hash of the address is kept, so that an erasure finds the claim without the address.
    """
    rule = notice.rule(StandingItem.KIND, "last_activity")
    subject = keys.subject_of(item.pk)
    write.update(
        item,
        actions=[
            StandingItem.state.set(str(Life.ACTIVE)),
            StandingItem.last_activity_at.set(now),
            StandingItem.claim.set(bytes.fromhex(address_mac)),
            StandingItem.suppressed.remove(),  # mail has just come to this address
            StandingItem.lane.set(keys.lane(store.LANE, item.pk)),
            StandingItem.due_at.set(rule.first_look(now)),
            StandingItem.due_event.set(rule.event),
            StandingItem.due_since.set(now),
        ],
        condition=guard.account_in(subject, Life.PENDING),
        label="standing",
    )


def require_account(write: Transaction, subject: str, *lives: Life) -> None:
    """Adds the condition, labelled `account`, that a subject is an account in one of these lives.

    A disowned account and a visitor fail it in every life. A record that is written about a subject
    whose erasure has begun would outlive it.
    """
    write.check(
        StandingItem,
        *store.standing_place(subject),
        condition=guard.account_in(subject, *lives),
        label=ACCOUNT,
    )


def require_there(write: Transaction, subject: str, label: str = "standing") -> None:
    """Adds the condition that a subject is an account or a visitor whose erasure has not begun."""
    place = store.standing_place(subject)
    write.check(StandingItem, *place, condition=guard.there(), label=label)


def require_unchanged(write: Transaction, standing: Standing, label: str = "standing") -> None:
    """Adds the condition that a subject's life and limits are those that were read."""
    place = store.standing_place(standing.subject)
    write.check(StandingItem, *place, condition=guard.unchanged(standing), label=label)


def file(write: Transaction, standing: Standing, kind: str) -> None:
    """Adds to the write of a record of a kind that its subject's standing counts it.

    It is on condition that decisions, life and limits are those that were read: every decision
    moves the head of the chain, so that a consent which ended meanwhile permits nothing. And no
    decision about what the record is for is written by anybody who did not see the record.
    """
    same = (StandingItem.head == bytes.fromhex(standing.head)) & guard.unchanged(standing)
    actions, first = store.filing(standing, kind)
    condition = same if first is None else same & first
    write.update(_item(standing.subject), actions, condition, label="standing")


def require_same_filings(write: Transaction, standing: Standing) -> None:
    """Adds the condition that nothing was decided about a subject, and no record filed, since."""
    same = StandingItem.head == bytes.fromhex(standing.head)
    same &= still(StandingItem.filings, standing.filings)
    write.check(StandingItem, *store.standing_place(standing.subject), same, "standing")


def record_activity(
    write: Transaction, subject: str, now: datetime, generation: int | None = None
) -> None:
    """Adds the time of an account's last activity, on condition that the account is usable.

    With `generation`, also on condition that it is still the account's: a password that was proven
    about an earlier one may have changed. The due date is left alone: the sweep reads the last
    activity and moves it.
    """
    condition = guard.account_in(subject, *USABLE)
    if generation is not None:
        condition &= still(StandingItem.generation, generation)
    write.update(
        _item(subject),
        actions=[StandingItem.last_activity_at.set(now)],
        condition=condition,
        label="active",
    )


def record_permitted(
    write: Transaction, standing: Standing, kind: str, now: datetime, sign: Sign | None = None
) -> None:
    """Adds to the write of a record of a kind by an account's person that the standing permits it.

    The standing has it as the last activity, counts it as in `file`, and keeps a `sign` of
    interest.

    It fails where the account, its limits, its sessions or any of its decisions changed meanwhile:
    every decision moves the head of the chain, so a consent that ended permits nothing any more.
    """
    condition = _usable(standing) & guard.unchanged(standing)
    condition &= still(StandingItem.generation, standing.generation)
    condition &= StandingItem.head == bytes.fromhex(standing.head)
    actions, first = store.filing(standing, kind)
    if first is not None:
        condition &= first
    actions = [StandingItem.last_activity_at.set(now), *actions]
    if sign is not None:
        condition &= _same_interest(standing)
        actions += [StandingItem.interest_at.set(sign.at), *_lapsed(sign.lapses)]
    write.update(_item(standing.subject), actions, condition, label="standing")


def warn(
    write: Transaction, item: StandingItem, warned: Warned | None, due_at: datetime, label: str
) -> None:
    """Adds the last warning of an unused account, and when it is to be looked at next.

    With None it has no warning any more: all of them are given anew. `item` is the standing as it
    was read; activity, another life or limit, and another warning in between make it fail, under
    the label.
    """
    packed = None if warned is None else encoding.pack_warned(warned)
    given = StandingItem.warned.remove() if packed is None else StandingItem.warned.set(packed)
    _look_later(write, item, [StandingItem.due_at.set(due_at), given], label)


def stop(
    write: Transaction, item: StandingItem, rule: RetentionRule, now: datetime, label: str
) -> None:
    """Adds that an unused account is stopped by its rule, and `rule` counts from now on.

    It fails as `warn` does. Its person may sign in and take it up again.
    """
    life = StandingItem.state.set(str(Life.DEACTIVATED))
    _look_later(write, item, [life, *_begins(rule, now)], label)


def resume(write: Transaction, item: StandingItem, rule: RetentionRule, label: str) -> None:
    """Adds that an account, used since its rule stopped it, ends by the rule of its activity again.

    It fails as `warn` does.
    """
    _look_later(write, item, _begins(rule, item.last_activity_at), label)


def _begins(rule: RetentionRule, since: datetime) -> list[Action]:
    """Returns the actions by which a period of a standing begins at `since`, without warnings."""
    return [
        StandingItem.due_at.set(rule.first_look(since)),
        StandingItem.due_event.set(rule.event),
        StandingItem.due_since.set(since),
        StandingItem.warned.remove(),
    ]


def _look_later(write: Transaction, item: StandingItem, actions: list[Action], label: str) -> None:
    """Adds a later look at an account, on condition that it is as it was read, and not used."""
    unwarned = StandingItem.warned.does_not_exist()
    same: Condition = guard.unchanged(store.standing_of(item))
    same &= StandingItem.lane.exists() & (StandingItem.due_at == item.due_at)
    same &= StandingItem.last_activity_at == item.last_activity_at
    same &= unwarned if item.warned is None else StandingItem.warned == item.warned
    lane = StandingItem.lane.set(keys.lane(store.LANE, item.pk))
    subject = keys.subject_of(item.pk)
    write.update(_item(subject), [lane, *actions], same, label=label)


def record_interest(
    write: Transaction,
    subject: str,
    now: datetime,
    generation: int,
    *,
    unbroken_since: datetime | None = None,
    seen: Standing | None = None,
    lapses: Mapping[tuple[str, int], datetime] = _NONE,
) -> None:
    """Adds a sign of interest of an account's person, which is an activity too: a sign-in.

    Without the standing `seen` no consent of an account whose last sign came after `unbroken_since`
    has ended, and the write fails for any other, under the label `active`. With it `lapses` are
    those that had ended by now, and the write fails if another sign came meanwhile.
    """
    condition = guard.account_in(subject, *USABLE) & still(StandingItem.generation, generation)
    actions: list[Action] = [
        StandingItem.last_activity_at.set(now),
        StandingItem.interest_at.set(now),
    ]
    if seen is not None:
        condition &= _same_interest(seen)
        actions += _lapsed(lapses)
    elif unbroken_since is not None:
        condition &= _interested_after(unbroken_since)
    write.update(_item(subject), actions=actions, condition=condition, label="active")


def _lapsed(lapses: Mapping[tuple[str, int], datetime]) -> list[Action]:
    packed = encoding.pack_lapses(lapses)
    return [] if packed is None else [StandingItem.lapsed.set(packed)]


def _interested_after(since: datetime) -> Condition:
    """Returns the condition that the last sign, or where there is none the account, is younger."""
    never: Condition = StandingItem.interest_at.does_not_exist()
    never &= StandingItem.registered_at > since
    found: Condition = (StandingItem.interest_at > since) | never
    return found


def _same_interest(seen: Standing) -> Condition:
    if seen.interest_at is None:
        unknown: Condition = StandingItem.interest_at.does_not_exist()
        return unknown
    same: Condition = StandingItem.interest_at == seen.interest_at
    return same


def begin_generation(
    write: Transaction,
    standing: Standing,
    now: datetime,
    claim: str | None = None,
    *,
    reached: bool = False,
) -> int:
    """Adds the end of all sessions of an account; returns the generation that begins.

    With `claim`, the keyed hash of an address, the account also moves to that address. `reached`
    says that a mail has just come to its address, which clears an earlier bounce.
    """
    generation = standing.generation + 1
    actions: list[Action] = [StandingItem.generation.set(generation)]
    if reached and standing.suppressed == BOUNCE:
        actions.append(StandingItem.suppressed.remove())
    _change(write, standing, now, actions, claim)
    return generation


def move(write: Transaction, standing: Standing, claim: str, now: datetime) -> None:
    """Adds the move of an account to another address, of which `claim` is the keyed hash."""
    _change(write, standing, now, [], claim)


def _change(
    write: Transaction,
    standing: Standing,
    now: datetime,
    actions: list[Action],
    claim: str | None,
) -> None:
    condition = _usable(standing) & still(StandingItem.generation, standing.generation)
    if claim is not None:
        actions = [
            *actions,
            StandingItem.claim.set(bytes.fromhex(claim)),
            StandingItem.suppressed.remove(),  # that was said of the other address
            StandingItem.revision.set(standing.revision + 1),
        ]
        condition &= still(StandingItem.revision, standing.revision)
        condition &= store.same_disclosed(standing)
    write.update(
        _item(standing.subject),
        actions=[*actions, StandingItem.last_activity_at.set(now)],
        condition=condition,
        label="standing",
    )


def begin_revision(
    write: Transaction,
    standing: Standing,
    activity: datetime | None,
    after: Standing | None = None,
    *,
    to: int | None = None,
) -> None:
    """Adds a new revision of an account's profile, on condition that the one read is the latest.

    Fails if a disclosure or a decision happened since the read: the recipient would miss the
    change, or refused data would get no erasure date. `activity` is when the person did it; None
    where somebody else did. With the standing `after` other changes of the same act, the flag of
    its restrictions is written too. It is the next one, or the one that a replay says in `to`.
    """
    revision = standing.revision + 1 if to is None else to
    actions: list[Action] = [StandingItem.revision.set(revision)]
    condition = _usable(standing)
    if activity is not None:
        actions.append(StandingItem.last_activity_at.set(activity))
    if after is not None:
        actions += store.restriction(standing, after)
        condition &= guard.unchanged(standing)
    write.update(
        _item(standing.subject),
        actions=actions,
        condition=condition
        & still(StandingItem.revision, standing.revision)
        & (StandingItem.head == bytes.fromhex(standing.head))
        & store.same_disclosed(standing),
        label="revision",
    )


def mute(write: Transaction, standing: Standing, notification: str) -> None:
    """Adds that a notification is turned off, on condition that the revision read is the latest.

    It works in every life and with every limit, as long as they are those that were read.
    """
    muted = " ".join(sorted(standing.muted | {notification}))
    write.update(
        _item(standing.subject),
        actions=[
            StandingItem.revision.set(standing.revision + 1),
            StandingItem.muted.set(muted),
        ],
        condition=guard.unchanged(standing) & still(StandingItem.revision, standing.revision),
        label="revision",
    )


def suppress(write: Transaction, standing: Standing, reason: str) -> None:
    """Adds the reason (bounce or complaint) for which mail to a subject's address stops.

    Fails if the subject has another address, or another reason, than when it was read.
    """
    claim = standing.claim
    same = (
        StandingItem.claim.does_not_exist()
        if claim is None
        else StandingItem.claim == bytes.fromhex(claim)
    )
    write.update(
        _item(standing.subject),
        actions=[StandingItem.suppressed.set(reason)],
        condition=guard.unchanged(standing) & same & _same_reason(standing),
        label="standing",
    )


def _same_reason(standing: Standing) -> Condition:
    found: Condition = (
        StandingItem.suppressed.does_not_exist()
        if standing.suppressed is None
        else StandingItem.suppressed == standing.suppressed
    )
    return found


def change_life(
    write: Transaction,
    standing: Standing,
    life: Life,
    now: datetime,
    after: Standing | None = None,
) -> None:
    """Adds the change of a usable account to another life, from the one that was read.

    With the standing `after` other changes of the same act, the flag of its restrictions is written
    too.
    """
    flag = [] if after is None else store.restriction(standing, after)
    write.update(
        _item(standing.subject),
        actions=[StandingItem.state.set(str(life)), StandingItem.last_activity_at.set(now), *flag],
        condition=_usable(standing)
        & guard.unchanged(standing)
        & still(StandingItem.generation, standing.generation),
        label="standing",
    )


def restrict(
    write: Transaction, before: Standing, restrictions: tuple[Restriction, ...], now: datetime
) -> Standing:
    """Adds the restrictions that stand beside a standing, in place of those that were read.

    Returns the standing with its flag, which the caller writes in the same transaction, under the
    condition that its limits are those that were read: the flag tells that the restrictions are.
    `before` must have been read with its restrictions. Raises ValueError for one that was not.
    """
    if before.restricted and before.restrictions is None:
        raise ValueError("the restrictions were not read")
    if restrictions:
        write.replace(store.restriction_item(before.subject, restrictions, now))
    elif before.restricted:
        pk, sk = store.restriction_place(before.subject)
        write.delete(RestrictionItem(pk=pk, sk=sk))
    flag = max(round(now.timestamp() * 1000), before.limits.restricted + 1) if restrictions else 0
    limits = replace(before.limits, restricted=flag)
    return replace(before, limits=limits, restrictions=restrictions)


def change_restriction(
    write: Transaction, before: Standing, after: Standing, *, activity: datetime | None = None
) -> None:
    """Adds the flag of the restrictions, on condition that life and limits are those as read.

    Fails also if a disclosure happened meanwhile: its recipient would not be told. With `activity`
    the person did it, which counts as their last activity, in an account that they can use.
    """
    condition = guard.unchanged(before) & store.same_disclosed(before)
    actions = store.restriction(before, after)
    if activity is not None:
        condition &= _usable(before) & still(StandingItem.generation, before.generation)
        actions.append(StandingItem.last_activity_at.set(activity))
    write.update(_item(before.subject), actions=actions, condition=condition, label="standing")


def flag_holds(write: Transaction, item: StandingItem, now: datetime, *, stand: bool = True) -> int:
    """Adds the flag of the holds on a subject's records, if they and its life are as it was read.

    So has to be the revision of its profile: of a hold and an erasure of some categories at one
    moment, one comes first.

    `item` is what lies in the place of the standing, the tombstone of a subject whose data is
    erased among them: where less is held than before, what is left of it is due at once. Returns
    the flag; with `stand` false there is no hold any more, and the flag is 0.
    """
    known = int(item.held or 0)
    flag = max(round(now.timestamp() * 1000), known + 1) if stand else 0
    actions = [StandingItem.held.set(flag) if flag else StandingItem.held.remove()]
    if item.state == ERASED:
        actions.append(StandingItem.due_at.set(now))
    write.update(
        StandingItem(pk=item.pk, sk=item.sk),
        actions=actions,
        condition=guard.in_state(item.state)
        & guard.same_holds(known)
        & still(StandingItem.revision, int(item.revision or 0)),
        label="standing",
    )
    return flag


def require_same_holds(write: Transaction, subject: str, flag: int) -> None:
    """Adds the condition that the holds on a subject's records are those of a flag."""
    write.check(StandingItem, *store.standing_place(subject), guard.same_holds(flag), "standing")


def disown(write: Transaction, standing: Standing, notice: Notice, now: datetime) -> None:
    """Adds that a registration whose address was never proven is disowned, and due for erasure.

    Fails if a disclosure happened since the read: its recipient would not be told.
    """
    rule = notice.rule(StandingItem.KIND, "disowned")
    item = _item(standing.subject)
    write.update(
        item,
        actions=[
            StandingItem.disowned.set(True),
            StandingItem.lane.set(keys.lane(store.LANE, item.pk)),
            StandingItem.due_at.set(rule.ends(now)),
            StandingItem.due_event.set(rule.event),
            StandingItem.due_since.set(now),
        ],
        condition=guard.account_in(standing.subject, Life.PENDING) & store.same_disclosed(standing),
        label="standing",
    )


def require_holder(write: Transaction, subject: str, address_mac: str, *, active: bool) -> None:
    """Adds the condition that an account holds an address and, with `active`, is active."""
    condition = StandingItem.claim == bytes.fromhex(address_mac)
    if active:
        condition &= guard.account_in(subject, Life.ACTIVE)
    write.check(StandingItem, *store.standing_place(subject), condition, "holder")


def _item(subject: str) -> StandingItem:
    pk, sk = store.standing_place(subject)
    return StandingItem(pk=pk, sk=sk)


def _usable(standing: Standing) -> Condition:
    return guard.account_in(standing.subject, *USABLE)

"""What happens to an account: each step as a part of a transaction, under its own condition.

A standing is written by many at once. So every step says what it was decided upon: the state, the
generation of sessions, or the revision of what its person may edit.
"""

from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.notices.model import Notice
from chalicelib.storage import keys
from chalicelib.storage.attributes import still
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import store
from chalicelib.subjects.model import BOUNCE, USABLE, Standing, State
from chalicelib.subjects.store import StandingItem


def activate(
    write: Transaction, item: StandingItem, address_mac: str, notice: Notice, now: datetime
) -> None:
    """Adds the change from a pending to an active account: decisions about its address count.

    The keyed hash of the address is kept, so that an erasure finds the claim without the address.
    """
    rule = notice.rule(StandingItem.KIND, "last_activity")
    write.update(
        item,
        actions=[
            StandingItem.state.set(str(State.ACTIVE)),
            StandingItem.last_activity_at.set(now),
            StandingItem.claim.set(bytes.fromhex(address_mac)),
            StandingItem.suppressed.remove(),  # whoever proves an address gets mail there
            StandingItem.lane.set(keys.lane(store.LANE, item.pk)),
            StandingItem.due_at.set(rule.ends(now)),
            StandingItem.due_event.set(rule.event),
            StandingItem.due_since.set(now),
        ],
        condition=StandingItem.state == str(State.PENDING),
        label="standing",
    )


def require_state(write: Transaction, subject: str, *states: State) -> None:
    """Adds the condition that a subject is in one of these states, labelled with the first's name.

    What is written about somebody whose erasure has begun would outlive them.
    """
    write.check(
        StandingItem,
        *store.standing_place(subject),
        condition=StandingItem.state.is_in(*map(str, states)),
        label=str(states[0]),
    )


def record_activity(
    write: Transaction, subject: str, now: datetime, generation: int | None = None
) -> None:
    """Adds that an account was used, on condition that it may be.

    With `generation`, also on condition that it is still the account's: what was proven about an
    earlier one, such as a password, may have changed. The due date is left alone: the sweep
    reads the last activity and moves it.
    """
    condition = _usable()
    if generation is not None:
        condition &= still(StandingItem.generation, generation)
    write.update(
        _item(subject),
        actions=[StandingItem.last_activity_at.set(now)],
        condition=condition,
        label="active",
    )


def begin_generation(
    write: Transaction,
    standing: Standing,
    now: datetime,
    claim: str | None = None,
    *,
    reached: bool = False,
) -> int:
    """Adds that all of an account's sessions end; answers the generation that begins.

    With `claim`, the keyed hash of an address, the account also moves to that address. `reached`
    says that a mail has come to its address just now: then mail does not bounce there any more.
    """
    generation = standing.generation + 1
    actions: list[Action] = [StandingItem.generation.set(generation)]
    if reached and standing.suppressed == BOUNCE:
        actions.append(StandingItem.suppressed.remove())
    _change(write, standing, now, actions, claim)
    return generation


def move(write: Transaction, standing: Standing, claim: str, now: datetime) -> None:
    """Adds that an account moves to another address, of which `claim` is the keyed hash."""
    _change(write, standing, now, [], claim)


def _change(
    write: Transaction,
    standing: Standing,
    now: datetime,
    actions: list[Action],
    claim: str | None,
) -> None:
    condition = _usable() & still(StandingItem.generation, standing.generation)
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


def begin_revision(write: Transaction, standing: Standing, now: datetime) -> None:
    """Adds that what an account's person may edit changes, if nobody changed it meanwhile.

    Nor may anybody have received data of it meanwhile, who would not be told of the change, nor
    its person have decided anything: data that they just refused would have no date to go.
    """
    write.update(
        _item(standing.subject),
        actions=[
            StandingItem.revision.set(standing.revision + 1),
            StandingItem.last_activity_at.set(now),
        ],
        condition=_usable()
        & still(StandingItem.revision, standing.revision)
        & (StandingItem.head == bytes.fromhex(standing.head))
        & store.same_disclosed(standing),
        label="revision",
    )


def mute(write: Transaction, standing: Standing, notification: str) -> None:
    """Adds that a notification is turned off, if nobody changed what is set meanwhile.

    The person may have stopped the account, or not have proven the address yet: it is not asked.
    """
    muted = " ".join(sorted(standing.muted | {notification}))
    write.update(
        _item(standing.subject),
        actions=[
            StandingItem.revision.set(standing.revision + 1),
            StandingItem.muted.set(muted),
        ],
        condition=(StandingItem.state == str(standing.state))
        & still(StandingItem.revision, standing.revision),
        label="revision",
    )


def suppress(write: Transaction, standing: Standing, reason: str) -> None:
    """Adds that no mail goes to somebody's address any more, and why: bounce or complaint.

    On condition that it is still the address that `standing` had, and that no other reason came
    meanwhile.
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
        condition=(StandingItem.state == str(standing.state)) & same & _same_reason(standing),
        label="standing",
    )


def _same_reason(standing: Standing) -> Condition:
    found: Condition = (
        StandingItem.suppressed.does_not_exist()
        if standing.suppressed is None
        else StandingItem.suppressed == standing.suppressed
    )
    return found


def change_state(write: Transaction, standing: Standing, state: State, now: datetime) -> None:
    """Adds that an account is stopped or taken up again by its person."""
    write.update(
        _item(standing.subject),
        actions=[StandingItem.state.set(str(state)), StandingItem.last_activity_at.set(now)],
        condition=(StandingItem.state == str(standing.state))
        & still(StandingItem.generation, standing.generation),
        label="standing",
    )


def restrict(write: Transaction, standing: Standing, notice: Notice, now: datetime) -> None:
    """Adds that an account that was never verified is kept from every use, and due for erasure."""
    rule = notice.rule(StandingItem.KIND, "disowned")
    item = _item(standing.subject)
    write.update(
        item,
        actions=[
            StandingItem.state.set(str(State.RESTRICTED)),
            StandingItem.lane.set(keys.lane(store.LANE, item.pk)),
            StandingItem.due_at.set(rule.ends(now)),
            StandingItem.due_event.set(rule.event),
            StandingItem.due_since.set(now),
        ],
        condition=(StandingItem.state == str(State.PENDING)) & store.same_disclosed(standing),
        label="standing",
    )


def require_holder(write: Transaction, subject: str, address_mac: str, *, active: bool) -> None:
    """Adds the condition that an account holds an address, and is in use where `active` says so."""
    condition = StandingItem.claim == bytes.fromhex(address_mac)
    if active:
        condition &= StandingItem.state == str(State.ACTIVE)
    write.check(StandingItem, *store.standing_place(subject), condition, "holder")


def _item(subject: str) -> StandingItem:
    pk, sk = store.standing_place(subject)
    return StandingItem(pk=pk, sk=sk)


def _usable() -> Condition:
    usable: Condition = StandingItem.state.is_in(*sorted(map(str, USABLE)))
    return usable

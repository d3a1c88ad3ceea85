"""The standing of a subject for other capabilities, from registration to erasure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.storage import condition, reads
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import guard, model, store
from chalicelib.subjects.model import Life, Standing
from chalicelib.subjects.restriction import Restriction
from chalicelib.subjects.store import RestrictionItem, StandingItem

STANDING = StandingItem.KIND
"""The kind of the item that is a subject's standing."""


def standing_at(subject: str) -> Place:
    """Returns the place of a subject's standing, for reading it together with other items."""
    return (StandingItem, *store.standing_place(subject))


def standing_of(item: StandingItem) -> Standing:
    """Returns the standing that an item stores."""
    return store.standing_of(item)


def restrictions_at(subject: str) -> Place:
    """Returns the place of a subject's restrictions, for reading it together with other items."""
    return (RestrictionItem, *store.restriction_place(subject))


def with_restrictions(standing: Standing, item: RestrictionItem | None) -> Standing:
    """Returns a standing with its restrictions, read at the same time or later.

    Where the flag stands and the item is missing, they are not known: everything counts as
    restricted (`decisions.permission`).
    """
    if not standing.restricted:
        return replace(standing, restrictions=())
    return standing if item is None else replace(standing, restrictions=store.restrictions_of(item))


def restrictions_of(subject: str) -> tuple[Restriction, ...] | None:
    """Returns a subject's restrictions, None where none are stored. One GetItem, strong."""
    item = store.get_restrictions(subject)
    return None if item is None else store.restrictions_of(item)


def completed(standing: Standing) -> Standing:
    """Returns a standing with its restrictions. No call, or one GetItem where the flag stands."""
    if not standing.restricted:
        return with_restrictions(standing, None)
    return replace(standing, restrictions=restrictions_of(standing.subject))


def complete(standings: Sequence[Standing]) -> list[Standing]:
    """Returns up to 100 standings with their restrictions, in their order.

    No call where no flag stands, else one BatchGetItem, strongly consistent, of a read unit for
    each flag.
    """
    flagged = [one.subject for one in standings if one.restricted]
    items = reads.batch([restrictions_at(one) for one in flagged]) if flagged else []
    found = dict(zip(flagged, items, strict=True))
    return [with_restrictions(one, found.get(one.subject)) for one in standings]


def claim_in(fields: Mapping[str, Any]) -> str | None:
    """Returns the keyed hash (hex) of the address in the fields of a stored standing, or None."""
    claim = fields.get("claim")
    return None if claim is None else bytes(claim).hex()


def account_standing(subject: str) -> Standing | None:
    """Returns a subject's standing, or None when it is gone. One strongly consistent GetItem."""
    item = store.get_standing(subject)
    return None if item is None else store.standing_of(item)


def item_of(subject: str) -> StandingItem | None:
    """Returns what lies in the place of a standing, a tombstone among them. One GetItem, strong."""
    return store.get_standing(subject)


def since(subject: str, event: str) -> datetime | None:
    """Returns when the event from which a subject's retention runs happened last.

    None when the subject is gone. One GetItem.
    """
    item = store.get_standing(subject)
    return None if item is None else _since(item, event)


def _since(item: StandingItem, event: str) -> datetime:
    if event == "disowned" and item.due_since is not None:
        return item.due_since
    return model.since(store.standing_of(item), event)


def forget_disclosed(write: Transaction, standing: Standing) -> None:
    """Clears the recipients of a subject being erased, in the transaction that has them told.

    So they are told once, however often an erasure is taken up again.
    """
    pk, sk = store.standing_place(standing.subject)
    write.update(
        StandingItem(pk=pk, sk=sk),
        actions=[StandingItem.disclosed.remove()],
        condition=guard.erasing() & store.same_disclosed(standing),
        label="standing",
    )


def begin_erasure(subject: str, event: str, since: datetime, holds: int = 0) -> Standing | None:
    """Marks a subject as being erased, so that nothing is added to it any more.

    Returns its standing as marked, or None where the subject is left alone: `event` and
    `since` are what its end was reckoned from, and a subject that changed meanwhile (the address
    was proven, something was decided) has others. So is one whose flag of holds is not `holds`: its
    caller has looked at the holds before. A subject that is marked already is marked again.
    """
    item = store.get_standing(subject)
    if item is None or item.due_event != event:
        return None
    if _since(item, event) != since:
        return None
    before = store.standing_of(item)
    if before.limits.held != holds:
        return None
    unchanged = (
        (StandingItem.head == item.head)
        & guard.unchanged(before)
        & (StandingItem.due_event == event)
    )
    erasing = StandingItem.state.set(str(Life.ERASING))
    marked = condition.held(lambda: item.update(actions=[erasing], condition=unchanged))
    return store.standing_of(item) if marked else None

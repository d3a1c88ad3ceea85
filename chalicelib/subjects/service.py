"""The standing of a subject for other capabilities, from registration to erasure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.storage import reads
from chalicelib.storage.reads import Place
from chalicelib.subjects import model, store
from chalicelib.subjects.model import Standing
from chalicelib.subjects.restriction import Restriction
from chalicelib.subjects.store import RestrictionItem, StandingItem

STANDING = StandingItem.KIND
"""The kind of the item that is a subject's standing."""

_DATED = frozenset({"disowned", "closed"})
"""Events whose instant the standing has only in its date."""


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
        return standing if standing.restrictions == () else replace(standing, restrictions=())
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


def item_in(item: Mapping[str, Any]) -> StandingItem:
    """Returns what DynamoDB sent of the place of a standing, a tombstone among them, as an item."""
    return StandingItem.from_raw_data(dict(item))


def item_of(subject: str) -> StandingItem | None:
    """Returns what lies in the place of a standing, a tombstone among them. One GetItem, strong."""
    return store.get_standing(subject)


def since(subject: str, event: str) -> datetime | None:
    """Returns when the event from which a subject's retention runs happened last.

    None when the subject is gone. One GetItem.
    """
    item = store.get_standing(subject)
    return None if item is None else since_in(item, event)


def since_in(item: StandingItem, event: str) -> datetime:
    """Returns when the event of a stored standing happened last."""
    if event in _DATED and item.due_since is not None:
        return item.due_since
    return model.since(store.standing_of(item), event)

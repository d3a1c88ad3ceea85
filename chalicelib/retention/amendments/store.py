"""Amendments in the table: one item a version that changes rules, beside its document.

It holds the ids of rules and counts, and nothing about anybody.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.instants import optional_instant
from chalicelib.retention.amendments.model import Amendment, Amendments, Change, Key, Status
from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import Transaction

LABEL = "amendments"


class AmendmentsItem(Item):
    """The changed rules of a version, and whether the records there are go by them."""

    KIND = "notice"

    before = UnicodeAttribute()
    rules = JSONAttribute()
    since = InstantAttribute()
    revision = NumberAttribute()


def get_amendments(version: str) -> Amendments | None:
    """Returns what a version changes of rules, or None. One strongly consistent GetItem."""
    try:
        item = AmendmentsItem.get(keys.notice(version), keys.AMENDMENTS, consistent_read=True)
    except AmendmentsItem.DoesNotExist:
        return None
    rules = dict(_read(one) for one in item.rules)
    return Amendments(version, item.before, rules, item.since, int(item.revision))


def put_new(write: Transaction, amendments: Amendments) -> None:
    """Adds what a version changes of rules, on condition that it was not recorded before."""
    write.put(_item(amendments), label=LABEL)


def put_changed(write: Transaction, known: Amendments, after: Amendments) -> None:
    """Adds another state of the record, on condition that it is as it was read."""
    write.replace(_item(after), label=LABEL, condition=AmendmentsItem.revision == known.revision)


def _item(amendments: Amendments) -> AmendmentsItem:
    return AmendmentsItem(
        pk=keys.notice(amendments.version),
        sk=keys.AMENDMENTS,
        kind=AmendmentsItem.KIND,
        before=amendments.before,
        rules=[_written(key, one) for key, one in amendments.rules.items()],
        since=amendments.since,
        revision=amendments.revision,
    )


def _written(key: Key, one: Amendment) -> dict[str, Any]:
    return {
        "kind": key[0],
        "event": key[1],
        "rule": one.rule,
        "base": one.base,
        "changes": [str(change) for change in sorted(one.changes)],
        "status": str(one.status),
        "counts": [one.records, one.moves, one.at_once],
        "confirmed_at": optional_instant(one.confirmed_at),
    }


def _read(raw: Mapping[str, Any]) -> tuple[Key, Amendment]:
    records, moves, at_once = raw["counts"]
    confirmed = raw["confirmed_at"]
    return (raw["kind"], raw["event"]), Amendment(
        rule=raw["rule"],
        base=raw["base"],
        changes=frozenset(Change(one) for one in raw["changes"]),
        status=Status(raw["status"]),
        records=records,
        moves=moves,
        at_once=at_once,
        confirmed_at=None if confirmed is None else datetime.fromisoformat(confirmed),
    )

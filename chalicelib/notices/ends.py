"""The end of a stored record by the rule in force, whether or not a run removed it yet."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from chalicelib.catalogue import STORED
from chalicelib.catalogue.model import ERASE
from chalicelib.notices.model import Notice, UndeclaredRetention
from chalicelib.storage import keys

_WAITING: Final = frozenset((*keys.shards("rule"), *keys.shards("stuck")))
"""The shards in which records wait for the end of a rule. A hold takes a record out of them."""


_MOVING: Final = frozenset(name for name, kind in STORED.items() if kind.whole)
"""Kinds whose beginning moves and the index does not: `permission.is_over` knows of browsers."""


class Waiting(Protocol):
    """A stored record: an item, or what was read of one."""

    @property
    def kind(self) -> str:
        """The kind."""

    @property
    def lane(self) -> str | None:
        """Its shard of the due index; None where it waits in none."""

    @property
    def due_event(self) -> str | None:
        """The event from which its period runs."""

    @property
    def due_since(self) -> datetime | None:
        """The moment of the event."""


def gone(item: Waiting, notice: Notice, now: datetime) -> bool:
    """Tells whether a record has come to its end: it is not answered any more, run or no run.

    A record that is held has no end, nor one that waits for a person's decision. The rule in force
    decides, from the beginning that the record has, and not the date at which it is looked at.
    """
    if item.lane not in _WAITING or item.due_event is None or item.due_since is None:
        return False
    if item.kind in _MOVING:
        return False
    try:
        rule = notice.rule(item.kind, item.due_event)
    except UndeclaredRetention:
        return False
    return rule.then == ERASE and rule.ends(item.due_since) <= now

"""Copies of little and of much: what they cost in calls and units."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

from chalicelib import clock
from chalicelib.disclosures.store import DisclosureItem
from chalicelib.storage import keys
from tests.bench.crowd import put
from tests.bench.operation import Operation
from tests.bench.world import Run, World, asked_copy

ITEMS, BYTES = 100, 450
"""The records of a person about whom little is held, and their size."""

LARGE_ITEMS, LARGE_BYTES = 550, 40_000
"""Those of a person about whom as much is held as 50,000 such records are: 22 MB."""

SMALL, LARGE = f"copy of {ITEMS} items", "copy of 22 MB, as of 50,000 items"


def _copying(items: int, size: int) -> Callable[[World], Run]:
    def prepare(world: World) -> Run:
        person, _, ticket = asked_copy(world)
        put(world.recorder.tables, _given(person.subject, items, size))
        return world.queue("fulfilment", ticket)

    return prepare


def _given(subject: str, items: int, size: int) -> Iterator[DisclosureItem]:
    """So many disclosures of some length."""
    for number in range(items):
        yield DisclosureItem(
            pk=keys.subject(subject),
            sk=keys.record("evidence", "disclosure", f"{number:026d}"),
            kind="disclosure",
            recipient="sponsors",
            category="identity",
            purpose="surveys",
            disclosed_at=clock.now(),
            entry=secrets.token_hex((size - 250) // 2),
        )


OPERATIONS = (
    Operation(SMALL, "fulfilment", _copying(ITEMS, BYTES)),
    Operation(LARGE, "fulfilment", _copying(LARGE_ITEMS, LARGE_BYTES), counted_only=True),
)

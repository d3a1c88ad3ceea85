from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
import rfc8785

from chalicelib.consents.model import GENESIS, Entry, verify
from tests.unit.consents.chains import chain
from tests.unit.core.samples import NOW

Tamper = Callable[[list[Entry]], list[Entry]]


def test_a_chain_as_it_was_written_verifies() -> None:
    for length in range(6):
        entries, after = chain(length)
        assert verify(entries, after.head)
        assert verify(iter(entries), after.head)
        assert [entry.seq for entry in entries] == list(range(1, length + 1))


def test_the_first_entry_follows_nothing() -> None:
    entries, _ = chain(2)
    assert entries[0].previous == GENESIS == "0" * 64
    assert entries[1].previous == entries[0].hash
    assert verify([], GENESIS)


def test_the_hash_can_be_computed_by_anyone() -> None:
    (entry,), _ = chain(1)
    shown: dict[str, Any] = {
        "at": "2026-11-22T16:00:00.123Z",
        "commitment": entry.commitment,
        "event": "",
        "notice_digest": "d" * 64,
        "notice_version": "2026-11-22",
        "previous": GENESIS,
        "seq": 1,
        "source": "preference_centre",
        "subject": "abcdefghijklmnopqrstuvwxyz",
    }
    assert entry.hash == hashlib.sha256(rfc8785.dumps(shown)).hexdigest()


CHANGES: dict[str, Any] = {
    "subject": "zyxwvutsrqponmlkjihgfedcba",
    "seq": 9,
    "previous": "1" * 64,
    "commitment": "1" * 64,
    "notice_version": "2026-11-23",
    "notice_digest": "1" * 64,
    "source": "banner",
    "event": "1" * 20,
    "at": NOW + timedelta(milliseconds=1),
}


def test_the_table_of_changes_is_complete() -> None:
    assert {*CHANGES, "opened"} == {one.name for one in fields(Entry)}


@pytest.mark.parametrize("sealed", [True, False], ids=["opened", "key destroyed"])
@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("member", CHANGES)
def test_a_changed_member_is_found(member: str, place: int, sealed: bool) -> None:
    entries, after = chain(5)
    changes = {member: CHANGES[member]} | ({} if sealed else {"opened": {}})
    entries[place] = replace(entries[place], **changes)
    assert getattr(entries[place], member) != getattr(chain(5)[0][place], member)
    assert not verify(entries, after.head)


def forged(entries: list[Entry]) -> list[Entry]:
    """An entry slipped in after the second that names the right hash and number."""
    slipped = replace(entries[1], seq=3, previous=entries[1].hash)
    return [*entries[:2], slipped, *entries[2:]]


def renumbered(entries: list[Entry]) -> list[Entry]:
    """An entry dropped, and those after it renumbered and linked again."""
    kept = [entries[0], *entries[2:]]
    linked = [kept[0]]
    for number, entry in enumerate(kept[1:], start=2):
        linked.append(replace(entry, seq=number, previous=linked[-1].hash))
    return linked


TAMPERS: dict[str, Tamper] = {
    "first dropped": lambda entries: entries[1:],
    "middle dropped": lambda entries: entries[:2] + entries[3:],
    "last dropped": lambda entries: entries[:-1],
    "all dropped": lambda entries: [],
    "dropped and linked again": renumbered,
    "one twice": lambda entries: [*entries[:3], *entries[2:]],
    "slipped in": forged,
    "added at the end": lambda entries: [
        *entries,
        replace(entries[-1], seq=6, previous=entries[-1].hash),
    ],
    "neighbours swapped": lambda entries: [entries[0], entries[2], entries[1], *entries[3:]],
    "ends swapped": lambda entries: [entries[-1], *entries[1:-1], entries[0]],
    "reversed": lambda entries: entries[::-1],
}


@pytest.mark.parametrize("tamper", TAMPERS.values(), ids=TAMPERS)
def test_a_chain_that_was_tampered_with_is_found(tamper: Tamper) -> None:
    entries, after = chain(5)
    assert not verify(tamper(entries), after.head)


SEALED: dict[str, dict[str, Any]] = {
    "decision": {"decisions": {"surveys": "denied"}},
    "purpose": {"decisions": {"offers_email": "granted"}},
    "salt": {"salt": "b" * 26},
    "locale": {"locale": "en"},
    "evidence added": {"evidence": "1.x"},
}


@pytest.mark.parametrize("change", SEALED.values(), ids=SEALED)
def test_an_altered_sealed_part_is_found(change: dict[str, Any]) -> None:
    entries, after = chain(3)
    entries[2] = replace(entries[2], opened={**entries[2].opened, **change})
    assert not verify(entries, after.head)


def test_a_chain_verifies_when_its_key_is_destroyed() -> None:
    entries, after = chain(4)
    assert verify([replace(entry, opened={}) for entry in entries], after.head)


@pytest.mark.parametrize("head", ["1" * 64, GENESIS, ""])
def test_a_wrong_head_is_found(head: str) -> None:
    entries, _ = chain(3)
    assert not verify(entries, head)
    assert not verify(entries, entries[1].hash)


@pytest.mark.parametrize("pruned", range(6))
def test_a_pruned_chain_verifies_from_what_was_left_behind(pruned: int) -> None:
    entries, after = chain(5)
    last = (pruned, entries[pruned - 1].hash if pruned else GENESIS)
    assert verify(entries[pruned:], after.head, last)
    assert not verify(entries[pruned:], after.head, (pruned, "1" * 64))
    if pruned < 5:
        assert not verify(entries[pruned:], after.head, (pruned + 1, last[1]))
        assert not verify(entries[pruned + 1 :], after.head, last)
    if pruned:
        assert not verify(entries[pruned:], after.head)
        assert not verify(entries[pruned - 1 :], after.head, last)

"""The audit's chain: what is hashed, what follows what, and which number is the first bad one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import rfc8785

from chalicelib.audit.model import (
    GENESIS,
    NOTHING,
    Act,
    Action,
    Entry,
    Filter,
    Head,
    Link,
    Outcome,
    first_fault,
    following,
)
from tests.unit.core.samples import NOW, SUBJECT

OFFICER, REQUEST = "b" * 26, "c" * 26


def chain(length: int) -> tuple[list[Entry], Head]:
    """Entries as they are read back, and their head."""
    head, entries = Head(), list[Entry]()
    for number in range(length):
        act = Act(OFFICER, Action.REQUEST_READ, SUBJECT, REQUEST)
        entry = following(head, act, NOW + timedelta(seconds=number))
        entries.append(replace(entry, stored=entry.hash))
        head = Head(Link(entry.seq, entry.hash), entry.at)
    return entries, head


def test_a_chain_as_it_was_written_verifies() -> None:
    for length in range(6):
        entries, head = chain(length)
        assert first_fault(entries, head) is None
        assert [entry.seq for entry in entries] == list(range(1, length + 1))


def test_the_hash_can_be_computed_by_anyone() -> None:
    (entry,), _ = chain(1)
    shown: dict[str, Any] = {
        "seq": 1,
        "at": "2026-11-22T16:00:00.123Z",
        "by": OFFICER,
        "action": "request_read",
        "subject": SUBJECT,
        "request": REQUEST,
        "outcome": "done",
        "previous": "0" * 64,
    }
    assert entry.content() == shown
    assert entry.hash == hashlib.sha256(rfc8785.dumps(shown)).hexdigest()


def test_times_never_go_back() -> None:
    head = Head(Link(3, "1" * 64), NOW)
    entry = following(head, Act(OFFICER, Action.DRAFT_SAVED), NOW - timedelta(hours=1))
    assert (entry.seq, entry.previous, entry.at) == (4, "1" * 64, NOW)
    assert (entry.subject, entry.request) == (None, None)


Tamper = Callable[[list[Entry]], list[Entry]]


def altered(index: int, **members: object) -> Tamper:
    """Changes an entry in the table, and its hash with it where that is among the members."""
    return lambda found: [
        replace(one, **members) if number == index else one  # type: ignore[arg-type]
        for number, one in enumerate(found)
    ]


def rewritten(found: list[Entry]) -> list[Entry]:
    """Changes the second entry, and gives it the hash that it has then."""
    forged = replace(found[1], by="d" * 26, stored=None)
    return [found[0], replace(forged, stored=forged.hash), *found[2:]]


@pytest.mark.parametrize(
    ("tamper", "first"),
    [
        (altered(0, by="d" * 26), 1),
        (altered(2, action="request_refused"), 3),
        (altered(2, subject=None), 3),
        (altered(2, request="d" * 26), 3),
        (altered(2, outcome=str(Outcome.NOT_FOUND)), 3),
        (altered(2, at=NOW), 3),
        (altered(2, stored="1" * 64), 3),
        (altered(2, previous="1" * 64), 3),
        (altered(2, seq=9), 3),
        (altered(4, by="d" * 26), 5),
        (rewritten, 3),
        (lambda found: found[1:], 1),
        (lambda found: [*found[:2], *found[3:]], 3),
        (lambda found: found[:-1], 5),
        (lambda found: [], 1),
        (lambda found: [found[1], found[0], *found[2:]], 1),
        (lambda found: [found[0], *found], 1),
    ],
)
def test_the_first_bad_number_is_named(tamper: Tamper, first: int) -> None:
    entries, head = chain(5)
    assert first_fault(tamper(entries), head) == first


def test_an_entry_that_was_added_behind_the_head_is_found() -> None:
    entries, head = chain(3)
    more = following(head, Act(OFFICER, Action.REQUEST_READ), NOW)
    assert first_fault([*entries, replace(more, stored=more.hash)], head) == 4


def test_a_rewritten_end_is_found_by_the_head() -> None:
    entries, head = chain(3)
    forged = replace(entries[2], by="d" * 26, stored=None)
    assert first_fault([*entries[:2], replace(forged, stored=forged.hash)], head) == 3


def test_what_was_pruned_leaves_number_and_hash() -> None:
    entries, head = chain(5)
    pruned = replace(head, pruned=Link(2, entries[1].hash))
    assert first_fault(entries[2:], pruned) is None
    assert first_fault(entries[3:], pruned) == 3
    assert first_fault(entries[2:], replace(pruned, pruned=Link(2, GENESIS))) == 3
    assert first_fault([], replace(head, pruned=head.last)) is None
    assert Link(0, "0" * 64) == NOTHING


def test_a_filter_takes_every_member_that_is_given() -> None:
    (entry,), _ = chain(1)
    assert not Filter().picks
    assert Filter(by=OFFICER, subject=SUBJECT, request=REQUEST, action="request_read").fits(entry)
    for other in (
        Filter(by=SUBJECT),
        Filter(subject=OFFICER),
        Filter(request=SUBJECT),
        Filter(action="draft_saved"),
    ):
        assert other.picks
        assert not other.fits(entry)

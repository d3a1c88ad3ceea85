"""The newest entries of the audit, and whether those looked at are as they were written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.audit import service as audit
from chalicelib.audit import store
from chalicelib.audit.model import Filter
from chalicelib.audit.store import EntryItem
from chalicelib.errors import BadRequest
from tests.unit.audit.test_writing import KEPT, OFFICER, OTHER, Desk
from tests.unit.core.samples import SUBJECT, shipped
from tests.unit.retention.sweeping import sweep

SECOND = timedelta(seconds=1)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def pages(asked: Filter, limit: int) -> list[audit.Recent]:
    """All pages, newest first."""
    found, before = list[audit.Recent](), None
    while True:
        page = audit.recent(asked, before, limit, shipped())
        found.append(page)
        if page.last is None:
            return found
        before = page.last.at, page.last.seq


def item(desk: Desk, seq: int) -> EntryItem:
    """An entry as it is stored."""
    entries = (one for one in desk.tables.all(EntryItem) if "head" not in one.sk)
    found: EntryItem = next(one for one in entries if one.seq == seq)
    return found


def faults(limit: int = 4, asked: Filter | None = None) -> list[int | None]:
    return [one.fault for one in pages(asked or Filter(), limit)]


def test_five_hundred_come_newest_first_in_pages_of_fifty(desk: Desk) -> None:
    for _ in range(500):
        desk.look()
    found = pages(Filter(), 50)
    assert [len(one.entries) for one in found] == [50] * 10
    seqs = [entry.seq for one in found for entry in one.entries]
    assert seqs == list(range(500, 0, -1))
    assert {one.fault for one in found} == {None}


def test_an_empty_audit_has_nothing_and_no_fault(desk: Desk) -> None:
    (found,) = pages(Filter(), 4)
    assert (found.entries, found.looked, found.fault) == ((), (), None)


def test_a_filter_looks_at_a_bounded_number(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "LOOK", 6)
    for number in range(14):
        desk.look(by=OTHER if number in (1, 12) else OFFICER)
    found = pages(Filter(by=OTHER), 2)
    assert [[entry.seq for entry in one.entries] for one in found] == [[13], [], [2]]
    assert [len(one.looked) for one in found] == [6, 6, 2]
    assert {one.fault for one in found} == {None}


@pytest.mark.parametrize("seq", range(1, 11))
def test_an_entry_that_was_changed_shows_where_it_stands(desk: Desk, seq: int) -> None:
    for _ in range(10):
        desk.look()
    changed = item(desk, seq)
    changed.by = OTHER
    desk.tables.put(changed)
    assert seq in faults()
    assert faults(asked=Filter(subject=SUBJECT), limit=10) == [seq]


@pytest.mark.parametrize("seq", range(1, 11))
def test_an_entry_that_was_taken_away_shows_wherever_it_stood(desk: Desk, seq: int) -> None:
    for _ in range(10):
        desk.look()
    item(desk, seq).delete()
    assert any(fault is not None for fault in faults())


def test_an_entry_that_was_written_anew_with_its_hash_shows_by_the_next(desk: Desk) -> None:
    for _ in range(9):
        desk.look()
    for seq in (4, 5, 9):  # in a page, at the end of one, and the last of all
        kept = vars(item(desk, seq))["attribute_values"].copy()
        changed = item(desk, seq)
        changed.by = OTHER
        changed.hash = store.entry_of(changed).hash
        desk.tables.put(changed)
        assert min(seq + 1, 9) in faults(limit=4)
        desk.tables.put(EntryItem(**kept))
    assert set(faults()) == {None}


def test_all_that_went_show(desk: Desk) -> None:
    for _ in range(3):
        desk.look()
    for seq in (1, 2, 3):
        item(desk, seq).delete()
    assert faults() == [3]


def test_pruning_is_no_fault_and_what_is_over_is_not_shown(desk: Desk) -> None:
    for _ in range(3):
        desk.look()
    desk.now += KEPT
    desk.look()
    (before,) = pages(Filter(), 10)
    assert ([one.seq for one in before.entries], before.fault) == ([4], None)
    assert sweep(shipped()).erased == 3
    (after,) = pages(Filter(), 10)
    assert ([one.seq for one in after.looked], after.fault) == ([4], None)


def test_days_bound_what_is_shown(desk: Desk) -> None:
    begin = desk.now
    for _ in range(6):
        desk.look()
    asked = Filter(since=begin + 2 * SECOND, until=begin + 4 * SECOND)
    (found,) = pages(asked, 10)
    assert ([one.seq for one in found.entries], found.fault) == ([4, 3, 2], None)
    (nothing,) = pages(Filter(since=begin + 9 * SECOND, until=begin), 10)
    assert (nothing.entries, nothing.fault) == ((), None)
    (later,) = pages(Filter(since=begin + 60 * SECOND), 10)
    assert (later.entries, later.fault) == ((), None)
    with pytest.raises(BadRequest):
        audit.recent(asked, (begin + 60 * SECOND, 4), 10, shipped())

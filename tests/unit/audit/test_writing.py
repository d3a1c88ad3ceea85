"""Writing, listing, verifying and pruning the audit, on tables in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from chalicelib import clock
from chalicelib.audit import service as audit
from chalicelib.audit import store
from chalicelib.audit.model import Act, Action, Filter, Outcome
from chalicelib.audit.store import EntryItem, HeadItem
from chalicelib.errors import BadRequest, Contention
from chalicelib.storage import contention
from chalicelib.storage.transaction import ConditionFailed, Transaction
from tests.unit.core.samples import NOW, SUBJECT, shipped
from tests.unit.retention.sweeping import sweep
from tests.unit.storage.tables import Killed, Tables

OFFICER, OTHER = "b" * 26, "c" * 26
KEPT = timedelta(days=6 * 366)


class Desk:
    """The audit of a desk, and its clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tables = Tables()
        self.tables.play(monkeypatch)
        self.now = NOW
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(time, "sleep", lambda _: None)

    def look(self, by: str = OFFICER, subject: str | None = SUBJECT) -> None:
        """Somebody of the desk looks at somebody's data, a second later."""
        self.now += timedelta(seconds=1)
        audit.record(Act(by, Action.REQUEST_READ, subject, None), shipped())

    def head(self) -> HeadItem:
        """The head as it is stored."""
        found = store.get_head()
        assert found is not None
        return found

    def numbers(self, asked: Filter | None = None, limit: int = 100) -> list[int]:
        """The numbers that all pages list."""
        found, after = list[int](), None
        while True:
            page = audit.listed(asked or Filter(), after, limit, shipped())
            assert len(page.entries) <= limit
            found += [entry.seq for entry in page.entries]
            if page.last is None:
                return found
            after = page.last.at, page.last.seq


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def test_an_entry_follows_the_one_before(desk: Desk) -> None:
    for _ in range(3):
        desk.look()
    found = audit.verify()
    assert (found.fault, found.count, found.head.last.seq) == (None, 3, 3)
    first, second, third = audit.listed(Filter(), None, 10, shipped()).entries
    assert (second.previous, third.previous) == (first.hash, second.hash)
    assert desk.head().hash == third.hash


def test_what_lies_in_the_table_is_ids_and_codes(desk: Desk) -> None:
    desk.look()
    (item,) = (one for one in desk.tables.all(EntryItem) if not one.sk.endswith("head"))
    assert item.pk == "T"
    assert item.sealed is None
    assert (item.by, item.subject, item.request) == (OFFICER, SUBJECT, None)


def test_an_act_and_its_entry_happen_together_or_not_at_all(desk: Desk) -> None:
    def refused(write: Transaction, now: datetime) -> None:
        del now
        write.check(HeadItem, "T", "nothing", HeadItem.pk.exists(), label="the act's own")

    with pytest.raises(ConditionFailed) as failed:
        audit.commit(Act(OFFICER, Action.REQUEST_REFUSED, SUBJECT), shipped(), refused)
    assert failed.value.labels == {"the act's own"}
    assert desk.tables.items == {}


@pytest.mark.parametrize("step", range(2))
def test_a_crash_leaves_both_or_neither(desk: Desk, step: int) -> None:
    desk.tables.steps.kill_before(step)
    with pytest.raises(Killed):
        desk.look()
    desk.tables.steps.revive()
    assert desk.tables.items == {}
    desk.look()
    assert audit.verify().fault is None


def _meanwhile(desk: Desk, act: Callable[[], None]) -> None:
    desk.tables.steps.meanwhile["commit"] = [act]


def test_two_at_once_both_have_their_entry(desk: Desk) -> None:
    desk.look()
    _meanwhile(desk, lambda: desk.look(OTHER))
    desk.look()
    entries = audit.listed(Filter(), None, 10, shipped()).entries
    assert [(one.seq, one.by) for one in entries] == [(1, OFFICER), (2, OTHER), (3, OFFICER)]
    assert audit.verify().fault is None


def test_two_in_the_same_millisecond_both_have_their_entry(desk: Desk) -> None:
    desk.look()
    first, second = (Act(by, Action.REQUEST_READ, SUBJECT, None) for by in (OTHER, OFFICER))

    def meanwhile() -> None:
        audit.record(first, shipped())

    _meanwhile(desk, meanwhile)
    audit.record(second, shipped())
    assert desk.numbers() == [1, 2, 3]
    assert audit.verify().fault is None


def test_who_keeps_losing_is_told_to_come_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.look()
    monkeypatch.setattr(contention, "PATIENCE", timedelta(0))

    def beaten() -> None:
        desk.tables.steps.meanwhile["commit"] = []
        desk.look(OTHER)

    _meanwhile(desk, beaten)
    with pytest.raises(Contention):
        desk.look()
    assert desk.numbers() == [1, 2]


def test_pages_filters_and_times(desk: Desk) -> None:
    for number in range(9):
        desk.look(OFFICER if number % 3 else OTHER, SUBJECT if number % 2 else OTHER)
    assert desk.numbers(limit=2) == list(range(1, 10))
    assert desk.numbers(Filter(by=OTHER), limit=1) == [1, 4, 7]
    assert desk.numbers(Filter(subject=OTHER), limit=3) == [1, 3, 5, 7, 9]
    assert desk.numbers(Filter(action="draft_saved")) == []
    second = timedelta(seconds=1)
    assert desk.numbers(Filter(since=NOW + 3 * second)) == [3, 4, 5, 6, 7, 8, 9]
    assert desk.numbers(Filter(until=NOW + 3 * second), limit=2) == [1, 2, 3]
    assert desk.numbers(Filter(since=NOW + 3 * second, until=NOW + 4 * second)) == [3, 4]
    assert desk.numbers(Filter(since=NOW + 5 * second, until=NOW)) == []


def test_a_page_looks_at_so_many_and_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "LOOK", 4)
    for number in range(9):
        desk.look(OTHER if number == 8 else OFFICER)
    page = audit.listed(Filter(by=OTHER), None, 1, shipped())
    assert page.entries == ()
    assert page.last is not None
    assert page.last.seq == 4
    assert desk.numbers(Filter(by=OTHER), limit=1) == [9]


def test_a_cursor_of_another_list_is_refused(desk: Desk) -> None:
    desk.look()
    for asked in (Filter(since=NOW + timedelta(hours=1)), Filter(until=NOW - timedelta(hours=1))):
        with pytest.raises(BadRequest):
            audit.listed(asked, (NOW, 1), 10, shipped())


def test_the_oldest_go_by_the_rule_and_the_rest_verifies(desk: Desk) -> None:
    desk.look()
    desk.look()
    desk.now += timedelta(days=100)
    desk.look()
    third = desk.head()
    desk.now = NOW + KEPT
    assert sweep(shipped()).erased == 2
    assert desk.numbers() == [3]
    head = desk.head()
    assert (int(head.seq), head.hash, int(head.pruned_seq)) == (3, third.hash, 2)
    assert head.due_at == shipped().rule("audit", "created").ends(
        NOW + timedelta(days=100, seconds=3)
    )
    assert audit.verify().fault is None
    assert sweep(shipped()).erased == 0


def test_a_chain_of_which_nothing_is_left_goes_on_at_its_number(desk: Desk) -> None:
    for _ in range(120):  # more than one transaction prunes
        desk.look()
    desk.now = NOW + KEPT + timedelta(hours=1)
    assert sweep(shipped()).erased == 120
    assert desk.numbers() == []
    assert desk.head().lane is None
    assert audit.verify().fault is None
    desk.look(OTHER)
    assert desk.numbers() == [121]
    assert desk.head().due_at is not None
    assert audit.verify().fault is None


def test_an_entry_during_pruning_keeps_the_head_in_its_lane(desk: Desk) -> None:
    desk.look()
    desk.now = NOW + KEPT
    _meanwhile(desk, lambda: desk.look(OTHER))
    assert audit.prune(shipped(), desk.now, lambda _write, _count: None) == 1
    assert desk.numbers() == [2]
    assert desk.head().due_at is not None


def test_what_was_changed_in_the_table_is_named(desk: Desk) -> None:
    for _ in range(4):
        desk.look()
    items = sorted(
        (one for one in desk.tables.all(EntryItem) if not one.sk.endswith("head")),
        key=lambda one: one.sk,
    )
    items[2].outcome = str(Outcome.NOT_FOUND)
    desk.tables.put(items[2])
    assert audit.verify().fault == 3

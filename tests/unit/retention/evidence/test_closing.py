"""What batches did is closed into one chain of records: each tally in exactly one of them."""

from __future__ import annotations

import contextlib
import time
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib import clock
from chalicelib.errors import Contention
from chalicelib.notices.model import Notice
from chalicelib.retention.evidence import model, service, store
from chalicelib.retention.evidence.model import Tally, one, total
from chalicelib.retention.evidence.run import Run
from chalicelib.retention.evidence.store import HeadItem, RunItem, TallyItem
from chalicelib.retention.model import Outcome
from chalicelib.storage import contention, due, keys
from functions.kinds import registry
from tests.examples import examples
from tests.unit.core.samples import NOW, shipped
from tests.unit.storage.tables import Killed, Tables

HOUR = timedelta(hours=1)
KEPT = timedelta(days=10 * 366)
VERSION = "2026-11-22"


class Evidence:
    """The evidence of a deployment, and its clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tables = Tables()
        self.tables.play(monkeypatch)
        self.now = NOW
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(time, "sleep", lambda _: None)

    def worked(self, *tallies: Tally) -> None:
        """Batches did so much, each in a transaction of its own."""
        for tally in tallies:
            write = self.tables.transaction(shipped())
            store.put_tally(write, tally, self.now, shipped())  # type: ignore[arg-type]
            write.commit()

    def waiting(self) -> list[tuple[str, str]]:
        """The places of the tallies that are due, as the schedule meets them."""
        found = list[tuple[str, str]]()
        for shard in keys.shards("rule"):
            entries, _ = due.page(shard, self.now, None, 1_000)
            found += [(entry.pk, entry.sk) for entry in entries if entry.kind == store.KIND]
        return found

    def close(self) -> tuple[Run, ...]:
        """The schedule closes what it meets."""
        return service.close(self.waiting(), shipped())

    def runs(self) -> list[Run]:
        """The records, oldest first, as they are stored."""
        items = [one for one in self.tables.all(RunItem) if not one.sk.endswith("head")]
        return [store.run_of(item) for item in sorted(items, key=lambda item: item.sk)]

    def closed(self) -> Tally:
        """The sum of all records."""
        return total(VERSION, (run.did for run in self.runs()))

    def head(self) -> HeadItem:
        """The head as it is stored."""
        found = store.get_head()
        assert found is not None
        return found


def erased(count: int = 1, rule: str = "visitor_choices", version: str = VERSION) -> Tally:
    """A batch that erased so many records of a rule."""
    return one(version, rule, Outcome.ERASED, count=count, late=HOUR, oldest=HOUR)


@pytest.fixture
def evidence(monkeypatch: pytest.MonkeyPatch) -> Evidence:
    return Evidence(monkeypatch)


def test_nothing_to_close_costs_nothing(evidence: Evidence) -> None:
    assert service.close([], shipped()) == ()
    assert evidence.tables.steps.names == []


def test_the_tallies_of_a_run_become_one_record(evidence: Evidence) -> None:
    evidence.worked(erased(25))
    evidence.now += timedelta(minutes=2)
    evidence.worked(erased(5), one(VERSION, "unused_account", Outcome.HELD))
    evidence.now += HOUR
    (run,) = evidence.close()
    assert (run.seq, run.at, run.batches) == (1, evidence.now, 3)
    assert (run.begun, run.ended) == (NOW, NOW + timedelta(minutes=2))
    assert run.did.version == VERSION
    assert run.did.lines["visitor_choices"].outcomes == {Outcome.ERASED: 30}
    assert run.did.lines["unused_account"].outcomes == {Outcome.HELD: 1}
    assert evidence.tables.all(TallyItem) == []
    (stored,) = evidence.runs()
    assert (stored.content(), stored.stored) == (run.content(), run.hash)


def test_records_follow_each_other_and_verify(evidence: Evidence) -> None:
    for number in range(3):
        evidence.now += HOUR
        evidence.worked(erased(number + 1))
        evidence.close()
    found = service.verify()
    assert (found.fault, found.count, found.head.last.seq) == (None, 3, 3)
    first, second, third = evidence.runs()
    assert (second.previous, third.previous) == (first.hash, second.hash)
    assert evidence.head().hash == third.hash


def test_the_record_of_two_versions_are_two(evidence: Evidence) -> None:
    evidence.worked(erased(2, version="2026-11-22.10"), erased(1, version="2026-11-22.9"))
    runs = evidence.close()
    assert [(run.seq, run.did.version) for run in runs] == [
        (1, "2026-11-22.9"),
        (2, "2026-11-22.10"),
    ]
    assert service.verify().fault is None


def test_hundreds_of_batches_need_several_records(evidence: Evidence) -> None:
    evidence.worked(*(erased() for _ in range(2 * service.AT_ONCE + 1)))
    assert [run.batches for run in evidence.close()] == [service.AT_ONCE, service.AT_ONCE, 1]
    assert evidence.closed().lines["visitor_choices"].looked_at == 2 * service.AT_ONCE + 1
    assert evidence.waiting() == []


def test_what_lies_in_the_table_is_of_nobody(evidence: Evidence) -> None:
    evidence.worked(erased())
    evidence.close()
    assert {raw["pk"]["S"] for raw in evidence.tables.items.values()} == {keys.EVIDENCE}
    assert not any("sealed" in raw for raw in evidence.tables.items.values())
    (run,) = evidence.runs()
    assert run.did == erased()


def test_a_place_that_is_named_twice_counts_once(evidence: Evidence) -> None:
    evidence.worked(erased())
    places = evidence.waiting()
    assert service.close([*places, *places], shipped())[0].batches == 1
    assert service.close(places, shipped()) == ()
    assert evidence.closed().lines["visitor_choices"].looked_at == 1


def test_a_tally_that_cannot_be_read_keeps_no_other_from_being_closed(evidence: Evidence) -> None:
    evidence.worked(erased(), erased())
    broken = evidence.tables.all(TallyItem)[0]
    broken.counts = "{"
    evidence.tables.put(broken)
    assert evidence.close()[0].batches == 1
    assert [item.sk for item in evidence.tables.all(TallyItem)] == [broken.sk]
    assert evidence.close() == ()


@pytest.mark.parametrize("step", range(2))
def test_a_crash_leaves_the_record_or_the_tallies(evidence: Evidence, step: int) -> None:
    evidence.worked(erased(3), erased(4))
    places = evidence.waiting()
    evidence.tables.steps.kill_before(step)
    with pytest.raises(Killed):
        service.close(places, shipped())
    evidence.tables.steps.revive()
    assert evidence.runs() == []
    assert len(evidence.tables.all(TallyItem)) == 2
    evidence.close()
    assert evidence.closed().lines["visitor_choices"].looked_at == 7
    assert service.verify().fault is None


def test_a_lost_answer_counts_nothing_twice(evidence: Evidence) -> None:
    evidence.worked(erased(3))
    places = evidence.waiting()

    def before() -> None:
        evidence.tables.steps.meanwhile["commit"] = []
        service.close(places, shipped())

    # The first transaction happened, and its answer did not come: it is sent once more.
    evidence.tables.steps.meanwhile["commit"] = [before]
    assert service.close(places, shipped()) == ()
    assert evidence.closed().lines["visitor_choices"].looked_at == 3
    assert [run.seq for run in evidence.runs()] == [1]


def test_two_at_once_close_each_tally_once(evidence: Evidence) -> None:
    evidence.worked(*(erased() for _ in range(4)))
    places = evidence.waiting()

    def other() -> None:
        evidence.tables.steps.meanwhile["commit"] = []
        service.close(places[:3], shipped())

    evidence.tables.steps.meanwhile["commit"] = [other]
    (run,) = service.close(places[1:], shipped())
    assert (run.seq, run.batches) == (2, 1)
    assert evidence.closed().lines["visitor_choices"].looked_at == 4
    assert service.verify().fault is None


def test_who_keeps_losing_comes_again(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "PATIENCE", timedelta(0))
    evidence.worked(erased(), erased())
    first, second = evidence.waiting()
    evidence.tables.steps.meanwhile["commit"] = [lambda: service.close([second], shipped())]
    with pytest.raises(Contention):
        service.close([first], shipped())
    assert len(evidence.close()) == 1
    assert evidence.closed().lines["visitor_choices"].looked_at == 2


@settings(max_examples=examples(60))
@given(
    st.lists(st.integers(1, 25), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=6),
)
def test_however_it_is_killed_the_sums_are_those_of_the_tallies(
    batches: list[int], deaths: list[tuple[int, int]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        evidence = Evidence(patch)
        patch.setattr(service, "AT_ONCE", 2)
        evidence.worked(*(erased(count) for count in batches))
        for step, back in deaths:
            evidence.now += HOUR * (1 - back)
            places = evidence.waiting()
            evidence.tables.steps.kill_before(step)
            with contextlib.suppress(Killed):
                service.close(places, shipped())
            evidence.tables.steps.revive()
        evidence.now = NOW + HOUR
        evidence.close()
        assert evidence.waiting() == []
        assert evidence.closed().count(Outcome.ERASED) == sum(batches)
        assert sum(run.batches for run in evidence.runs()) == len(batches)
        assert service.verify().fault is None
        times = [run.at for run in evidence.runs()]
        assert times == sorted(times)


def test_a_clock_that_went_back_keeps_the_order(evidence: Evidence) -> None:
    evidence.worked(erased())
    evidence.close()
    evidence.worked(erased())
    places, evidence.now = evidence.waiting(), NOW - timedelta(days=1)
    (run,) = service.close(places, shipped())
    assert (run.seq, run.at) == (2, NOW)
    assert [one.seq for one in store.runs()] == [1, 2]


def change(evidence: Evidence, number: int, edit: Callable[[RunItem], None]) -> None:
    """Somebody edits a record in the table."""
    found = {int(item.seq): item for item in evidence.tables.all(RunItem) if "head" not in item.sk}
    edit(found[number])
    evidence.tables.put(found[number])


def _more(item: RunItem) -> None:
    item.counts = zlib.compress(model.packed(erased(99)).encode())


def _unreadable(item: RunItem) -> None:
    item.counts = b"nothing"


def _later(item: RunItem) -> None:
    item.ended = item.ended + HOUR


@pytest.mark.parametrize("edit", [_more, _unreadable, _later])
def test_what_was_changed_in_the_table_is_named(
    evidence: Evidence, edit: Callable[[RunItem], None]
) -> None:
    for _ in range(4):
        evidence.now += HOUR
        evidence.worked(erased())
        evidence.close()
    change(evidence, 3, edit)
    assert service.verify().fault == 3


def test_what_was_taken_away_is_named(evidence: Evidence) -> None:
    for _ in range(3):
        evidence.now += HOUR
        evidence.worked(erased())
        evidence.close()
    last = evidence.runs()[-1]
    del evidence.tables.items[(False, *store.run_place(last.at, last.seq))]
    assert service.verify().fault == 3


def prune(notice: Notice, now: datetime) -> int:
    """What the sweep does with the head when it is due."""
    runs = registry().of(store.RUN)
    assert runs.is_used(keys.EVIDENCE, keys.HEAD, store.CREATED, notice, now)
    counted: list[int] = []
    foreseen = runs.over(keys.HEAD, notice, now)
    gone = runs.shorten(keys.HEAD, notice, now, lambda _, count: counted.append(count))
    assert gone == foreseen == sum(counted)
    return gone


def test_the_oldest_go_after_ten_years_and_the_rest_verifies(evidence: Evidence) -> None:
    for _ in range(2):
        evidence.worked(erased())
        evidence.close()
        evidence.now += HOUR
    evidence.now += timedelta(days=100)
    evidence.worked(erased())
    evidence.close()
    third, evidence.now = evidence.head(), NOW + KEPT
    assert third.due_at == shipped().rule(store.RUN, store.CREATED).ends(NOW)
    assert (third.due_at.year - NOW.year, third.lane) == (10, keys.lane("rule", keys.EVIDENCE))
    assert prune(shipped(), NOW) == 0
    assert prune(shipped(), evidence.now) == 2
    head = evidence.head()
    assert (int(head.seq), head.hash, int(head.pruned_seq)) == (3, third.hash, 2)
    assert store.known_since(head) == evidence.runs()[0].at
    assert service.verify().fault is None


def test_a_chain_of_which_nothing_is_left_goes_on_at_its_number(evidence: Evidence) -> None:
    for _ in range(60):  # more than one transaction prunes
        evidence.worked(erased())
        evidence.close()
    evidence.now = NOW + KEPT
    assert prune(shipped(), evidence.now) == 60
    assert evidence.runs() == []
    assert evidence.head().lane is None
    assert store.known_since(evidence.head()) is None
    assert service.verify().fault is None
    evidence.worked(erased())
    (run,) = evidence.close()
    assert (run.seq, evidence.head().due_since) == (61, evidence.now)
    assert service.verify().fault is None


def test_a_record_during_pruning_keeps_the_head_in_its_lane(evidence: Evidence) -> None:
    evidence.worked(erased())
    evidence.close()
    evidence.now = NOW + KEPT
    evidence.worked(erased())
    evidence.tables.steps.meanwhile["commit"] = [evidence.close]
    assert service.prune(shipped(), evidence.now, lambda _write, _count: None) == 1
    assert [run.seq for run in evidence.runs()] == [2]
    assert evidence.head().due_at is not None
    assert service.verify().fault is None

"""What batches did adds up, survives its text, and says nothing of anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.evidence import model, store
from chalicelib.retention.evidence.model import LATE, Line, Tally, one, total
from chalicelib.retention.evidence.store import TallyItem, put_tally
from chalicelib.retention.model import Outcome
from chalicelib.storage import keys
from chalicelib.storage.transaction import ConditionFailed
from tests.unit.core.samples import NOW, shipped
from tests.unit.storage.tables import Tables

HOUR = timedelta(hours=1)

lines = st.builds(
    Line,
    st.dictionaries(st.sampled_from(Outcome), st.integers(1, 25)),
    st.integers(0, 9),
    st.integers(0, 10**8),
    st.dictionaries(st.sampled_from(LATE), st.integers(1, 25)),
)
tallies = st.builds(
    Tally,
    st.just("2026-11-30"),
    st.dictionaries(st.sampled_from(("sessions", "accounts_unused", model.NO_RULE)), lines),
    st.integers(0, 10**6),
)


@given(tallies)
def test_a_tally_is_the_same_after_its_text(tally: Tally) -> None:
    assert model.unpacked(model.packed(tally)) == tally


@given(st.lists(tallies, max_size=4), st.lists(tallies, max_size=4))
def test_tallies_add_up_in_any_order(some: list[Tally], others: list[Tally]) -> None:
    whole = total("v", [*some, *others])
    assert whole == total("v", [*others, *some])
    assert whole == total("v", [total("v", some), total("v", others)])
    for outcome in Outcome:
        assert whole.count(outcome) == sum(one.count(outcome) for one in (*some, *others))


@pytest.mark.parametrize(
    ("late", "step"),
    [
        (-5 * HOUR, 0),
        (timedelta(0), 0),
        (HOUR - timedelta(seconds=1), 0),
        (HOUR, 1),
        (5 * HOUR, 4),
        (30 * HOUR, 24),
        (10_000 * HOUR, 8760),
    ],
)
def test_lateness_is_counted_in_steps(late: timedelta, step: int) -> None:
    assert model.step(late) == step
    (line,) = one("v", "r", Outcome.ERASED, oldest=late, late=late).lines.values()
    assert line.late == {step: 1}
    assert line.oldest == max(0, int(late.total_seconds()))


def test_one_record_has_one_outcome() -> None:
    both = total("v", [one("v", "r", Outcome.KEPT), one("v", "r", Outcome.ERASED, keys=2)])
    assert both.lines["r"].looked_at == 2
    assert both.lines["r"].keys == 2
    assert both
    assert not total("v", [])


def test_a_tally_is_due_at_once_in_the_lane_of_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = Tables()
    tables.play(monkeypatch)
    written = [one("2026-11-22", "sessions", Outcome.ERASED, count=number) for number in (1, 2)]
    for tally in written:
        write = tables.transaction(shipped())
        put_tally(write, tally, NOW, shipped())  # type: ignore[arg-type]
        write.commit()
    items = tables.all(TallyItem)
    assert {(item.pk, item.due_at, item.ends_at) for item in items} == {(keys.EVIDENCE, NOW, NOW)}
    assert all(item.lane in keys.shards("rule") for item in items)
    found = sorted((store.tally_of(item) for item in items), key=lambda one: str(one.lines))
    assert found == written


def test_no_tally_without_what_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = Tables()
    tables.play(monkeypatch)
    write = tables.transaction(shipped())
    put_tally(write, one("v", "r", Outcome.ERASED), NOW, shipped())  # type: ignore[arg-type]
    write.check(TallyItem, "E", "nothing", TallyItem.pk.exists(), "the record")
    with pytest.raises(ConditionFailed):
        write.commit()
    assert tables.all(TallyItem) == []

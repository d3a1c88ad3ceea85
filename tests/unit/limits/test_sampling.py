"""Counting by samples: how often the lot falls, what it adds, and what a process keeps in mind."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.exceptions import UpdateError

from chalicelib import ids, traces
from chalicelib.errors import TooManyRequests
from chalicelib.limits import sample
from chalicelib.limits.model import DEFAULTS, NEVER, Limit, Rate, captures, signatures
from chalicelib.limits.sample import Sampled
from chalicelib.limits.store import LimitItem
from chalicelib.limits.windows import SAMPLES
from tests.unit.core.samples import shipped
from tests.unit.storage.tables import Tables

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 22, 16, 3, 0, tzinfo=UTC)
ADA = "a" * 26
HOME, LINE = "203.0.113.0/24", "2001:db8:1:2::/64"
KEYED = "0a" * 10
SPARED = 1 - 2**-53


@pytest.fixture(autouse=True)
def new_process() -> Iterator[None]:
    """A process that found no counter full."""
    sample.forget()
    yield
    sample.forget()


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Tables:
    played = Tables()
    played.play(monkeypatch)
    monkeypatch.setattr(traces, "keyed", lambda _: KEYED)
    return played


def figures(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("RISERBO_LIMITS", text)


def draw(monkeypatch: pytest.MonkeyPatch, *numbers: float) -> None:
    """Each lot that is drawn from now on; the last one goes on."""
    left = list(numbers)
    monkeypatch.setattr(ids, "new_draw", lambda: left.pop(0) if len(left) > 1 else left[0])


def goes_on(tables: Tables, one: Sampled) -> None:
    """The act as a decision does it: it reads, and writes with what it writes."""
    places = one.places()
    one.refuse_exhausted(tables.batch(places) if places else [])
    write: Any = tables.transaction(shipped())
    one.count(write)
    write.commit()


def counts(tables: Tables) -> list[int]:
    """What stands in all counters, the largest first."""
    return sorted((int(one.tries) for one in tables.all(LimitItem)), reverse=True)


class TestTheLot:
    def test_is_a_number_from_0_up_to_1(self) -> None:
        drawn = [ids.new_draw() for _ in range(2000)]
        assert all(0 <= one < 1 for one in drawn)
        assert len(set(drawn)) == len(drawn)
        assert 0.45 < sum(drawn) / len(drawn) < 0.55

    @pytest.mark.parametrize(
        ("tries", "step"),
        [(1, 1), (20, 1), (99, 1), (100, 2), (300, 6), (3000, 60), (60_000, 1200)],
    )
    def test_falls_on_one_in_a_fiftieth_of_the_limit(self, tries: int, step: int) -> None:
        limit = Limit(tries, HOUR)
        assert limit.step == step
        lots = [number / (step * 100) for number in range(step * 100)]
        assert sum(map(limit.is_sample, lots)) == 100
        assert limit.is_sample(0)
        assert limit.is_sample(SPARED) == (step == 1)

    @given(st.integers(1, 10**6), st.integers(1, 1000), st.floats(0, SPARED))
    def test_that_counts_the_wide_counts_the_narrow(
        self, tries: int, factor: int, lot: float
    ) -> None:
        narrow = Limit(tries, HOUR)
        assert narrow.is_sample(lot) or not narrow.times(factor).is_sample(lot)

    @given(st.integers(1, 10**6))
    def test_s_last_sample_goes_beyond_a_limit_by_less_than_a_step(self, tries: int) -> None:
        limit = Limit(tries, HOUR)
        needed = -(-tries // limit.step)
        assert needed * limit.step - tries < limit.step
        assert needed <= 2 * SAMPLES

    def test_counts_as_many_as_there_were_within_a_seventh(self) -> None:
        """A hundred hours with a fixed source of lots: the mean is right, the spread as told."""
        limit, lots = Limit(3000, HOUR), random.Random(36)
        found = [
            sum(limit.step for _ in range(limit.tries) if limit.is_sample(lots.random()))
            for _ in range(100)
        ]
        mean = sum(found) / len(found)
        spread = (sum((one - mean) ** 2 for one in found) / len(found)) ** 0.5
        assert mean == pytest.approx(limit.tries, rel=0.04)
        assert spread / limit.tries == pytest.approx(1 / SAMPLES**0.5, rel=0.25)


class TestARate:
    LIMIT = Limit(3, HOUR)

    def test_counts_what_lies_in_one_window(self) -> None:
        rate = NEVER
        for number in range(5):
            assert rate.within(self.LIMIT, NOW) == number
            rate = rate.once_more(self.LIMIT, NOW + timedelta(minutes=number))
        assert rate == Rate(self.LIMIT.starts(NOW), 5)

    def test_begins_anew_with_the_next_window_and_with_a_clock_set_back(self) -> None:
        rate = NEVER.once_more(self.LIMIT, NOW)
        for other in (self.LIMIT.ends(NOW), NOW - HOUR):
            assert rate.within(self.LIMIT, other) == 0
            assert rate.once_more(self.LIMIT, other) == Rate(self.LIMIT.starts(other), 1)
        last = self.LIMIT.ends(NOW) - timedelta(milliseconds=1)
        assert rate.within(self.LIMIT, last) == 1


class TestASample:
    def test_reads_and_writes_nothing_where_the_lot_spares_it(
        self, tables: Tables, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draw(monkeypatch, SPARED)
        one = sample.capture(LINE, NOW)
        assert one.places() == []
        goes_on(tables, one)
        sample.signature(ADA, LINE, NOW).note()
        assert counts(tables) == []

    @pytest.mark.parametrize(
        ("lot", "added"),
        [(0.0, [1200, 120, 60]), (1 / 1200, [120, 60]), (1 / 120, [60]), (1 / 60, [])],
    )
    def test_adds_to_each_width_what_it_stands_for(
        self, tables: Tables, monkeypatch: pytest.MonkeyPatch, lot: float, added: list[int]
    ) -> None:
        draw(monkeypatch, lot)
        one = sample.capture(LINE, NOW)
        assert len(one.places()) == len(added)
        goes_on(tables, one)
        goes_on(tables, one)
        assert counts(tables) == [2 * number for number in added]

    def test_adds_without_a_condition(
        self, tables: Tables, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So of many at once none fails by another."""
        draw(monkeypatch, 0)
        write: Any = tables.transaction(shipped())
        sample.capture(LINE, NOW).count(write)
        assert [condition for _, _, condition, _ in write._steps] == [None] * 3

    def test_of_a_signature_is_noted_by_a_write_for_each_counter(
        self, tables: Tables, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for lot, added in ((0.1, [6]), (1 / 61, [60, 12])):
            draw(monkeypatch, lot)
            tables.steps.names.clear()
            sample.signature(ADA, HOME, NOW).note()
            assert counts(tables) == added
            assert tables.steps.names == ["update"] * (1 if lot == 0.1 else 2)

    def test_that_cannot_be_noted_refuses_nobody(
        self,
        tables: Tables,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        draw(monkeypatch, 0.1)

        def fails(*_: object, **__: object) -> None:
            raise UpdateError

        monkeypatch.setattr(LimitItem, "update", fails)
        sample.signature(ADA, HOME, NOW).note()
        assert json.loads(capsys.readouterr().out)["event"] == "limits.sample_not_noted"


class TestBeyond:
    def test_each_counts_where_the_figure_is_small(
        self, tables: Tables, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        figures(monkeypatch, "capture.network=20")
        for _ in range(20):
            goes_on(tables, sample.capture(HOME, NOW))
        with pytest.raises(TooManyRequests) as refused:
            goes_on(tables, sample.capture(HOME, NOW))
        assert refused.value.retry_after == 57 * 60 + 1
        assert counts(tables) == [20]
        goes_on(tables, sample.capture("198.51.100.0/24", NOW))
        goes_on(tables, sample.capture(HOME, NOW + HOUR))

    def test_a_process_that_found_out_refuses_whom_the_lot_spares(
        self, tables: Tables, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draw(monkeypatch, *[0.001] * 50, SPARED, 0.001, SPARED)
        for _ in range(51):  # the last one is spared, so nobody finds out
            goes_on(tables, sample.capture(HOME, NOW))
        assert counts(tables) == [3000]
        for _ in range(3):
            with pytest.raises(TooManyRequests):
                goes_on(tables, sample.capture(HOME, NOW))
        sample.forget()
        goes_on(tables, sample.capture(HOME, NOW))

    def test_it_forgets_when_it_knows_too_many(
        self, tables: Tables, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        figures(monkeypatch, "capture.network=20")
        full = LimitItem(tries=20)
        for number in range(2 * sample._MOST_KEPT):
            with pytest.raises(TooManyRequests):
                sample.capture(f"10.{number // 250}.{number % 250}.0/24", NOW).refuse_exhausted(
                    [full]
                )
            assert len(sample._full) <= sample._MOST_KEPT

    def test_a_site_and_a_provider_have_their_multiples(
        self, tables: Tables, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        figures(monkeypatch, "capture.network=20,wide.48=2,wide.32=3")
        passed = 0
        for site in range(3):
            for line in range(3):
                network = f"2001:db8:{site:x}:{line:x}::/64"
                for _ in range(20):
                    try:
                        goes_on(tables, sample.capture(network, NOW))
                    except TooManyRequests:
                        break
                    passed += 1
        assert passed == 60
        goes_on(tables, sample.capture("2001:db9::/64", NOW))

    def test_a_person_is_counted_whatever_the_network(
        self, tables: Tables, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        figures(monkeypatch, "signature.person=10")
        for number in range(10):
            sample.signature(ADA, f"10.0.{number}.0/24", NOW).note()
        one = sample.signature(ADA, "10.0.99.0/24", NOW)
        with pytest.raises(TooManyRequests):
            one.refuse_exhausted(tables.batch(one.places()))
        other = sample.signature("b" * 26, "10.0.99.0/24", NOW)
        other.refuse_exhausted(tables.batch(other.places()))

    @pytest.mark.parametrize("name", ["capture.network", "signature.person", "signature.network"])
    def test_it_is_traced_by_the_name_of_the_figure(
        self,
        tables: Tables,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        name: str,
    ) -> None:
        draw(monkeypatch, SPARED)
        signed = name.startswith("signature")
        one = sample.signature(ADA, HOME, NOW) if signed else sample.capture(HOME, NOW)
        sample._full.update(counter.place for counter in one.counters if counter.name == name)
        with pytest.raises(TooManyRequests):
            one.refuse_exhausted([])
        said = json.loads(capsys.readouterr().out)
        assert (said["event"], said["limit"]) == ("limit.reached", name)
        assert (said["network"], said["LimitsReached"]) == (KEYED, 1)
        assert said.get("subject") == (ADA if signed else None)


def test_decisions_and_signatures_are_counted_apart() -> None:
    lines = captures(DEFAULTS), signatures(DEFAULTS)
    assert [one.address.tries for one in lines] == [120, 300]
    assert [one.closed and one.strict for one in lines] == [True, True]
    places = [set(one.places()) for one in _all_drawn()]
    assert places[0].isdisjoint(places[1])


def _all_drawn() -> list[Sampled]:
    made = sample.capture(LINE, NOW), sample.signature(ADA, LINE, NOW)
    return [replace(one, draw=0.0) for one in made]

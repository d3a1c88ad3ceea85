"""A sample of one shard stands for all, where there are many people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.publications.service import sample
from chalicelib.subjects.model import Decided
from chalicelib.subjects.store import StandingItem, standing_item
from tests.unit.core.samples import NOW, standing
from tests.unit.publications.simulated import DENIED, GRANTED, ask, request
from tests.unit.publications.test_trial import shorter, widened
from tests.unit.publications.world import FIRST, World, later_version, subject_of

PEOPLE = 3_000


@pytest.fixture
def crowd(world: World) -> None:
    """Three in ten agreed."""
    for number in range(PEOPLE):
        decision = GRANTED if number % 10 < 3 else DENIED
        stands = replace(
            standing(subject_of(number)),
            decisions={"newsletter": Decided(decision, 1, NOW, FIRST)},
        )
        item = standing_item(stands)
        item.schedule("rule", NOW + timedelta(days=1095), "last_activity", NOW)
        world.tables.put(item)


@pytest.mark.usefixtures("crowd")
def test_one_shard_stands_for_all(world: World) -> None:
    world.steps.names.clear()
    found = ask(later_version(widened))["people"]
    in_shard = len(world.tables.index("rule#00"))
    assert (found["exact"], found["shards"], found["read"]) == (False, 1, in_shard)
    assert world.steps.names.count("walk") == 1
    assert world.steps.names.count("batch") == -(-in_shard // 100)
    assert found["accounts"] == pytest.approx(in_shard * 16, rel=0.05)
    assert found["tell"] == found["ask"]["newsletter"]
    assert found["tell"] == pytest.approx(found["accounts"] * 0.3, rel=0.3)
    assert found == ask(later_version(widened))["people"]


@pytest.mark.usefixtures("crowd")
def test_no_more_of_a_shard_are_read_than_need_be(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "MOST_READ", 100)
    world.steps.names.clear()
    found = ask(later_version(widened))["people"]
    assert (found["read"], world.steps.names.count("batch")) == (100, 1)
    in_shard = len(world.tables.index("rule#00"))
    assert in_shard > 150
    assert found["accounts"] == pytest.approx(in_shard * 16, rel=0.05)


@pytest.mark.usefixtures("crowd")
def test_records_are_reckoned_up_from_all_entries_of_the_shard(world: World) -> None:
    for number in range(0, PEOPLE, 10):
        request(world, number, closed=NOW - timedelta(days=30))
    in_shard = world.tables.index("rule#00")
    requests = sum(1 for raw in in_shard if raw["kind"]["S"] == "request")
    assert requests
    records = {one["rule"]: one for one in ask(later_version(shorter))["records"]}
    closed = records["request_end"]
    assert closed["count"] == pytest.approx(requests * 16, rel=0.05)
    assert closed["months"] == {"2027-10": closed["count"]}


@pytest.mark.usefixtures("crowd")
def test_a_shard_that_is_too_long_gives_no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "LISTED", 10)
    monkeypatch.setattr(sample, "MOST_PAGES", 3)
    found = ask(later_version(widened))
    assert (found["people"], found["records"], found["missing"]) == (None, None, "too_many")
    assert found["changes"]


@pytest.mark.usefixtures("crowd")
def test_a_shard_that_takes_too_long_gives_no_figures(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow() -> None:
        world.now += sample.MOST_TIME / 2

    monkeypatch.setattr(sample, "LISTED", 10)
    world.steps.names.clear()
    world.steps.meanwhile["walk"] = [slow] * 9
    assert ask(later_version(widened))["missing"] == "too_many"
    assert world.steps.names.count("walk") == 3


@pytest.mark.usefixtures("crowd")
def test_whose_date_moves_between_two_pages_is_read_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "LISTED", 100)
    first = world.tables.index("rule#00")[0]

    def moved() -> None:
        item = StandingItem.from_raw_data(dict(first))
        item.due_at = NOW + timedelta(days=2_000)
        world.tables.put(item)

    world.steps.meanwhile["walk"] = [lambda: None, moved]
    people = ask(later_version(widened))["people"]
    assert people["read"] == len(world.tables.index("rule#00"))

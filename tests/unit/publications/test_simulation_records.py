"""Which records would be kept too long, and which open requests would change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import STORED, Ending
from chalicelib.requests.store import RequestItem
from tests.unit.core.samples import NOW, shipped
from tests.unit.publications.simulated import ask, people, request
from tests.unit.publications.test_trial import outcome, shorter, widened
from tests.unit.publications.world import World, later_version

TABLE = Path(__file__).parents[3] / "docs" / "table.md"


@pytest.fixture(autouse=True)
def _played(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """BatchGetItem of some attributes."""

    def batch_get(
        kind: type[RequestItem], places: Sequence[tuple[str, str]], attributes_to_get: list[str]
    ) -> Iterator[RequestItem]:
        world.steps("batch")
        for pk, sk in places:
            raw = world.tables.items[False, pk, sk]
            item = kind.from_raw_data({name: raw[name] for name in attributes_to_get})
            assert isinstance(item, RequestItem)
            yield item

    monkeypatch.setattr(RequestItem, "batch_get", classmethod(batch_get))


def test_which_go_earlier_and_when(world: World) -> None:
    for number, days in enumerate([10, 40, 400, 729]):
        request(world, number, closed=NOW - timedelta(days=days))
    records = {one["rule"]: one for one in ask(later_version(shorter))["records"]}
    assert records["request_end"] == {
        "rule": "request_end",
        "kind": "request",
        "event": "closed",
        "changes": ["shorter"],
        "then": "erase",
        "before": {"years": 2},
        "after": {"years": 1},
        "count": 3,  # the oldest goes before the version takes effect
        "at_once": 1,
        "earliest": "2027-10",
        "latest": "2027-11",
        "months": {"2027-10": 1, "2027-11": 1},
    }


def test_an_account_counts_by_its_last_activity(world: World) -> None:
    people(world)
    records = {one["rule"]: one for one in ask(later_version(shorter))["records"]}
    assert records["standing_end"]["count"] == 13
    assert records["standing_end"]["months"] == {"2028-10": 13}


def test_of_what_is_not_in_the_index_no_number_is_told() -> None:
    def shorter_sessions(document: dict[str, Any]) -> None:
        next(one for one in document["retention"] if one["id"] == "session_end")["period"] = {
            "days": 1
        }

    (session,) = ask(later_version(shorter_sessions))["records"]
    assert (session["kind"], session["count"], session["at_once"]) == ("session", None, None)


def test_a_profile_waits_there_only_once_a_consent_ended() -> None:
    def shorter_profiles(document: dict[str, Any]) -> None:
        for one in document["retention"]:
            if one["kind"] == "profile":
                one["period"] = {"days": 1}

    counted = {
        one["event"]: one["count"] for one in ask(later_version(shorter_profiles))["records"]
    }
    assert counted == {"ended": None, "withdrawn": 0}


def test_what_is_in_the_index_is_what_the_table_says() -> None:
    text = TABLE.read_text("utf-8").partition("## Kinds")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in text.splitlines() if line.startswith("|")]
    kinds = {row[1].strip() for row in rows if "lane `rule`" in row[-2]}
    waiting = {
        kind.name
        for kind in STORED.values()
        if any(rule.ending is Ending.INDEX for rule in kind.rules)
    }
    assert kinds == waiting
    assert {rule.kind for rule in shipped().retention.values() if rule.waits} == waiting


def test_none_are_read_when_no_right_changes(world: World) -> None:
    request(world, 1)
    found = ask(later_version(widened))["requests"]
    assert found == {"exact": True, "open": None, "rights": {}, "deadline_changed": 0}


def test_open_ones_of_the_rights_that_change(world: World) -> None:
    for number, right in enumerate(["erase", "erase", "copy"]):
        request(world, number, right)
    request(world, 9, "erase", closed=NOW)
    found = ask(later_version(outcome))["requests"]
    assert found == {"exact": True, "open": 3, "rights": {"erase": 2}, "deadline_changed": 0}


def test_all_open_ones_have_another_deadline_than_new_ones(world: World) -> None:
    def quicker(document: dict[str, Any]) -> None:
        document["requests"]["deadline"]["within"] = {"days": 14}

    for number in range(4):
        request(world, number)
    found = ask(later_version(quicker))["requests"]
    assert found == {"exact": True, "open": 4, "rights": {}, "deadline_changed": 4}


@pytest.mark.parametrize(("most", "exact"), [(3, False), (5, True)])
def test_no_more_are_read_than_need_be(
    world: World, monkeypatch: pytest.MonkeyPatch, most: int, exact: bool
) -> None:
    monkeypatch.setattr("chalicelib.publications.service.simulation.MOST_REQUESTS", most)
    for number in range(4):
        request(world, number)
    found = ask(later_version(outcome))["requests"]
    assert (found["open"], found["exact"]) == (min(most, 4), exact)


def test_one_that_cannot_be_read_hides_no_other(world: World) -> None:
    for number in range(4):
        request(world, number)
    broken = next(raw for (_, _, sk), raw in world.tables.items.items() if "#request#" in sk)
    del broken["due_event"]
    found = ask(later_version(outcome))["requests"]
    assert (found["open"], found["exact"]) == (3, False)

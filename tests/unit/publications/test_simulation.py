"""The simulator on tables in memory: what is told of a draft, and that nothing is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.settings import PRODUCTION
from tests.unit.core.samples import NOW
from tests.unit.publications.simulated import COUNTED, ask, people
from tests.unit.publications.test_trial import shorter, widened
from tests.unit.publications.world import FIRST, SECOND, World, later_version


@pytest.fixture(autouse=True)
def _people(world: World) -> None:
    people(world)


def test_a_broken_one_is_told_all_that_is_wrong_and_nothing_is_read(world: World) -> None:
    world.steps.names.clear()
    document = later_version()
    del document["purposes"], document["controller"]
    found = ask(document)
    assert not found["compiles"]
    assert {one["pointer"] for one in found["findings"]} >= {"/purposes", "/controller"}
    assert (found["people"], found["records"], found["requests"]) == (None, None, None)
    assert found["refused_in_production"]
    assert world.steps.names == []


def test_everything_is_counted_and_nothing_written(world: World) -> None:
    before = dict(world.tables.items)
    world.steps.names.clear()
    found = ask(later_version(widened))
    assert found["people"] == {"exact": True, "shards": 16, "read": 13, **COUNTED}
    assert (found["version"], found["since"]) == (SECOND, FIRST)
    assert [one["effect"] for one in found["changes"]] == ["material"]
    assert "seasonal letter" in found["changes"][0]["text"]
    assert (found["refusals"], found["unconfirmed"], found["counting"]) == ([], [], None)
    assert world.tables.items == before
    assert set(world.steps.names) == {"get", "walk", "batch"}
    assert world.steps.names.count("walk") == 16
    assert world.steps.names.count("batch") == 1
    assert world.sqs.bodies == []


def test_words_alone_concern_nobody() -> None:
    def reworded(document: dict[str, Any]) -> None:
        document["security"][0]["text"] = {"en": "Data travels encrypted."}

    found = ask(later_version(reworded))
    assert [one["effect"] for one in found["changes"]] == ["editorial"]
    assert (found["people"]["tell"], found["people"]["alone"]) == (0, 9)


def test_a_new_purpose_asks_everybody_first_and_tells_nobody() -> None:
    def added(document: dict[str, Any]) -> None:
        known = document["purposes"][1]
        document["purposes"].append({**known, "id": "open_day"})
        for recipient in document["recipients"]:
            if "newsletter" in recipient["purposes"]:
                recipient["purposes"].append("open_day")

    found = ask(later_version(added))
    assert found["findings"] == []
    assert found["people"]["ask_first"] == ["open_day"]
    assert (found["people"]["tell"], found["people"]["ask"]) == (0, {})


def test_what_is_unconfirmed_is_told_before_production_refuses_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def uncertain(document: dict[str, Any]) -> None:
        document["purposes"][1]["to_confirm"] = True

    found = ask(later_version(uncertain))
    assert found["unconfirmed"]
    assert (found["refusals"], found["refused_in_production"]) == ([], True)
    monkeypatch.setenv("RISERBO_STAGE", PRODUCTION)
    refused = {one["type"] for one in ask(later_version(uncertain))["refusals"]}
    assert refused == {"notice-unconfirmed"}


def test_every_reason_to_refuse_it_is_told_at_once(world: World) -> None:
    def no_choice(document: dict[str, Any]) -> None:
        document["forms"][0]["optional"].remove("interests.topics")  # which only a yes allows
        document["purposes"][1]["basis"] = {
            "kind": "legitimate_interest",
            "origin": "published",
            "interest": {"en": "To be read."},
        }

    world.publish(later_version(version="2026-12-24"))
    soon = NOW + timedelta(minutes=1)
    found = ask(later_version(no_choice, version="2025-01-01", effective_at=soon))
    told = {(one["type"], one["pointer"]) for one in found["refusals"]}
    assert told == {
        ("notice-date", "/effective_at"),
        ("notice-date", "/version"),
        ("notice-refused", "/purposes/1/basis_change"),
        ("version-waiting", None),
    }


@pytest.mark.parametrize("text", ["same", "other"])
def test_a_version_that_is_published_already_is_told_so(world: World, text: str) -> None:
    world.publish(later_version(widened))
    edits = (widened,) if text == "same" else (shorter,)
    found = ask(later_version(*edits))
    assert "already-published" in {one["type"] for one in found["refusals"]}


def test_changes_are_told_in_the_language_of_the_reader() -> None:
    offered = []

    def reader(locales: Sequence[str]) -> str:
        offered.append(locales)
        return locales[-1]

    ask(later_version(widened), locale=reader)
    assert offered == [("en",)]

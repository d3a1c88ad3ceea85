"""Counting everybody whom a draft would concern, in the background."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import Mock

import pytest

from chalicelib.errors import Conflict, Unprocessable
from chalicelib.instants import instant
from chalicelib.jobs.rounds.store import RoundItem
from chalicelib.notices.service import drafts, publication
from chalicelib.publications.service import census
from chalicelib.publications.service.simulation import simulate
from tests.unit.core.samples import NOW
from tests.unit.publications.simulated import COUNTED, GRANTED, ask, people, request
from tests.unit.publications.test_trial import shorter, widened
from tests.unit.publications.world import SECOND, World, later_version


@pytest.fixture(autouse=True)
def _people(world: World) -> None:
    census._trial.cache_clear()
    people(world)


def test_the_count_begins_once_and_says_how_far_it_is(world: World) -> None:
    document = later_version(widened)
    for _ in range(2):
        found = ask(document, exact=True)
        assert (found["people"], found["missing"]) == (None, "counting")
        started = {"status": "running", "shards": 0, "finished_at": None}
        assert found["counting"] == {**started, "started_at": instant(NOW)}
    assert len(world.sqs.bodies) == 1
    assert drafts.read(SECOND).document == document
    for _ in range(3):
        world.deliver()
    assert ask(document, exact=True)["counting"]["shards"] == 3
    # Who does not ask for exact figures has a sample meanwhile.
    found = ask(document)
    assert found["people"]["accounts"] == 9
    assert found["counting"]["status"] == "running"


def test_it_counts_what_a_sample_does(world: World) -> None:
    for number in range(5):
        request(world, number, closed=NOW - timedelta(days=30))
    document = later_version(widened, shorter)
    sample = ask(document)
    ask(document, exact=True)
    world.work_off()
    world.steps.names.clear()
    found = ask(document, exact=True)
    assert "walk" not in world.steps.names
    assert found["counting"]["status"] == "complete"
    assert (found["people"], found["records"]) == (sample["people"], sample["records"])
    assert found["people"]["exact"]
    assert ask(document)["people"] == found["people"]
    assert world.jobs() == []


@pytest.mark.parametrize("step", range(10))
def test_a_page_that_a_worker_did_not_finish_is_counted_once(world: World, step: int) -> None:
    document = later_version(widened)
    ask(document, exact=True)
    for _ in range(3):
        world.steps.kill_before(step)
        world.deliver()
        world.restart()
    world.work_off()
    people = ask(document, exact=True)["people"]
    assert people == {"exact": True, "shards": 16, "read": 13, **COUNTED}


def test_a_draft_that_has_changed_is_counted_anew(world: World) -> None:
    ask(later_version(widened), exact=True)
    world.deliver()
    changed = later_version(shorter)
    drafts.save(changed)
    census._trial.cache_clear()
    found = ask(changed, exact=True)
    assert found["counting"] == {
        "status": "running",
        "shards": 0,
        "started_at": instant(NOW),
        "finished_at": None,
    }
    world.work_off()
    assert ask(changed, exact=True)["people"]["tell"] == 9
    assert ask(later_version(widened))["counting"] is None


def test_what_was_counted_of_a_draft_that_is_gone_is_worth_nothing(world: World) -> None:
    document = later_version(widened)
    ask(document, exact=True)
    world.deliver()
    drafts.delete(SECOND)
    census._trial.cache_clear()
    world.work_off()
    assert world.jobs() == []
    assert ask(document)["counting"] is None
    assert ask(document, exact=True)["counting"]["status"] == "running"
    world.work_off()
    assert ask(document)["people"] == {"exact": True, "shards": 16, "read": 13, **COUNTED}


def test_another_version_in_force_makes_it_worth_nothing(world: World) -> None:
    last = later_version(widened, version="2027-06-01", effective_at=NOW + timedelta(days=190))
    ask(last, exact=True)
    world.work_off()
    assert ask(last)["counting"]["status"] == "complete"
    world.publish(later_version(effective_at=NOW + timedelta(hours=1)))
    world.now += timedelta(hours=2)
    found = ask(last)
    assert found["since"] == SECOND
    assert found["counting"] is None


def test_it_is_good_for_a_day(world: World) -> None:
    document = later_version(widened)
    ask(document, exact=True)
    world.work_off()
    done = ask(document, exact=True)["counting"]
    world.person(40, {"newsletter": GRANTED})
    world.now += timedelta(hours=23)
    assert ask(document, exact=True)["counting"] == done
    world.now += timedelta(hours=2)
    assert ask(document)["people"]["tell"] == 4
    assert ask(document, exact=True)["counting"]["status"] == "running"
    world.work_off()
    assert ask(document, exact=True)["people"]["tell"] == 4


def test_nobody_elses_draft_is_written_over(world: World) -> None:
    drafts.save(later_version(shorter))
    with pytest.raises(Conflict) as refused:
        simulate(later_version(widened), exact=True)
    assert refused.value.type == "draft-changed"
    assert world.round(SECOND, census.COUNT) is None


def test_a_version_that_is_published_is_not_counted(world: World) -> None:
    world.publish(later_version(widened))
    with pytest.raises(Conflict) as refused:
        simulate(later_version(widened), exact=True)
    assert refused.value.type == "already-published"
    assert world.round(SECOND, census.COUNT) is None


def test_a_draft_that_compiles_no_more_is_not_counted_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = later_version(widened)
    ask(document, exact=True)
    broken = Unprocessable("The notice does not compile.")
    monkeypatch.setattr(publication, "compiled", Mock(side_effect=broken))
    world.work_off()
    monkeypatch.undo()
    assert census.GONE in _totals(world)
    assert world.jobs() == []


def _totals(world: World) -> dict[str, int]:
    (item,) = world.tables.all(RoundItem)
    found: dict[str, int] = item.tallies["totals"]
    return found


def test_two_who_begin_at_once_begin_one(world: World) -> None:
    document = later_version(widened)
    drafts.save(document)
    world.steps.meanwhile["commit"] = [lambda: ask(document, exact=True)]
    found = ask(document, exact=True)
    assert found["counting"]["status"] == "running"
    assert len(world.jobs()) == len(world.sqs.bodies) == 1


def test_a_broken_document_is_not_counted(world: World) -> None:
    found = ask({"version": SECOND}, exact=True)
    assert (found["compiles"], found["counting"]) == (False, None)
    assert world.sqs.bodies == []

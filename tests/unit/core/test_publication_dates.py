"""When a version may take effect, and how it may be called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.instants import instant
from chalicelib.notices import service
from chalicelib.publications.service.publication import publish
from tests.unit.core.samples import NOW
from tests.unit.core.test_publication import DAY, LONGER, WIDER, document, places, refused
from tests.unit.publications.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


@pytest.mark.parametrize("minutes", [-60, 0, 4])
def test_what_is_only_worded_otherwise_lies_five_minutes_ahead(world: World, minutes: int) -> None:
    publish(document())
    problem = refused(document("2026-12-01", ahead=timedelta(minutes=minutes)))
    assert (problem.status, places(problem)) == (422, ["/effective_at"])
    assert publish(document("2026-12-01", ahead=timedelta(minutes=5))).version == "2026-12-01"


@pytest.mark.parametrize("edit", [LONGER, WIDER], ids=["informative", "material"])
def test_what_people_are_told_of_keeps_the_lead_that_was_promised(world: World, edit: Any) -> None:
    publish(document())
    problem = refused(document("2026-12-06", edit, ahead=14 * DAY - timedelta(seconds=1)))
    assert (problem.status, places(problem)) == (422, ["/effective_at"])
    assert "promises" in problem.findings[0].detail
    assert publish(document("2026-12-06", edit, ahead=14 * DAY)).version == "2026-12-06"


def test_the_lead_is_that_of_the_version_in_force_and_not_the_new_ones(world: World) -> None:
    short = document("2026-12-20", LONGER, ahead=14 * DAY)
    short["announcements"]["lead"] = {"days": 1}
    publish(document())
    publish(short)
    world.now = NOW + 14 * DAY
    later = document("2026-12-21", WIDER, ahead=15 * DAY)
    later["announcements"]["lead"] = {"days": 1}
    assert publish(later).version == "2026-12-21"


def test_without_a_promise_five_minutes_are_enough(world: World) -> None:
    silent = [document(), document("2026-12-20", WIDER, ahead=timedelta(minutes=5))]
    for one in silent:
        del one["announcements"]
    publish(silent[0])
    assert publish(silent[1]).version == "2026-12-20"


def test_a_date_before_that_of_the_version_in_force_is_refused(world: World) -> None:
    publish(document() | {"effective_at": instant(NOW + 40 * DAY)})
    problem = refused(document("2026-12-01", ahead=20 * DAY))
    assert (problem.status, places(problem)) == (422, ["/effective_at"])
    assert places(refused(document("2026-12-01", ahead=40 * DAY))) == ["/effective_at"]


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ("2026-11-01", "2026-10-31"),
        ("2026-11-01.2", "2026-11-01.1"),
        ("2026-11-01.10", "2026-11-01.9"),
        ("2026-11-01.1", "2026-11-01"),
        ("2026-11-01.99", "2026-10-31.99"),
    ],
)
def test_an_older_name_is_refused_and_a_newer_one_is_not(
    world: World, known: str, new: str
) -> None:
    publish(document(known))
    problem = refused(document(new, ahead=DAY))
    assert (problem.status, places(problem)) == (422, ["/version"])
    world.tables.items.clear()
    service.forget_pointer()
    publish(document(new))
    assert publish(document(known, ahead=DAY)).version == known


def test_everything_that_is_wrong_with_its_place_in_time_is_told_at_once(world: World) -> None:
    publish(document())
    problem = refused(document("2026-10-31", ahead=timedelta(0)))
    assert problem.type == "notice-date"
    assert places(problem) == ["/effective_at", "/version"]

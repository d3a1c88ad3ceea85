"""A restore of the tables brings nobody back: the log does again exactly what was done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.erasure.service import replay
from chalicelib.jobs.store import JobItem
from chalicelib.notices import service as notices
from chalicelib.subjects import burial
from chalicelib.subjects.store import StandingItem, standing_item
from functions.kinds import registry
from tests.unit.core.samples import SUBJECT, standing
from tests.unit.erasure.erased import PK, ErasedWorld

DAY = timedelta(days=1)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ErasedWorld:
    found = ErasedWorld(monkeypatch)
    found.fill()
    monkeypatch.setattr(notices, "version", lambda _: found.notice)
    return found


def again(world: ErasedWorld) -> replay.Replayed:
    """The replay of everything."""
    return replay.replay((world.now - 4000 * DAY).date(), registry())


def without_jobs(found: dict[Any, Any]) -> dict[Any, Any]:
    """What lies in the tables, but for work that waits: a replay tells nobody."""
    return {place: raw for place, raw in found.items() if raw["kind"]["S"] != JobItem.KIND}


def restore(world: ErasedWorld, copy: dict[Any, Any]) -> None:
    world.tables.items.clear()
    world.tables.items.update({place: dict(raw) for place, raw in copy.items()})


def test_an_erasure_is_done_again_byte_for_byte(world: ErasedWorld) -> None:
    world.ask("port")
    world.approved()
    world.work_off()
    copy = world.copied()
    world.now += timedelta(hours=1)
    world.steps.meanwhile["remove keys"] = [lambda: setattr(world, "now", world.now + DAY)]
    world.finish()
    erased = without_jobs(world.copied())
    restore(world, copy)
    world.now += 3 * DAY
    found = again(world)
    assert found.subjects == 1
    assert without_jobs(world.copied()) == erased
    assert again(world) == replay.Replayed(0, 0)
    assert without_jobs(world.copied()) == erased


def test_a_later_end_is_done_again(world: ErasedWorld) -> None:
    world.approved()
    world.finish()
    copy = world.copied()
    stone = burial.tombstone_of(SUBJECT)
    assert stone is not None
    world.now = stone.due_at
    for _ in range(3):
        world.sweep()
        world.now += DAY
    ended = without_jobs(world.copied())
    assert PK not in {pk for _, pk, _ in ended}
    restore(world, copy)
    again(world)
    assert without_jobs(world.copied()) == ended


def test_the_sweeps_erasure_is_done_again(world: ErasedWorld) -> None:
    item = world.tables.one(StandingItem, PK, "core#standing#")
    item.schedule("rule", world.now, "disowned", world.now - DAY)
    world.tables.put(item)
    copy = world.copied()
    world.sweep()
    erased = without_jobs(world.copied())
    restore(world, copy)
    assert again(world).subjects == 1
    assert without_jobs(world.copied()) == erased
    assert PK not in {pk for _, pk, _ in erased}


def test_nobody_else_is_touched(world: ErasedWorld) -> None:
    world.approved()
    world.finish()
    world.tables.put(standing_item(standing("z" * 26)))
    before = world.copied()
    assert again(world) == replay.Replayed(0, 0)
    assert world.copied() == before

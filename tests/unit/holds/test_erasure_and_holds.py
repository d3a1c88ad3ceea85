"""A hold and an erasure at one moment: one of them is done whole, and the answer says which."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from chalicelib.errors import Conflict
from chalicelib.holds import service as holds
from chalicelib.holds.model import Asked, Ground, Named
from chalicelib.holds.service import desk
from chalicelib.subjects import burial
from tests.unit.core.samples import SUBJECT
from tests.unit.desk.office import OFFICER
from tests.unit.erasure.erased import ErasedWorld

DAY = timedelta(days=1)
PROFILE = "account#profile#identity"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ErasedWorld:
    found = ErasedWorld(monkeypatch)
    found.fill()
    return found


def place(world: ErasedWorld) -> str:
    """The desk holds the profile; the hold's name, or the type of the refusal."""
    named = (Named("account", "profile", "identity"),)
    asked = Asked(SUBJECT, Ground.CLAIMS, world.now + 90 * DAY, "A claim.", named=named)
    try:
        return desk.place(OFFICER, asked, world.notice).hold.name
    except Conflict as refused:
        return refused.type


def before_call(world: ErasedWorld, number: int) -> list[str]:
    """Carries the erasure out, and places the hold before the call of that number."""
    answered: list[str] = []
    steps, numbers = world.tables.steps, count()

    def hooked(name: str) -> None:
        if next(numbers) == number:
            world.tables.steps = steps
            answered.append(place(world))
            world.tables.steps = hooked  # type: ignore[assignment]
        steps(name)

    world.tables.steps = hooked  # type: ignore[assignment]
    world.finish()
    world.tables.steps = steps
    return answered


@pytest.mark.parametrize("number", range(14))
def test_before_any_call_of_the_erasure_one_wins_whole(world: ErasedWorld, number: int) -> None:
    world.approved()
    answered = before_call(world, number) or [place(world)]
    won = answered[0].startswith(SUBJECT)
    assert won or answered == ["too-late"]
    assert won or number
    assert (PROFILE in world.left()) is won
    assert bool(holds.held(SUBJECT)) is won
    assert ("account" in world.keys_left()) is won
    assert burial.tombstone_of(SUBJECT) is not None


def test_after_the_erasure_it_is_too_late(world: ErasedWorld) -> None:
    world.approved()
    world.finish()
    assert place(world) == "too-late"
    assert PROFILE not in world.left()


def test_what_was_held_goes_at_once_when_the_hold_is_lifted(world: ErasedWorld) -> None:
    world.approved()
    name = place(world)
    world.finish()
    stone = burial.tombstone_of(SUBJECT)
    assert stone is not None
    assert stone.due_at > world.now
    world.now += DAY
    desk.lift(OFFICER, name, world.notice)
    due = burial.tombstone_of(SUBJECT)
    assert due is not None
    assert due.due_at == world.now
    for _ in range(2):
        world.sweep()
        world.now += timedelta(hours=1)
    assert PROFILE not in world.left()
    assert "account" not in world.keys_left()
    assert not [sk for sk in world.left() if "#hold#" in sk]


def test_a_hold_on_a_class_keeps_what_no_rule_keeps(world: ErasedWorld) -> None:
    asked = Asked(
        SUBJECT, Ground.DISPUTE, world.now + 90 * DAY, "A dispute.", frozenset({"account"})
    )
    world.approved()
    desk.place(OFFICER, asked, world.notice)
    world.finish()
    assert PROFILE in world.left()
    assert not [sk for sk in world.left() if "#credential#" in sk or "#second_factor#" in sk]

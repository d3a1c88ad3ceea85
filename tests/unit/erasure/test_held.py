"""An erasure leaves what is held, and takes it up again when the hold is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.holds import store as holds
from chalicelib.holds.model import Ground, Hold, Named
from chalicelib.requests.machine import Status
from chalicelib.subjects import burial
from chalicelib.subjects.store import StandingItem
from tests.unit.core.samples import SUBJECT
from tests.unit.erasure.erased import PK, ErasedWorld

DAY = timedelta(days=1)
PROFILE = "account#profile#identity"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ErasedWorld:
    found = ErasedWorld(monkeypatch)
    found.fill()
    return found


def hold(world: ErasedWorld, days: int = 90) -> None:
    """The profile is held for so long."""
    placed = Hold(
        id="h" * 26,
        subject=SUBJECT,
        ground=Ground.CLAIMS,
        placed_at=world.now,
        until=world.now + days * DAY,
        by="o" * 26,
        records=frozenset({Named("account", "profile", "identity")}),
    )
    item = world.tables.one(StandingItem, PK, "core#standing#")
    item.held = 1
    world.tables.put(holds.hold_item(placed), item)


def test_what_is_held_stays_with_its_key_until_the_hold_is_over(world: ErasedWorld) -> None:
    request = world.approved()
    hold(world)
    world.finish()
    assert world.request(request).status is Status.COMPLETED
    assert PROFILE in world.left()
    assert not [sk for sk in world.left() if "#session#" in sk]
    assert world.keys_left() == {"account", "evidence"}
    stone = burial.tombstone_of(SUBJECT)
    assert stone is not None
    assert {"profile", "hold"} <= set(stone.stays)
    world.now += 90 * DAY
    for _ in range(3):
        world.sweep()
        world.now += DAY
    assert PROFILE not in world.left()
    assert world.keys_left() == {"evidence"}
    assert {sk.split("#")[1] for sk in world.left()} == {
        "standing",
        "entry",
        "obligation",
        "request",
    }


def test_the_sweep_leaves_what_is_held_and_erases_the_rest(world: ErasedWorld) -> None:
    hold(world)
    item = world.tables.one(StandingItem, PK, "core#standing#")
    item.disowned = True
    item.schedule("rule", world.now, "disowned", world.now)
    world.tables.put(item)
    assert world.sweep()["erased"] == 1
    left = {sk.split("#")[1] for sk in world.left() if "#job#" not in sk}
    assert left == {"standing", "profile", "hold"}
    world.now += 91 * DAY
    for _ in range(3):
        world.sweep()
        world.now += DAY
    assert {sk for sk in world.left() if "#job#" not in sk} == set()
    assert world.keys_left() == set()

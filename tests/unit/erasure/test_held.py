"""An erasure leaves what is held, and takes it up again when the hold is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.holds import store as holds
from chalicelib.holds.model import Ground, Hold, Named
from chalicelib.requests.machine import Status
from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.subjects import burial
from chalicelib.subjects.store import StandingItem
from chalicelib.vault import service as vault
from tests.unit.core.samples import SUBJECT
from tests.unit.erasure.erased import PK, ErasedWorld

DAY = timedelta(days=1)
PROFILE = "account#profile#identity"
NAMED = Named("account", "profile", "identity")
DEVICE = Named("core", "device", f"device.{'d' * 26}")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ErasedWorld:
    found = ErasedWorld(monkeypatch)
    found.fill()
    return found


def hold(world: ErasedWorld, days: int = 90, named: Named = NAMED) -> None:
    """The profile, or another record, is held for so long."""
    placed = Hold(
        id="h" * 26,
        subject=SUBJECT,
        ground=Ground.CLAIMS,
        placed_at=world.now,
        until=world.now + days * DAY,
        by="o" * 26,
        records=frozenset({named}),
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


def test_a_device_is_held_by_its_name_with_the_key_of_its_class(world: ErasedWorld) -> None:
    """The class of the standing is none that a hold names; its records of devices are."""
    seal_device(world)
    world.approved()
    hold(world, named=DEVICE)
    world.finish()
    place = keys.record(DEVICE.retention_class, DEVICE.kind, DEVICE.id)
    assert place in world.left()
    assert world.keys_left() == {"core", "evidence"}
    world.now += 90 * DAY
    for _ in range(3):
        world.sweep()
        world.now += DAY
    assert place not in world.left()
    assert world.keys_left() == {"evidence"}


def seal_device(world: ErasedWorld) -> None:
    """A record of a device, sealed with the key of its class."""
    key, item = vault.new_visitor_key(SUBJECT, DEVICE.retention_class, world.now)
    sk = keys.record(DEVICE.retention_class, DEVICE.kind, DEVICE.id)
    device = Item(pk=PK, sk=sk, kind=DEVICE.kind)
    device.schedule("rule", world.now + 180 * DAY, "created", world.now)
    vault.seal_item(device, key, {"origin": "devices", "browser_type": "Firefox"})
    world.tables.put(item, device)


def test_what_somebody_was_told_of_stays_as_long_as_other_proof(world: ErasedWorld) -> None:
    key, item = vault.new_visitor_key(SUBJECT, "evidence", world.now)
    told = Item(pk=PK, sk=f"evidence#told#{'t' * 32}", kind="told")
    vault.seal_item(told, key, {"origin": "Partner Srl"})
    world.tables.put(item, told)
    world.approved()
    world.finish()
    assert told.sk in world.left()
    stone = burial.tombstone_of(SUBJECT)
    assert stone is not None
    assert stone.stays["told"] == world.notice.rule("told", "ended").ends(stone.erased_at)

"""Stopping and coming back cost mails: coming back has a limit, stopping never has."""

from __future__ import annotations

import pytest

from chalicelib.accounts.service import deactivation
from chalicelib.errors import TooManyRequests
from chalicelib.limits import service as limits
from chalicelib.limits.model import returns
from chalicelib.limits.store import LimitItem
from chalicelib.subjects.model import Life
from tests.unit.accounts.world import NETWORK, World
from tests.unit.core.samples import SUBJECT, shipped

NOTICE = shipped()
MOST = returns().address.tries


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def stop(world: World) -> None:
    deactivation.deactivate(world.signed_in(), "it", NOTICE)


def come_back(world: World, network: str = NETWORK) -> None:
    deactivation.reactivate(world.signed_in(), NOTICE, network)


def test_a_person_comes_back_so_often_a_day_from_wherever(world: World) -> None:
    for number in range(MOST):
        stop(world)
        come_back(world, f"198.51.{number}.0/24")
    stop(world)  # is never refused
    with pytest.raises(TooManyRequests) as refused:
        come_back(world)
    assert 0 < refused.value.retry_after <= 24 * 3600
    assert world.signed_in().standing.life is Life.DEACTIVATED
    stop(world)
    assert len(world.sent) == 2 * MOST + 1


def test_who_has_come_back_already_is_not_counted(world: World) -> None:
    for _ in range(3 * MOST):
        come_back(world)
    stop(world)
    come_back(world)
    assert world.signed_in().standing.life is Life.ACTIVE


def test_a_network_that_is_used_up_leaves_each_person_one(world: World) -> None:
    attempt = limits.comeback(SUBJECT, NETWORK, world.now)
    _, pk, sk = attempt.places()[-1]
    full = LimitItem(pk, sk, kind="limit", tries=returns().network.tries, expires_at=world.now)
    write = world.memory.transaction(NOTICE)
    write.replace(full)
    write.commit()
    stop(world)
    come_back(world)
    stop(world)
    with pytest.raises(TooManyRequests):
        come_back(world)
    come_back(world, "198.51.100.0/24")

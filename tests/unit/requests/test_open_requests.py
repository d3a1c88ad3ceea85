"""The open requests of an account, found among however many that are over."""

from __future__ import annotations

import pytest

from chalicelib.requests.machine import CLOSED
from chalicelib.requests.service import access, view
from tests.unit.requests.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_those_that_are_open_are_found_behind_those_that_are_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "_AT_ONCE", 4)
    for _ in range(9):
        over = world.ask("port")
        view.cancel(access.owner(world.token, over), over, world.notice)
    later, earlier = world.ask("port"), world.ask("access")
    found = view.listed_open(world.signed_in(), world.notice)
    assert {one.request.id for one in found.items} == {later, earlier}
    assert found.next is None
    days = [one.deadline.due_on for one in found.items]
    assert days == sorted(days)
    assert not {one.request.status for one in found.items} & CLOSED


def test_says_that_not_all_were_looked_through(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "_AT_ONCE", 1)
    monkeypatch.setattr(view, "_QUERIES", 2)
    for right in ("port", "access", "erase"):
        world.ask(right)
    found = view.listed_open(world.signed_in(), world.notice)
    assert len(found.items) == 2
    assert found.next is not None

"""The count of open requests by their due day."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.requests.service import backlog
from tests.unit.requests.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def counted(capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """What a count writes, by metric; the lines name nobody."""
    capsys.readouterr()
    backlog.measure()
    lines = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
    assert all(one.keys() <= {"level", "event", "_aws", "Stage", *METRICS} for one in lines)
    return {name: one[name] for one in lines for name in METRICS if name in one}


METRICS = (backlog.OPEN, backlog.DUE_SOON, backlog.OVERDUE)


def test_an_idle_stage_pays_for_no_metric(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert counted(capsys) == {}


def test_a_request_is_open_then_due_soon_then_overdue(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    item = world.item(world.ask("port"))
    assert counted(capsys) == {"RequestsOpen": 1}
    assert item.answer_due_at is not None
    world.now = item.answer_due_at - timedelta(days=6)
    assert counted(capsys) == {"RequestsOpen": 1, "RequestsDueSoon": 1}
    world.now = item.answer_due_at + timedelta(seconds=1)
    assert counted(capsys) == {"RequestsOpen": 1, "RequestsOverdue": 1}

"""The world of what is due."""

from __future__ import annotations

import pytest

from tests.unit.retention.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)

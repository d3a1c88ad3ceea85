from __future__ import annotations

import pytest

from tests.unit.holds.keeper import Keeper


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Keeper:
    return Keeper(monkeypatch)

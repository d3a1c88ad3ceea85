from __future__ import annotations

import pytest

from tests.unit.retention.reviews.reviewing import Reviewing


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Reviewing:
    return Reviewing(monkeypatch)

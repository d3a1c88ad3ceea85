from __future__ import annotations

import time

import pytest

from tests.unit.core.samples import association_document
from tests.unit.retention.amendments.changing import Changing


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Changing:
    """A deployment in which the first version is in force; nothing waits for real time."""
    monkeypatch.setattr(time, "sleep", lambda _: None)
    deployment = Changing(monkeypatch)
    deployment.publish(association_document())
    return deployment

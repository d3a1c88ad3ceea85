from __future__ import annotations

import pytest

from tests.unit.core.samples import association_document
from tests.unit.publications.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A deployment in which the first version is in force and nobody has an account."""
    deployment = World(monkeypatch)
    deployment.publish(association_document())
    return deployment

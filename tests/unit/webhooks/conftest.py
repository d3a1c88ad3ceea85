from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.receiver import Receiver, receiving
from tests.unit.webhooks.world import PARTNERS, SPONSORS, World


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A recipient's server."""
    with receiving() as listening:
        yield listening


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Somebody whose data partners and sponsors received."""
    return World(monkeypatch, PARTNERS, SPONSORS)

"""The world in which the tests of this folder count."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bench.engines import services
from tests.bench.world import World, world


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The functions in this process, on a local AWS engine of their own."""
    with services(tmp_path_factory.mktemp("bench")) as local, world(local, hashing=False) as made:
        yield made

"""The stack that the tests through HTTP and those in a browser share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.functions.stack import DeployedStack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """A fresh local stack with the shipped notice published."""
    # Tests that need no stack need not wait for all that one is made of.
    from tests.functions.stack import deployed

    with deployed(tmp_path_factory.mktemp("stack")) as running:
        yield running
